import type { Kit } from "@/db/columns.ts";

/** What people said of anomalies, and what they did to save: written by insights alone. */
export const savings = (k: Kit) => ({
  /** The last word on an anomaly of a team or project: its measure, and a day within it. */
  anomalyFeedback: k.table(
    "anomaly_feedback",
    {
      /** `spend`, `gpu-hours`, `utilisation` or `efficiency`. */
      measure: k.text("measure").notNull(),
      /** `team` or `project`. */
      scopeKind: k.text("scope_kind").notNull(),
      scopeKey: k.int("scope_key").notNull(),
      day: k.int("day").notNull(),
      /** `expected`, `real` or `noise`. */
      verdict: k.text("verdict").notNull(),
      note: k.text("note").notNull(),
      givenBy: k.text("given_by").notNull(),
      givenAt: k.int("given_at").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.measure, t.scopeKind, t.scopeKey, t.day] })],
  ),
  /** Something that was done to save; what it saved is measured from charges, never kept here. */
  savingsActions: k.table(
    "savings_actions",
    {
      id: k.text("id").primaryKey(),
      /** A kind of right-sizing, or `other`. */
      kind: k.text("kind").notNull(),
      /** `workload` or `project`. */
      subjectKind: k.text("subject_kind").notNull(),
      subjectKey: k.int("subject_key").notNull(),
      /** The day on which it was done: neither before nor after. */
      actedDay: k.int("acted_day").notNull(),
      /** From this day on nothing more is counted. */
      expiresDay: k.int("expires_day").notNull(),
      note: k.text("note").notNull(),
      recordedBy: k.text("recorded_by").notNull(),
      recordedAt: k.int("recorded_at").notNull(),
      withdrawnAt: k.int("withdrawn_at"),
    },
    (t) => [k.index("savings_actions_subject").on(t.subjectKind, t.subjectKey)],
  ),
});
