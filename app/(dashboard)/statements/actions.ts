"use server";
import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { answer, field, fieldsOf, keyField } from "@/app/answer.ts";
import type { Answer } from "@/components/ui/field.tsx";
import { closePeriod } from "@/lib/closing/close.ts";
import { env } from "@/lib/env.ts";
import { fieldError } from "@/lib/errors.ts";
import { decimalWords, formatMicros, parseMicros } from "@/lib/money.ts";
import { closeSettingsOf } from "@/lib/periods/settings.ts";
import { answerDispute, reviewLine, withdrawAnswer } from "@/lib/statements/review.ts";

/** Overrides are the fields `override:<item>` with a reason in them. */
export async function close(_: Answer | null, form: FormData): Promise<Answer> {
  const period = field(form, "period");
  const overrides = fieldsOf(form)
    .filter(([name, value]) => name.startsWith("override:") && String(value).trim() !== "")
    .map(([name, value]) => ({ item: name.slice("override:".length), reason: String(value).trim() }));
  const names = Object.fromEntries(overrides.map((o, i) => [`overrides.${i}.reason`, `override:${o.item}`]));
  const done = await answer(
    async (ctx) => {
      if (field(form, "sure") !== "yes") throw fieldError("sure", `Confirm that you want to close ${period}.`);
      const { statements } = await closePeriod(ctx, closeSettingsOf(env()), { period, overrides });
      return `${period} is closed with ${statements.length} statements.`;
    },
    form,
    { ...names, sure: "sure" },
  );
  if (done.ok) redirect(`/statements?of=${encodeURIComponent(period)}`);
  return done;
}

const lineOf = (form: FormData) => ({
  period: field(form, "period"),
  team: keyField(form, "team"),
  line: field(form, "line"),
});
const pathOf = (form: FormData) =>
  `/statements/${encodeURIComponent(field(form, "period"))}/${encodeURIComponent(field(form, "team"))}`;

export async function review(_: Answer | null, form: FormData): Promise<Answer> {
  const verdict = field(form, "verdict") === "accepted" ? "accepted" : "disputed";
  const done = await answer(async (ctx) => {
    const given = { ...lineOf(form), verdict, reason: field(form, "reason") } as const;
    await reviewLine(ctx, closeSettingsOf(env()), given);
    return verdict === "accepted" ? "Accepted." : "Disputed. The period is not closed before it is answered.";
  }, form);
  if (done.ok) revalidatePath(pathOf(form));
  return done;
}

export async function settle(_: Answer | null, form: FormData): Promise<Answer> {
  const done = await answer(
    async (ctx) => {
      const adjustmentMicros = parseMicros(field(form, "amount") || "0");
      if (adjustmentMicros === null)
        throw fieldError(
          "amount",
          `The amount ${decimalWords(field(form, "amount"), 6, "is not a number: write it as -12.50, with at most six decimals.")}`,
        );
      if (adjustmentMicros !== 0 && field(form, "sure") !== "yes")
        throw fieldError("sure", `Confirm that ${formatMicros(adjustmentMicros)} changes the statement.`);
      const given = { ...lineOf(form), answer: field(form, "answer"), adjustmentMicros };
      await answerDispute(ctx, closeSettingsOf(env()), given);
      return "Answered.";
    },
    form,
    { adjustmentMicros: "amount" },
  );
  if (done.ok) revalidatePath(pathOf(form));
  return done;
}

/** Takes an answer back: the dispute is open again. */
export async function withdraw(_: Answer | null, form: FormData): Promise<Answer> {
  const done = await answer(async (ctx) => {
    const given = { ...lineOf(form), reason: field(form, "reason") };
    await withdrawAnswer(ctx, closeSettingsOf(env()), given);
    return "Withdrawn. The dispute is open again.";
  }, form);
  if (done.ok) revalidatePath(pathOf(form));
  return done;
}
