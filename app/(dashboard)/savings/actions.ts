"use server";
import { revalidatePath } from "next/cache";
import { answer, dayField, field } from "@/app/answer.ts";
import type { FieldNames } from "@/app/field-problems.ts";
import type { Answer } from "@/components/ui/field.tsx";
import { recordSaving, withdrawSaving } from "@/lib/insights/savings/record.ts";

const NAMES: FieldNames = { actedDay: "on" };

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
      revalidatePath("/rightsizing");
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
    revalidatePath("/rightsizing");
    return "Withdrawn.";
  }, form);
}
