"use server";
import { revalidatePath } from "next/cache";
import { answer, field } from "@/app/answer.ts";
import type { FieldNames } from "@/app/field-problems.ts";
import type { Answer } from "@/components/ui/field.tsx";
import { AppError, fieldError } from "@/lib/errors.ts";
import { recordSaving, withdrawSaving } from "@/lib/insights/savings/record.ts";
import { parseDay } from "@/lib/time.ts";

const NAMES: FieldNames = { actedDay: "on" };

/** A day of a form. @throws AppError at the field. */
function dayField(form: FormData, name: string): number {
  try {
    return parseDay(field(form, name));
  } catch (error) {
    if (error instanceof AppError) throw fieldError(name, error.message);
    throw error;
  }
}

export async function record(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(
    async (ctx) => {
      const id = await recordSaving(ctx, {
        kind: field(form, "kind") as "other",
        subjectKind: field(form, "subjectKind") as "workload",
        subject: field(form, "subject"),
        actedDay: dayField(form, "on"),
        days: Number(field(form, "days") || "30"),
        note: field(form, "note"),
      });
      revalidatePath("/savings");
      return `Recorded as saving ${id}. What it saved appears once a day after it is charged.`;
    },
    form,
    NAMES,
  );
}

export async function withdraw(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    await withdrawSaving(ctx, field(form, "saving"));
    revalidatePath("/savings");
    return "Withdrawn.";
  }, form);
}
