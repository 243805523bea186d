import type { Kit } from "@/db/columns.ts";

/**
 * Cost that other systems billed: written by costs alone. Triggers protect the lines that reach into closed periods.
 */
export const costs = (k: Kit) => ({
  costImports: k.table("cost_imports", {
    id: k.text("id").primaryKey(),
    name: k.text("name").notNull(),
    /** `csv` or `focus`. */
    format: k.text("format").notNull(),
    importedBy: k.text("imported_by").notNull(),
    importedAt: k.int("imported_at").notNull(),
    removedAt: k.int("removed_at"),
  }),
  /** Imported cost, spread evenly over its days. */
  costLines: k.table(
    "cost_lines",
    {
      importId: k.text("import_id").notNull(),
      position: k.int("position").notNull(),
      fromDay: k.int("from_day").notNull(),
      untilDay: k.int("until_day").notNull(),
      /** 0: no team; the policy for `shared` decides. */
      teamKey: k.int("team_key").notNull(),
      clusterId: k.text("cluster_id").notNull(),
      category: k.text("category").notNull(),
      description: k.text("description").notNull(),
      amountMicros: k.int("amount_micros").notNull(),
      /** The amount as it was billed. */
      currency: k.text("currency").notNull(),
      billedMicros: k.int("billed_micros").notNull(),
      /** Of a FOCUS file: whose bill of which period. */
      source: k.text("source").notNull().default(""),
    },
    (t) => [k.primaryKey({ columns: [t.importId, t.position] }), k.index("cost_lines_days").on(t.untilDay, t.fromDay)],
  ),
});
