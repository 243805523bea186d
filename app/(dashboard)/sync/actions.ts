"use server";
import { redirect } from "next/navigation";
import { getCtx } from "@/app/ctx";
import { env } from "@/lib/env";
import { AppError } from "@/lib/errors";
import { askedRange, cancelBackfill, requestBackfill, requestSync, resumeBackfill, testConnections } from "@/lib/jobs";
import type { ConnectionReport } from "@/lib/sources/source";

export interface Answer {
  readonly ok: boolean;
  readonly message: string;
}

/** What a verb answered, in words; what was not meant for readers is logged, not shown. */
async function say(body: (ctx: Awaited<ReturnType<typeof getCtx>>) => Promise<string>): Promise<Answer> {
  const ctx = await getCtx();
  try {
    return { ok: true, message: await body(ctx) };
  } catch (error) {
    if (error instanceof AppError && error.code !== "internal") return { ok: false, message: error.message };
    ctx.log.error({ err: error }, "a request about the sync failed");
    return { ok: false, message: "The server could not do that. Its log says why." };
  }
}

export async function syncNow(): Promise<Answer> {
  return say(async (ctx) => {
    await requestSync(ctx);
    return "Asked for a sync. The next worker that looks starts it.";
  });
}

/** Asks for the history of the days given in the form; then shows its progress. */
export async function startBackfill(_: Answer | null, form: FormData): Promise<Answer> {
  const answer = await say(async (ctx) => {
    const asked = { from: String(form.get("from") ?? ""), to: String(form.get("to") ?? "") };
    const { start, end } = askedRange(asked, env(), ctx.now());
    await requestBackfill(ctx, { from: start, to: end, stepSeconds: env().BACKFILL_STEP });
    return "Asked for the backfill.";
  });
  if (answer.ok) redirect("/sync#backfills");
  return answer;
}

export async function cancel(id: string): Promise<Answer> {
  return say(async (ctx) => {
    await cancelBackfill(ctx, id);
    return "Cancelled. What was read stays.";
  });
}

export async function resume(id: string): Promise<Answer> {
  return say(async (ctx) => {
    await resumeBackfill(ctx, id);
    return "It goes on where it stopped.";
  });
}

/** Asks every configured source whether it answers as it should. Stores nothing. */
export async function testSources(): Promise<ConnectionReport[]> {
  const ctx = await getCtx();
  if (!ctx.viewer.mayOperate) return [];
  // An address may carry a user and a password; the page has shown it without.
  return (await testConnections(env(), ctx.log)).map((report) => ({ ...report, url: "" }));
}
