import type { Kit } from "@/db/columns.ts";

/** What clouds billed, GPU time included, to compare with what the ledger charged: written by bills alone, and charged to nobody. */
export const billTables = (k: Kit) => ({
  billImports: k.table("bill_imports", {
    id: k.text("id").primaryKey(),
    name: k.text("name").notNull(),
    /** `focus` or `cur`. */
    format: k.text("format").notNull(),
    importedBy: k.text("imported_by").notNull(),
    importedAt: k.int("imported_at").notNull(),
  }),
  billLines: k.table(
    "bill_lines",
    {
      importId: k.text("import_id").notNull(),
      position: k.int("position").notNull(),
      fromDay: k.int("from_day").notNull(),
      untilDay: k.int("until_day").notNull(),
      /** 0: no tag names a team. */
      teamKey: k.int("team_key").notNull(),
      /** The GPU that the line names; empty: something else. */
      gpu: k.text("gpu").notNull(),
      service: k.text("service").notNull(),
      category: k.text("category").notNull(),
      /** Whose bill of which period: the newest import of it counts. */
      source: k.text("source").notNull(),
      /** After commitments are spread (amortised), in the ledger's currency. */
      effectiveMicros: k.int("effective_micros").notNull(),
      /** As invoiced (unblended). */
      billedMicros: k.int("billed_micros").notNull(),
      /** Thousandths of an hour of a GPU that the line bills; null: it does not say how many. */
      gpuMilliHours: k.int("gpu_milli_hours"),
      /** 1: the cloud says that the amount may still change. */
      estimated: k.int("estimated").notNull().default(0),
    },
    (t) => [
      k.primaryKey({ columns: [t.importId, t.position] }),
      k.index("bill_lines_days").on(t.untilDay, t.fromDay),
      k.index("bill_lines_source").on(t.source),
    ],
  ),
});
