import { z } from "zod";
import { PLATFORM_TEAM } from "@/lib/attribution/types.ts";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import { needTeam, needTeamFor } from "@/lib/auth/visible-teams.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError, fieldError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import { formatMicros, type Micros, sumExactly } from "@/lib/money.ts";
import type { CloseSettings } from "@/lib/periods/settings.ts";
import type { Instant } from "@/lib/time.ts";
import { loadStatement } from "./load.ts";
import {
  addAdjustment,
  findReview,
  type LineReview,
  listAdjustments,
  removeAdjustment,
  type SettledDispute,
  saveReview,
} from "./review-store.ts";
import type { Statement } from "./types.ts";

export const reviewInput = z
  .object({
    period: z.string(),
    team: z.number().int(),
    line: z.string().default(""),
    verdict: z.enum(["accepted", "disputed"]),
    reason: z.string().trim().max(2000, "Say it in at most 2000 characters.").default(""),
  })
  .refine((v) => v.verdict === "accepted" || v.reason.length >= 3, {
    path: ["reason"],
    error: "Say what is wrong with it, in a few words.",
  });

export const answerInput = z.object({
  period: z.string(),
  team: z.number().int(),
  line: z.string().default(""),
  answer: z.string().trim().min(3, "Answer in a few words.").max(2000, "Answer in at most 2000 characters."),
  /** What the team is given (negative) or takes over, at most what the line comes to; 0: the line stands. */
  adjustmentMicros: z.number().int().default(0),
});

export const withdrawInput = z.object({
  period: z.string(),
  team: z.number().int(),
  line: z.string().default(""),
  reason: z.string().trim().min(3, "Say why, in a few words.").max(2000, "Say it in at most 2000 characters."),
});

/** The draft that is spoken of. @throws AppError where it is closed, or has no such line. */
async function needLine(ctx: Ctx, settings: CloseSettings, periodId: string, team: number, line: string) {
  needTeam(ctx.viewer, team);
  const { view, statement } = await loadStatement(ctx, settings, periodId, team);
  if (view.close)
    throw new AppError(
      "period_closed",
      `${periodId} is closed: what is wrong with it is corrected in the next period.`,
    );
  if (line !== "" && !statement.lines.some((l) => l.key === line))
    throw new AppError("not_found", `The statement no longer has a line "${line}": look at it again.`);
  return statement;
}

/**
 * Why an answer's amount cannot be right, in a sentence; null: it can. All that the answers to a line come to is at most what the line
 * comes to, and so for a statement as a whole: a slip of the keyboard would move more than was ever in question.
 */
export function amountProblem(
  amountMicros: Micros,
  lineMicros: Micros,
  earlierMicros: Micros,
  currency: string,
): string | null {
  const most = Math.abs(lineMicros);
  if (Math.abs(earlierMicros + amountMicros) <= most) return null;
  const before = earlierMicros === 0 ? "" : `, of which ${formatMicros(earlierMicros)} ${currency} was answered before`;
  return `What is disputed comes to ${formatMicros(lineMicros)} ${currency}${before}: an answer cannot move more than that.`;
}

/** What a dispute is about: a line's amount, or the statement's without its answers. */
function disputedMicros(statement: Statement, line: string): Micros {
  const lines = line === "" ? statement.lines.filter((l) => !l.key.startsWith("adjustment/")) : statement.lines;
  return sumExactly(lines.filter((l) => line === "" || l.key === line).map((l) => l.amountMicros));
}

/** A team accepts its draft statement or a line of it, or disputes it with a reason: then the period cannot be closed. */
export async function reviewLine(ctx: Ctx, settings: CloseSettings, given: z.input<typeof reviewInput>): Promise<void> {
  allow(ctx.viewer, "lines.review");
  const { period, team, line, verdict, reason } = parseInput(reviewInput, given);
  needTeamFor(ctx.viewer, "lines.review", team);
  await needLine(ctx, settings, period, team, line);
  await ctx.db.write(async (tx) => {
    const before = await findReview(tx, period, team, line);
    if (before?.verdict === "disputed" && verdict === "disputed")
      throw new AppError("conflict", `It is disputed already, by ${before.by}: "${before.reason}".`);
    // A dispute is withdrawn by the person who raised it, or answered: nobody accepts away what somebody else disputes.
    if (before?.verdict === "disputed" && before.by !== ctx.viewer.id)
      throw new AppError(
        "conflict",
        `It is disputed by ${before.by}: "${before.reason}". They can withdraw that, or finance answers it.`,
      );
    const review = { teamKey: team, lineKey: line, verdict, reason, by: ctx.viewer.id, at: ctx.now() };
    const settled = before?.verdict === "settled" ? [disputeOf(before)] : [];
    const earlier = [...(before?.earlier ?? []), ...settled];
    await saveReview(tx, period, { ...review, answer: "", answeredBy: null, answeredAt: null, earlier });
    const subject = `period/${period}/team/${team}`;
    await recordAct(tx, ctx, { action: "lines.review", subject, before: before ?? null, after: review, reason });
  });
}

