import { randomUUID } from "node:crypto";
import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { adjustments, lineReviews } from "@/db/schema/index.ts";
import { seesTeamWhole } from "@/lib/auth/visible-teams.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { Micros } from "@/lib/money.ts";
import type { Instant } from "@/lib/time.ts";

export interface LineReview {
  readonly teamKey: number;
  /** Empty: the statement as a whole. */
  readonly lineKey: string;
  readonly verdict: "accepted" | "disputed" | "settled";
  readonly reason: string;
  readonly by: string;
  readonly at: Instant;
  readonly answer: string;
  readonly answeredBy: string | null;
  readonly answeredAt: Instant | null;
  /** Disputes of the line that were settled before, oldest first. */
  readonly earlier: readonly SettledDispute[];
}

export interface SettledDispute {
  readonly reason: string;
  readonly by: string;
  readonly at: Instant;
  readonly answer: string;
  readonly answeredBy: string | null;
  readonly answeredAt: Instant | null;
}

/** A review with what its answers gave (negative) or charged: 0 where the line stands; null: nothing is answered. */
export interface AnsweredReview extends LineReview {
  readonly answerMicros: Micros | null;
  readonly earlier: readonly (SettledDispute & { readonly answerMicros: Micros | null })[];
}

const COLUMNS = columnsOf(lineReviews, [
  "teamKey",
  "lineKey",
  "verdict",
  "reason",
  "by",
  "at",
  "answer",
  "answeredBy",
  "answeredAt",
  "earlier",
]);

type Row = Omit<LineReview, "earlier"> & { readonly earlier: string };
const reviewOf = (row: Row): LineReview => ({ ...row, earlier: JSON.parse(row.earlier) as SettledDispute[] });

/** What was said of a period's statements that the viewer may see, of one team where given; the newest first. */
export async function listReviews(
  { db, viewer }: Ctx,
  periodId: string,
  teamKey: number | null,
): Promise<AnsweredReview[]> {
  const of = teamKey === null ? sql`` : sql`and team_key = ${teamKey}`;
  const [found, amounts] = await Promise.all([
    db.all<Row>(
      sql`select ${COLUMNS} from ${lineReviews} where period_id = ${periodId} ${of} order by at desc, team_key, line_key`,
    ),
    db.all<AnswerAmount>(sql`select team_key as "teamKey", line_key as "lineKey", decided_at as "decidedAt",
      cast(sum(amount_micros) as bigint) as "amountMicros" from ${adjustments} where period_id = ${periodId} ${of}
      group by team_key, line_key, decided_at`),
  ]);
  const keyOf = (teamKey: number, lineKey: string, at: Instant) => JSON.stringify([teamKey, lineKey, at]);
  const byAnswer = new Map(amounts.map((a) => [keyOf(a.teamKey, a.lineKey, a.decidedAt), a.amountMicros]));
  return found
    .map(reviewOf)
    .filter((r) => seesTeamWhole(viewer, r.teamKey))
    .map((r) => {
      const given = (answeredAt: Instant | null) =>
        answeredAt === null ? null : (byAnswer.get(keyOf(r.teamKey, r.lineKey, answeredAt)) ?? 0);
      const earlier = r.earlier.map((e) => ({ ...e, answerMicros: given(e.answeredAt) }));
      return { ...r, answerMicros: given(r.answeredAt), earlier };
    });
}

interface AnswerAmount {
  readonly teamKey: number;
  readonly lineKey: string;
  readonly decidedAt: Instant;
  readonly amountMicros: Micros;
}

export async function findReview(
  db: Reader,
  periodId: string,
  teamKey: number,
  lineKey: string,
): Promise<LineReview | undefined> {
  const row = await db.find<Row>(sql`select ${COLUMNS} from ${lineReviews}
    where period_id = ${periodId} and team_key = ${teamKey} and line_key = ${lineKey}`);
  return row && reviewOf(row);
}

/** One review for each line: a later one takes the place of an earlier, which it keeps where a dispute was settled. */
export async function saveReview(tx: Tx, periodId: string, review: LineReview): Promise<void> {
  await tx.insert(lineReviews, [{ ...review, periodId, earlier: JSON.stringify(review.earlier) }], {
    target: [lineReviews.periodId, lineReviews.teamKey, lineReviews.lineKey],
    update: "all",
  });
}

export async function addAdjustment(
  tx: Tx,
  row: {
    readonly periodId: string;
    readonly teamKey: number;
    readonly lineKey: string;
    readonly amountMicros: number;
    readonly reason: string;
    readonly decidedBy: string;
    readonly decidedAt: Instant;
  },
): Promise<void> {
  await tx.insert(adjustments, [{ id: randomUUID(), ...row }]);
}

/** What was given or charged for a line of an open period, and when. */
export function listAdjustments(
  db: Reader,
  periodId: string,
  teamKey: number,
  lineKey: string,
): Promise<{ readonly id: string; readonly amountMicros: number; readonly decidedAt: Instant }[]> {
  return db.all(sql`select id, amount_micros as "amountMicros", decided_at as "decidedAt" from ${adjustments}
    where period_id = ${periodId} and team_key = ${teamKey} and line_key = ${lineKey} order by decided_at, id`);
}

/** Takes back what an answer gave, while the period is open. */
export async function removeAdjustment(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`delete from ${adjustments} where id = ${id}`);
}
