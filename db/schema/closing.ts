import type { Kit } from "@/db/columns.ts";

/** The seal of each closed period: written by closing alone. Triggers allow only inserts. */
export const closing = (k: Kit) => ({
  /** Closed periods, each chained to the one before. */
  closes: k.table("closes", {
    /** `2026-10`, or `FY2026-P10` with a 4-4-5 calendar. */
    periodId: k.text("period_id").primaryKey(),
    /** 1, 2, 3 … */
    sequence: k.int("sequence").notNull(),
    fromDay: k.int("from_day").notNull(),
    untilDay: k.int("until_day").notNull(),
    closedBy: k.text("closed_by").notNull(),
    closedAt: k.int("closed_at").notNull(),
    currency: k.text("currency").notNull(),
    billingTimeZone: k.text("billing_time_zone").notNull(),
    totalMicros: k.int("total_micros").notNull(),
    /** JSON: open items that were overridden, each with its reason. */
    overrides: k.text("overrides").notNull(),
    /** SHA-256 over the canonical lines and the previous hash. */
    hash: k.text("hash").notNull(),
    previousHash: k.text("previous_hash").notNull(),
  }),
});
