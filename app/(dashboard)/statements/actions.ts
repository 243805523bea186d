"use server";
import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { getCtx } from "@/app/ctx";
import { closePeriod } from "@/lib/chargeback/close";
import { closeSettingsOf } from "@/lib/chargeback/close-settings";
import { answerDispute, reviewLine } from "@/lib/chargeback/review";
import type { Ctx } from "@/lib/ctx";
import { env } from "@/lib/env";
import { AppError } from "@/lib/errors";
import { parseMicros } from "@/lib/money";

export interface Answer {
  readonly ok: boolean;
  readonly message: string;
}

/** What a verb answered, in words; what was not meant for readers is logged, not shown. */
async function say(body: (ctx: Ctx) => Promise<string>): Promise<Answer> {
  const ctx = await getCtx();
  try {
    return { ok: true, message: await body(ctx) };
  } catch (error) {
    if (error instanceof z.ZodError) return { ok: false, message: error.issues.map((i) => i.message).join(" ") };
    if (error instanceof AppError && error.code !== "internal") return { ok: false, message: error.message };
    ctx.log.error({ err: error }, "a request about statements failed");
    return { ok: false, message: "The server could not do that. Its log says why." };
  }
}

const text = (form: FormData, name: string): string => String(form.get(name) ?? "").trim();

/** Overrides are the fields `override:<item>` with a reason in them. */
export async function close(_: Answer | null, form: FormData): Promise<Answer> {
  const period = text(form, "period");
  const overrides = [...form]
    .filter(([name, value]) => name.startsWith("override:") && String(value).trim() !== "")
    .map(([name, value]) => ({ item: name.slice("override:".length), reason: String(value).trim() }));
  const answer = await say(async (ctx) => {
    if (text(form, "sure") !== "yes") throw new AppError("invalid", "Confirm that you want to close it.");
    const { statements } = await closePeriod(ctx, closeSettingsOf(env()), { period, overrides });
    return `${period} is closed with ${statements.length} statements.`;
  });
  if (answer.ok) redirect(`/statements?of=${encodeURIComponent(period)}`);
  return answer;
}

export async function review(_: Answer | null, form: FormData): Promise<Answer> {
  const [period, team] = [text(form, "period"), Number(text(form, "team"))];
  const verdict = text(form, "verdict") === "accepted" ? "accepted" : "disputed";
  const given = { period, team, line: text(form, "line"), verdict, reason: text(form, "reason") } as const;
  const answer = await say(async (ctx) => {
    await reviewLine(ctx, closeSettingsOf(env()), given);
    return verdict === "accepted" ? "Accepted." : "Disputed. The period is not closed before it is answered.";
  });
  if (answer.ok) revalidatePath(`/statements/${encodeURIComponent(period)}/${team}`);
  return answer;
}

export async function settle(_: Answer | null, form: FormData): Promise<Answer> {
  const [period, team] = [text(form, "period"), Number(text(form, "team"))];
  const answer = await say(async (ctx) => {
    const adjustmentMicros = parseMicros(text(form, "amount") || "0");
    if (adjustmentMicros === null)
      throw new AppError("invalid", "The amount is not a number: write it as -12.50, with at most six decimals.");
    const given = { period, team, line: text(form, "line"), answer: text(form, "answer"), adjustmentMicros };
    await answerDispute(ctx, closeSettingsOf(env()), given);
    return "Answered.";
  });
  if (answer.ok) revalidatePath(`/statements/${encodeURIComponent(period)}/${team}`);
  return answer;
}
