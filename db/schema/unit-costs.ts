import type { Kit } from "@/db/columns.ts";

/** What a unit costs: definitions, and how many units there were. Written by unit-costs alone; costs are read from charges. */
export const unitCosting = (k: Kit) => ({
  units: k.table("units", {
    key: k.key("key"),
    name: k.text("name").notNull(),
    /** One of what is counted, such as `request`. */
    noun: k.text("noun").notNull(),
    /** Cost is shown for so many of them: 1, 1000 or 1000000. */
    per: k.int("per").notNull(),
    /** Whose cost it is: a scope of budgets (lib/budgets/types.ts), narrowed by the next three where they are not empty. */
    scopeKind: k.text("scope_kind").notNull(),
    scopeValue: k.text("scope_value").notNull(),
    /** `key=value` of the pods' labels. */
    label: k.text("label").notNull(),
    gpuModel: k.text("gpu_model").notNull(),
    /** `Deploy`, `Train` or `Build`. */
    category: k.text("category").notNull(),
    /** 1: with shares of unused capacity and imported cost, as Spend shows it. */
    loaded: k.int("loaded").notNull(),
    /** The basis that target and threshold are about: `allocation` or `usage`. */
    basis: k.text("basis").notNull(),
    /** Where counts come from: `reported` or `query`. */
    source: k.text("source").notNull(),
    query: k.text("query").notNull(),
    /** 1: an hour for which the query returns no series counts as zero. */
    emptyIsZero: k.int("empty_is_zero").notNull(),
    /** Day key: the first day whose counts are read from a source. */
    countsFromDay: k.int("counts_from_day").notNull(),
    /** For `per` units, in micro-units of the ledger currency; null: none is set. */
    targetMicros: k.int("target_micros"),
    thresholdMicros: k.int("threshold_micros"),
    note: k.text("note").notNull(),
    createdBy: k.text("created_by").notNull(),
    createdAt: k.int("created_at").notNull(),
    archivedAt: k.int("archived_at"),
  }),
  unitCounts: k.table(
    "unit_counts",
    {
      unitKey: k.int("unit_key").notNull(),
      /** Identifies the count within the unit: sending it again replaces it. `read/<instant>` for a window of a source. */
      id: k.text("id").notNull(),
      day: k.int("day").notNull(),
      /** Thousandths of a unit; null: the source has no value for the window. */
      countMilli: k.int("count_milli"),
      /** The window that was read; 0 and 0 for a count that somebody reported. */
      fromAt: k.int("from_at").notNull(),
      untilAt: k.int("until_at").notNull(),
      /** Why there is no count; empty where there is one. */
      problem: k.text("problem").notNull(),
      recordedBy: k.text("recorded_by").notNull(),
      recordedAt: k.int("recorded_at").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.unitKey, t.id] }), k.index("unit_counts_day").on(t.unitKey, t.day)],
  ),
});
