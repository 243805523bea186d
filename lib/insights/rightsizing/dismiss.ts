import { z } from "zod";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import { withRolesFor } from "@/lib/auth/viewer-load.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError, fieldError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import { addException, endExceptionAt } from "@/lib/insights/findings/store.ts";
import { findSubjects } from "@/lib/insights/savings/store.ts";
import { DAY } from "@/lib/time.ts";
import { listDismissals } from "./decisions-load.ts";
import { ADVICE } from "./types.ts";

/** The longest that advice is left alone, in seconds. */
const LONGEST = 400 * DAY;

const workloads = z.array(z.string().trim().min(1).max(200)).min(1, "Name a workload by its id.").max(200);

const dismissInput = z.object({
  workloads,
  /** The instant from which advice is given again. */
  until: z.number().int(),
  reason: z.string().trim().min(1, "Say why the advice does not fit.").max(500, "Write at most 500 characters."),
});

/**
 * Leaves the advice on workloads alone until an instant: it is listed as dismissed and counts in no sum.
 * @throws AppError `forbidden`, `invalid`, `not_found` for a workload that the viewer may not see.
 */
export async function dismissAdvice(ctx: Ctx, given: z.input<typeof dismissInput>): Promise<void> {
  allow(ctx.viewer, "savings.record");
  const { workloads: ids, until, reason } = parseInput(dismissInput, given);
  const now = ctx.now();
  if (until <= now || until > now + LONGEST)
    throw fieldError("until", "Choose the day on which advice is given again, within the next 400 days.");
  await needSeen(ctx, ids);
  await ctx.db.write(async (tx) => {
    const before = (await listDismissals(tx, now)).filter((d) => ids.includes(d.workloadId));
    for (const { id } of before) await endExceptionAt(tx, id, now);
    for (const pattern of ids)
      await addException(tx, ctx, { rule: ADVICE, kind: "workload", pattern, reason, expiresAt: until });
    const after = { workloads: ids, until };
    await recordAct(tx, ctx, { action: "savings.record", subject: `advice/${ids[0]}`, before: null, after, reason });
  });
}

/** Gives the advice on workloads again from now on. @throws AppError `forbidden`, `not_found`. */
export async function restoreAdvice(ctx: Ctx, given: { readonly workloads: readonly string[] }): Promise<void> {
  allow(ctx.viewer, "savings.record");
  const ids = parseInput(workloads, given.workloads);
  await needSeen(ctx, ids);
  const now = ctx.now();
  await ctx.db.write(async (tx) => {
    const before = (await listDismissals(tx, now)).filter((d) => ids.includes(d.workloadId));
    if (!before.length) throw new AppError("not_found", "This advice is not dismissed.");
    for (const { id } of before) await endExceptionAt(tx, id, now);
    const subject = `advice/${ids[0]}`;
    await recordAct(tx, ctx, {
      action: "savings.record",
      subject,
      before: { workloads: ids },
      after: null,
      reason: "",
    });
  });
}

/** @throws AppError `not_found` for the first workload outside the projects that the viewer may act on. */
async function needSeen(ctx: Ctx, ids: readonly string[]): Promise<void> {
  const { projects } = (await withRolesFor(ctx, "savings.record")).viewer;
  for (const id of ids) {
    const found = await findSubjects(ctx.db, "workload", id);
    // Advice is dismissed by the id: it has to be one of theirs wherever it occurs.
    if (!found.length || found.some((s) => projects !== "all" && !projects.includes(s.project)))
      throw new AppError("not_found", `There is no workload "${id.slice(0, 80)}" that you may see.`);
  }
}
