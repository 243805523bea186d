import type { Kit } from "@/db/columns.ts";

/** Burst capacity: when it was on, and at which rate. Written by burst alone; amounts are calculated when they are shown. */
export const burstTables = (k: Kit) => ({
  /** From an instant on it is on, or off. */
  burstSwitches: k.table("burst_switches", {
    at: k.int("at").primaryKey(),
    isOn: k.int("is_on").notNull(),
    /** `page`, `api`, `command` or `setting`. */
    source: k.text("source").notNull(),
    note: k.text("note").notNull(),
    recordedBy: k.text("recorded_by").notNull(),
    recordedAt: k.int("recorded_at").notNull(),
  }),
  /** Micro-units of the ledger currency for an hour, from an instant on until the next. */
  burstRates: k.table("burst_rates", {
    fromAt: k.int("from_at").primaryKey(),
    rateMicros: k.int("rate_micros").notNull(),
    recordedBy: k.text("recorded_by").notNull(),
    recordedAt: k.int("recorded_at").notNull(),
  }),
  /** The value of each setting that was applied last: one that did not change is not applied again, whatever people changed since. */
  burstApplied: k.table("burst_applied", {
    name: k.text("name").primaryKey(),
    value: k.text("value").notNull(),
    appliedAt: k.int("applied_at").notNull(),
  }),
});
