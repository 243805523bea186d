import type { z } from "zod";
import { allow, mayDo } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import type { Action } from "@/lib/auth/permissions.ts";
import { withRolesFor } from "@/lib/auth/viewer-load.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError, fieldError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import { DAY } from "@/lib/time.ts";
import { findFinding, listFindings } from "./load.ts";
import { addException, type Said, saveSaid } from "./store.ts";
import { actInput, answerInput, disputeInput, type FindingRow, resolveInput, snoozeInput } from "./types.ts";

/** A snooze that is longer hides a problem for good. */
const LONGEST_SNOOZE = 90 * DAY;
/** An exception ends some day: what is expected changes. */
export const LONGEST_EXCEPTION = 400 * DAY;

/** A finding to act on. @throws AppError `not_found`; `forbidden` where the viewer sees it by a role that lets them read it alone. */
async function getFinding(ctx: Ctx, id: string): Promise<FindingRow> {
  const found = await findFinding(ctx, id);
  if (!found) throw new AppError("not_found", `There is no finding "${id}" that you may see.`);
  if (!(await isActable(ctx, id)))
    throw new AppError(
      "forbidden",
      "You may read this finding and not act on it. Ask its owner, or the team's manager.",
    );
  return found;
}

async function isActable(ctx: Ctx, id: string): Promise<boolean> {
  const acting = await withRolesFor(ctx, "findings.act");
  return acting === ctx || Boolean(await findFinding(acting, id));
}

/** Whether the viewer may act on a finding that they see: by a role that lets them, for this very finding. */
export const mayActOn = async (ctx: Ctx, id: string): Promise<boolean> =>
  mayDo(ctx.viewer, "findings.act") && (await isActable(ctx, id));

/** Of findings that the viewer sees, the ids of those that they may act on. */
export async function actableFindings(ctx: Ctx, seen: readonly FindingRow[]): Promise<ReadonlySet<string>> {
  if (!mayDo(ctx.viewer, "findings.act")) return new Set();
  const acting = await withRolesFor(ctx, "findings.act");
  if (acting === ctx) return new Set(seen.map((f) => f.id));
  const theirs = new Set((await listFindings(acting, { live: true })).map((f) => f.id));
  return new Set(seen.map((f) => f.id).filter((id) => theirs.has(id)));
}

async function say(
  ctx: Ctx,
  action: Action,
  finding: FindingRow,
  said: Said,
  beside?: Parameters<typeof addException>[2],
) {
  await ctx.db.write(async (tx) => {
    if (!(await saveSaid(tx, ctx, finding, said)))
      throw new AppError("conflict", "Somebody answered this finding meanwhile. Look at it again first.");
    const exception = beside ? await addException(tx, ctx, beside) : undefined;
    await recordAct(tx, ctx, {
      action,
      subject: `finding/${finding.id}`,
      before: { state: finding.state },
      after: { ...said, ...(exception ? { exception } : {}) },
      reason: said.reason,
    });
  });
}

const notResolved = (finding: FindingRow): void => {
  if (finding.state === "resolved")
    throw new AppError("conflict", "This finding is resolved: it opens again by itself if the problem comes back.");
};

/** Somebody looks after it: it stays in the list, marked, until it ends. */
export async function acknowledgeFinding(ctx: Ctx, given: z.input<typeof actInput>): Promise<void> {
  allow(ctx.viewer, "findings.act");
  const { finding: id } = parseInput(actInput, given);
  const finding = await getFinding(ctx, id);
  notResolved(finding);
  await say(ctx, "findings.act", finding, {
    ...{ standing: "acknowledged", kind: "acknowledged", reason: "", until: null, verdict: "" },
  });
}

/** Hides it until an instant, for a reason; then it comes back by itself. */
export async function snoozeFinding(ctx: Ctx, given: z.input<typeof snoozeInput>): Promise<void> {
  allow(ctx.viewer, "findings.act");
  const { finding: id, reason, until } = parseInput(snoozeInput, given);
  const now = ctx.now();
  if (until <= now) throw fieldError("until", "Choose a time in the future.");
  if (until > now + LONGEST_SNOOZE) throw fieldError("until", "Choose a day within the next 90 days.");
  const finding = await getFinding(ctx, id);
  notResolved(finding);
  await say(ctx, "findings.act", finding, { standing: "snoozed", kind: "snoozed", reason, until, verdict: "" });
}

/** Says that it is meant to be so, or that the rule is wrong. An administrator answers. */
export async function disputeFinding(ctx: Ctx, given: z.input<typeof disputeInput>): Promise<void> {
  allow(ctx.viewer, "findings.act");
  const { finding: id, reason, verdict } = parseInput(disputeInput, given);
  const finding = await getFinding(ctx, id);
  await say(ctx, "findings.act", finding, { standing: "disputed", kind: "disputed", reason, until: null, verdict });
}

/** Says that the problem is over. It opens again if it is still seen an hour later. */
export async function resolveFinding(ctx: Ctx, given: z.input<typeof resolveInput>): Promise<void> {
  allow(ctx.viewer, "findings.act");
  const { finding: id, reason } = parseInput(resolveInput, given);
  const finding = await getFinding(ctx, id);
  notResolved(finding);
  await say(ctx, "findings.act", finding, {
    standing: "resolved",
    kind: "resolved",
    reason,
    until: null,
    verdict: "real",
  });
}

/** Takes back what was said: the finding is open again. */
export async function reopenFinding(ctx: Ctx, given: z.input<typeof resolveInput>): Promise<void> {
  allow(ctx.viewer, "findings.act");
  const { finding: id, reason } = parseInput(resolveInput, given);
  const finding = await getFinding(ctx, id);
  if (finding.state === "open") throw new AppError("conflict", "This finding is open already.");
  await say(ctx, "findings.act", finding, { standing: "", kind: "reopened", reason, until: null, verdict: "" });
}

/**
 * Answers a dispute. Accepted: the rule leaves its subject alone until a day, and the reply counts for the measured
 * precision of the rule. Refused: the finding is open again.
 */
export async function answerDispute(ctx: Ctx, given: z.input<typeof answerInput>): Promise<void> {
  allow(ctx.viewer, "findings.decide");
  const { finding: id, reason, accept, until } = parseInput(answerInput, given);
  const finding = await getFinding(ctx, id);
  if (finding.state !== "disputed") throw new AppError("conflict", "This finding is not disputed.");
  if (!accept) {
    await say(ctx, "findings.decide", finding, {
      ...{ standing: "", kind: "answered", reason, until: null, verdict: "real" },
    });
    return;
  }
  const now = ctx.now();
  if (until === null || until <= now || until > now + LONGEST_EXCEPTION)
    throw fieldError("until", "Choose the day on which the exception ends, within the next 400 days.");
  const said = { standing: "resolved", kind: "answered", reason, until, verdict: "accepted" };
  const about =
    finding.workloadId === ""
      ? { kind: finding.subjectKind, pattern: `${finding.clusterId}/${finding.subject}` }
      : { kind: "workload", pattern: finding.workloadId };
  await say(ctx, "findings.decide", finding, said, { rule: finding.rule, ...about, reason, expiresAt: until });
}
