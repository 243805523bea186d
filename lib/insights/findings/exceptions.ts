import type { z } from "zod";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError, fieldError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import { RULES } from "@/lib/insights/rules/index.ts";
import { LONGEST_EXCEPTION } from "./acts.ts";
import { addException, endExceptionAt, findException, listExceptions, projectsNamed } from "./store.ts";
import { type Exception, endInput, exceptionInput } from "./types.ts";

/** Every exception, those in force first. @throws AppError `forbidden`. */
export function loadExceptions(ctx: Ctx): Promise<Exception[]> {
  allow(ctx.viewer, "exceptions.read");
  return listExceptions(ctx.db, ctx.now());
}

/**
 * Lets one rule or all of them leave something alone until an instant. Open findings about it end with the next
 * evaluation.
 * @returns its id.
 */
export async function createException(ctx: Ctx, given: z.input<typeof exceptionInput>): Promise<string> {
  allow(ctx.viewer, "findings.decide");
  const { until, ...input } = parseInput(exceptionInput, given);
  const now = ctx.now();
  if (input.rule !== "" && !RULES.some((r) => r.slug === input.rule)) throw fieldError("rule", "Choose a rule.");
  if (until <= now || until > now + LONGEST_EXCEPTION)
    throw fieldError("until", "Choose the day on which the exception ends, within the next 400 days.");
  const pattern = input.kind === "project" ? String(await projectKey(ctx, input.pattern)) : input.pattern;
  return ctx.db.write(async (tx) => {
    const after = { ...input, pattern, expiresAt: until };
    const id = await addException(tx, ctx, after);
    const { reason } = input;
    await recordAct(tx, ctx, { action: "findings.decide", subject: `exception/${id}`, before: null, after, reason });
    return id;
  });
}

async function projectKey(ctx: Ctx, text: string): Promise<number> {
  const [first, ...more] = await projectsNamed(ctx.db, text);
  if (first === undefined) throw fieldError("pattern", `There is no project "${text}". Write its whole name.`);
  if (more.length)
    throw fieldError("pattern", `Several projects are called "${text}": use the number in the address of its page.`);
  return first;
}

/** Ends an exception now: rules judge what it was about again from here on. */
export async function endException(ctx: Ctx, given: z.input<typeof endInput>): Promise<void> {
  allow(ctx.viewer, "findings.decide");
  const { exception: id, reason } = parseInput(endInput, given);
  const before = await findException(ctx.db, id);
  if (!before) throw new AppError("not_found", `There is no exception "${id}".`);
  const expiresAt = ctx.now();
  await ctx.db.write(async (tx) => {
    if (!(await endExceptionAt(tx, id, expiresAt))) throw new AppError("conflict", "This exception has ended before.");
    const change = { before: { ...before }, after: { expiresAt } };
    await recordAct(tx, ctx, { action: "findings.decide", subject: `exception/${id}`, ...change, reason });
  });
}
