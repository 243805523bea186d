import type { Kit } from "@/db/columns.ts";

/**
 * Statements, reviews of their lines, and corrections: written by statements alone. Triggers protect those of closed
 * periods.
 */
export const statementTables = (k: Kit) => ({
  statements: k.table(
    "statements",
    {
      /** `GL-2026-10-0007`: without gaps in a fiscal year. */
      number: k.text("number").primaryKey(),
      periodId: k.text("period_id").notNull(),
      teamKey: k.int("team_key").notNull(),
      /** `statement`, or `credit-note` when its total is negative. */
      kind: k.text("kind").notNull(),
      totalMicros: k.int("total_micros").notNull(),
      /** JSON: everything on it except its lines, as it was when it was closed (lib/statements/types.ts). */
      header: k.text("header").notNull(),
      hash: k.text("hash").notNull(),
    },
    (t) => [k.uniqueIndex("statements_team").on(t.periodId, t.teamKey)],
  ),
  statementLines: k.table(
    "statement_lines",
    {
      number: k.text("number").notNull(),
      position: k.int("position").notNull(),
      /** JSON of one line (lib/statements/types.ts). */
      line: k.text("line").notNull(),
      amountMicros: k.int("amount_micros").notNull(),
    },
    (t) => [k.primaryKey({ columns: [t.number, t.position] })],
  ),
  /**
   * The difference of closed days to what was booked, if they were charged now: lines of the next period that closes.
   */
  corrections: k.table(
    "corrections",
    {
      originDay: k.int("origin_day").notNull(),
      teamKey: k.int("team_key").notNull(),
      projectKey: k.int("project_key").notNull(),
      hardwareKey: k.int("hardware_key").notNull(),
      sku: k.text("sku").notNull(),
      priceClass: k.text("price_class").notNull(),
      /** The period that booked it; empty if none has. */
      bookedIn: k.text("booked_in").notNull(),
      quantity: k.int("quantity").notNull(),
      amountMicros: k.int("amount_micros").notNull(),
      reason: k.text("reason").notNull(),
      foundAt: k.int("found_at").notNull(),
    },
    (t) => [
      k.primaryKey({
        columns: [t.originDay, t.teamKey, t.projectKey, t.hardwareKey, t.sku, t.priceClass, t.bookedIn],
      }),
    ],
  ),
  /**
   * What the answer to a dispute credits to a team or charges it, in the same period; the side of the platform is its
   * negative.
   */
  adjustments: k.table(
    "adjustments",
    {
      id: k.text("id").primaryKey(),
      periodId: k.text("period_id").notNull(),
      teamKey: k.int("team_key").notNull(),
      /** The disputed line; empty: the whole statement. */
      lineKey: k.text("line_key").notNull(),
      amountMicros: k.int("amount_micros").notNull(),
      reason: k.text("reason").notNull(),
      decidedBy: k.text("decided_by").notNull(),
      decidedAt: k.int("decided_at").notNull(),
    },
    (t) => [k.index("adjustments_team").on(t.periodId, t.teamKey)],
  ),
  /** The review of a line by its team before the close. */
  lineReviews: k.table(
    "line_reviews",
    {
      periodId: k.text("period_id").notNull(),
      teamKey: k.int("team_key").notNull(),
      /** The identity of the line (lib/statements/types.ts); empty: the whole statement. */
      lineKey: k.text("line_key").notNull(),
      /** `accepted`, `disputed` or `settled`. */
      verdict: k.text("verdict").notNull(),
      reason: k.text("reason").notNull(),
      by: k.text("by").notNull(),
      at: k.int("at").notNull(),
      answer: k.text("answer").notNull(),
      answeredBy: k.text("answered_by"),
      answeredAt: k.int("answered_at"),
      /** JSON: disputes of the line that were settled before this one, oldest first (lib/statements/review-store.ts). */
      earlier: k.text("earlier").notNull().default("[]"),
    },
    (t) => [k.primaryKey({ columns: [t.periodId, t.teamKey, t.lineKey] })],
  ),
});
