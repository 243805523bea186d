import type { Kit } from "@/db/columns.ts";

/** Budgets and planned events: written by budgets alone. */
export const budgeting = (k: Kit) => ({
  /** What a budget of a scope is from a day on, until a later one replaces it. Rows are only added: the highest version holds. */
  budgets: k.table(
    "budgets",
    {
      /** `all`, `team`, `cost-centre`, `department` or `project`. */
      scopeKind: k.text("scope_kind").notNull(),
      /** Key of a team or project, name of a cost centre or department; empty for everything. */
      scopeValue: k.text("scope_value").notNull(),
      fromDay: k.int("from_day").notNull(),
      version: k.int("version").notNull(),
      /** `month`, `quarter` or `year`. */
      span: k.text("span").notNull(),
      /** For each span; null: no budget from this day on. */
      amountMicros: k.int("amount_micros"),
      carryOver: k.int("carry_over").notNull(),
      warningPercent: k.int("warning_percent").notNull(),
      criticalPercent: k.int("critical_percent").notNull(),
      note: k.text("note").notNull(),
      /** 1: withdrawn, as if nothing had been said from that day on. */
      withdrawn: k.int("withdrawn").notNull(),
      recordedBy: k.text("recorded_by").notNull(),
      recordedAt: k.int("recorded_at").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.scopeKind, t.scopeValue, t.fromDay, t.version] })],
  ),
  /** What is planned and cannot be seen in the past. */
  plannedEvents: k.table("planned_events", {
    id: k.text("id").primaryKey(),
    scopeKind: k.text("scope_kind").notNull(),
    scopeValue: k.text("scope_value").notNull(),
    fromDay: k.int("from_day").notNull(),
    /** Null: it stays. */
    untilDay: k.int("until_day"),
    changePercent: k.int("change_percent").notNull(),
    perDayMicros: k.int("per_day_micros").notNull(),
    note: k.text("note").notNull(),
    recordedBy: k.text("recorded_by").notNull(),
    recordedAt: k.int("recorded_at").notNull(),
    removedAt: k.int("removed_at"),
  }),
});
