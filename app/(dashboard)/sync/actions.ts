"use server";
import { redirect } from "next/navigation";
import { answer, textArgument } from "@/app/answer.ts";
import { getActCtx } from "@/app/ctx.ts";
import type { Answer } from "@/components/ui/field.tsx";
import { runAct } from "@/lib/acts/beside.ts";
import { allow, mayDo, readerFor } from "@/lib/auth/allow.ts";
import { isConnected } from "@/lib/connections/index.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import {
  askedRange,
  cancelBackfill,
  requestBackfill,
  requestSync,
  resumeBackfill,
  type TestedConnection,
} from "@/lib/jobs/index.ts";
import { whatToSet } from "@/lib/sources/index.ts";

export async function syncNow(): Promise<Answer> {
  return answer(async (ctx) => {
    allow(ctx.viewer, "sync.run");
    // Where this server runs no work, the one that does may have a source.
    if (env().SCHEDULER && !(await isConnected(readerFor(ctx, "sync.run"), env(), "inventory")))
      throw new AppError(
        "invalid",
        `No source is configured, so there is nothing to sync: add a connection, or ${whatToSet()}.`,
      );
    await requestSync(ctx);
    return "Asked for a sync. The next worker that looks starts it.";
  });
}

/** Asks for the history of the days given in the form; then shows its progress. */
export async function startBackfill(_: Answer | null, form: FormData): Promise<Answer> {
  const done = await answer(async (ctx) => {
    const asked = { from: String(form.get("from") ?? ""), to: String(form.get("to") ?? "") };
    const { start, end } = askedRange(asked, env(), ctx.now());
    await requestBackfill(ctx, { from: start, to: end, stepSeconds: env().BACKFILL_STEP });
    return "Asked for the backfill.";
  }, form);
  if (done.ok) redirect("/sync#backfills");
  return done;
}

export async function cancel(id: string): Promise<Answer> {
  return answer(async (ctx) => {
    await cancelBackfill(ctx, textArgument(id));
    return "Cancelled. What was read stays.";
  });
}

export async function resume(id: string): Promise<Answer> {
  return answer(async (ctx) => {
    await resumeBackfill(ctx, textArgument(id));
    return "It goes on where it stopped.";
  });
}

/** Asks every configured source whether it answers as it should. Stores nothing. */
export async function testSources(): Promise<TestedConnection[]> {
  const ctx = await getActCtx();
  if (!mayDo(ctx.viewer, "connections.test")) return [];
  // An address may carry a user and a password; the page has shown it without.
  return (await runAct(ctx, "sources", "testConnections", undefined)).map((report) => ({ ...report, url: "" }));
}