/** Settles a dispute with an answer and, where the team is right, an amount; the platform takes the other side of it. */
export async function answerDispute(
  ctx: Ctx,
  settings: CloseSettings,
  given: z.input<typeof answerInput>,
): Promise<void> {
  allow(ctx.viewer, "lines.answer");
  const { period, team, line, answer, adjustmentMicros } = parseInput(answerInput, given);
  if (adjustmentMicros !== 0 && team === PLATFORM_TEAM)
    throw new AppError(
      "invalid",
      "The platform has the other side of every adjustment: it cannot be given one itself.",
    );
  const statement = await needLine(ctx, settings, period, team, "");
  await ctx.db.write(async (tx) => {
    const before = await findReview(tx, period, team, line);
    if (before?.verdict !== "disputed")
      throw new AppError("conflict", "It is not disputed: there is nothing to answer.");
    if (adjustmentMicros !== 0) {
      const earlier = sumExactly((await listAdjustments(tx, period, team, line)).map((a) => a.amountMicros));
      const problem = amountProblem(adjustmentMicros, disputedMicros(statement, line), earlier, settings.currency);
      if (problem) throw fieldError("adjustmentMicros", problem);
    }
    const answeredAt = ctx.now();
    const settled: LineReview = {
      ...before,
      verdict: "settled",
      answer,
      answeredBy: ctx.viewer.id,
      answeredAt,
    };
    await saveReview(tx, period, settled);
    if (adjustmentMicros !== 0)
      await adjust(tx, ctx, {
        periodId: period,
        teamKey: team,
        lineKey: line,
        amountMicros: adjustmentMicros,
        reason: answer,
        decidedAt: answeredAt,
      });
    await recordAct(tx, ctx, {
      action: "lines.answer",
      subject: `period/${period}/team/${team}`,
      before,
      after: { ...settled, adjustmentMicros },
      reason: answer,
    });
  });
}

/**
 * Takes an answer back while the period is open: what it gave or charged goes, and the dispute is open again.
 * @throws AppError `conflict` where nothing was answered; `period_closed`.
 */
export async function withdrawAnswer(
  ctx: Ctx,
  settings: CloseSettings,
  given: z.input<typeof withdrawInput>,
): Promise<void> {
  allow(ctx.viewer, "lines.answer");
  const { period, team, line, reason } = parseInput(withdrawInput, given);
  await needLine(ctx, settings, period, team, "");
  await ctx.db.write(async (tx) => {
    const before = await findReview(tx, period, team, line);
    if (before?.verdict !== "settled")
      throw new AppError("conflict", "No answer stands here: there is nothing to withdraw.");
    const given = (await listAdjustments(tx, period, team, line)).filter((a) => a.decidedAt === before.answeredAt);
    for (const { id } of given) await removeAdjustment(tx, id);
    const after: LineReview = { ...before, verdict: "disputed", answer: "", answeredBy: null, answeredAt: null };
    await saveReview(tx, period, after);
    const adjustmentMicros = sumExactly(given.map((a) => a.amountMicros));
    const subject = `period/${period}/team/${team}`;
    await recordAct(tx, ctx, {
      action: "lines.answer",
      subject,
      before: { ...before, adjustmentMicros },
      after,
      reason,
    });
  });
}

const disputeOf = ({ reason, by, at, answer, answeredBy, answeredAt }: LineReview): SettledDispute => ({
  ...{ reason, by, at, answer, answeredBy, answeredAt },
});

interface Adjustment {
  readonly periodId: string;
  readonly teamKey: number;
  readonly lineKey: string;
  readonly amountMicros: Micros;
  readonly reason: string;
  /** As the answer itself: to withdraw that one takes this back. */
  readonly decidedAt: Instant;
}

const adjust = (tx: Parameters<typeof addAdjustment>[0], ctx: Ctx, row: Adjustment): Promise<void> =>
  addAdjustment(tx, { ...row, decidedBy: ctx.viewer.id });
