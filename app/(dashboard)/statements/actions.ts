"use server";
import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { answer, field } from "@/app/answer.ts";
import type { Answer } from "@/components/action-form.tsx";
import { closePeriod } from "@/lib/closing/close.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { parseMicros } from "@/lib/money.ts";
import { closeSettingsOf } from "@/lib/periods/settings.ts";
import { answerDispute, reviewLine } from "@/lib/statements/review.ts";

/** Overrides are the fields `override:<item>` with a reason in them. */
export async function close(_: Answer | null, form: FormData): Promise<Answer> {
  const period = field(form, "period");
  const overrides = [...form]
    .filter(([name, value]) => name.startsWith("override:") && String(value).trim() !== "")
    .map(([name, value]) => ({ item: name.slice("override:".length), reason: String(value).trim() }));
  const told = await answer(async (ctx) => {
    if (field(form, "sure") !== "yes") throw new AppError("invalid", "Confirm that you want to close it.");
    const { statements } = await closePeriod(ctx, closeSettingsOf(env()), { period, overrides });
    return `${period} is closed with ${statements.length} statements.`;
  });
  if (told.ok) redirect(`/statements?of=${encodeURIComponent(period)}`);
  return told;
}

export async function review(_: Answer | null, form: FormData): Promise<Answer> {
  const [period, team] = [field(form, "period"), Number(field(form, "team"))];
  const verdict = field(form, "verdict") === "accepted" ? "accepted" : "disputed";
  const given = { period, team, line: field(form, "line"), verdict, reason: field(form, "reason") } as const;
  const told = await answer(async (ctx) => {
    await reviewLine(ctx, closeSettingsOf(env()), given);
    return verdict === "accepted" ? "Accepted." : "Disputed. The period is not closed before it is answered.";
  });
  if (told.ok) revalidatePath(`/statements/${encodeURIComponent(period)}/${team}`);
  return told;
}

export async function settle(_: Answer | null, form: FormData): Promise<Answer> {
  const [period, team] = [field(form, "period"), Number(field(form, "team"))];
  const told = await answer(async (ctx) => {
    const adjustmentMicros = parseMicros(field(form, "amount") || "0");
    if (adjustmentMicros === null)
      throw new AppError("invalid", "The amount is not a number: write it as -12.50, with at most six decimals.");
    const given = { period, team, line: field(form, "line"), answer: field(form, "answer"), adjustmentMicros };
    await answerDispute(ctx, closeSettingsOf(env()), given);
    return "Answered.";
  });
  if (told.ok) revalidatePath(`/statements/${encodeURIComponent(period)}/${team}`);
  return told;
}
