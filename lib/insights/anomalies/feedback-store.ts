import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { anomalyFeedback } from "@/db/schema/index.ts";
import type { Measure, Verdict } from "./types.ts";

/** What somebody said of an anomaly of a scope, measure and day. */
export interface Feedback {
  readonly measure: Measure;
  readonly scopeKind: "team" | "project";
  readonly scopeKey: number;
  readonly day: number;
  readonly verdict: Verdict;
  readonly note: string;
  readonly givenBy: string;
  readonly givenAt: number;
}

/** All that was said of days from one on. */
export async function listFeedback(db: Reader, fromDay: number): Promise<Feedback[]> {
  const rows = await db.all(sql`select ${columnsOf(anomalyFeedback)} from ${anomalyFeedback}
    where day >= ${fromDay} order by given_at`);
  return rows as Feedback[];
}

/** The last word on a day counts. */
export const saveFeedback = (tx: Tx, feedback: Feedback): Promise<void> =>
  tx.insert(anomalyFeedback, [feedback], {
    target: [anomalyFeedback.measure, anomalyFeedback.scopeKind, anomalyFeedback.scopeKey, anomalyFeedback.day],
    update: "all",
  });

export const removeFeedback = (
  tx: Tx,
  { measure, scopeKind, scopeKey, day }: Pick<Feedback, "measure" | "scopeKind" | "scopeKey" | "day">,
): Promise<number> =>
  tx.run(sql`delete from ${anomalyFeedback} where measure = ${measure} and scope_kind = ${scopeKind}
    and scope_key = ${scopeKey} and day = ${day}`);
