"use server";
import { revalidatePath } from "next/cache";
import { answer, field } from "@/app/answer.ts";
import type { FieldNames } from "@/app/field-problems.ts";
import type { Answer } from "@/components/ui/field.tsx";
import { setBurstRate, switchBurst, switchWords } from "@/lib/burst/changes.ts";
import { env } from "@/lib/env.ts";
import { AppError, fieldError } from "@/lib/errors.ts";
import { decimalWords, parseMicros } from "@/lib/money.ts";
import { parseEdge } from "@/lib/time.ts";

const NAMES: FieldNames = { rateMicros: "rate", fromAt: "from" };

/** An instant of a form, in the billing zone unless it names another; undefined where it is empty. @throws AppError at the field. */
function instantField(form: FormData, name: string): number | undefined {
  const text = field(form, name);
  if (text === "") return undefined;
  try {
    return parseEdge(text, env().BILLING_TIME_ZONE);
  } catch (error) {
    if (error instanceof AppError) throw fieldError(name, error.message);
    throw error;
  }
}

export async function turn(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(
    async (ctx) => {
      const isOn = field(form, "on") === "yes";
      const at = instantField(form, "at");
      const given = { isOn, note: field(form, "note"), ...(at === undefined ? {} : { at }) };
      const done = await switchBurst(ctx, given, "page");
      revalidatePath("/burst");
      return switchWords(isOn, done);
    },
    form,
    NAMES,
  );
}

export async function setRate(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(
    async (ctx) => {
      const text = field(form, "rate");
      const rateMicros = parseMicros(text);
      if (rateMicros === null)
        throw fieldError(
          "rate",
          `"${text}" ${decimalWords(text, 6, "is not an amount: write it plainly, such as 0.50.")}`,
        );
      const fromAt = instantField(form, "from");
      await setBurstRate(ctx, { rateMicros, ...(fromAt === undefined ? {} : { fromAt }) }, field(form, "reason"));
      revalidatePath("/burst");
      return "Rate saved.";
    },
    form,
    NAMES,
  );
}
