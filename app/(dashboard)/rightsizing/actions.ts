"use server";
import { revalidatePath } from "next/cache";
import { answer, dayField, field } from "@/app/answer.ts";
import type { Answer } from "@/components/ui/field.tsx";
import { env } from "@/lib/env.ts";
import { dismissAdvice, restoreAdvice } from "@/lib/insights/rightsizing/dismiss.ts";
import { dayOfKey } from "@/lib/time.ts";

const NAMES = { until: "until", reason: "reason", workloads: "workloads" };

/** Ids as the page sends them: several are divided by semicolons. */
const idsOf = (form: FormData): string[] => field(form, "workloads").split("; ");

export async function dismiss(_: Answer | null, form: FormData): Promise<Answer> {
  const done = await answer(
    async (ctx) => {
      const until = dayOfKey(dayField(form, "until"), env().BILLING_TIME_ZONE).start;
      await dismissAdvice(ctx, { workloads: idsOf(form), until, reason: field(form, "reason") });
      return "Dismissed. It counts in no sum until that day.";
    },
    form,
    NAMES,
  );
  if (done.ok) revalidatePath("/rightsizing");
  return done;
}

export async function bringBack(_: Answer | null, form: FormData): Promise<Answer> {
  const done = await answer(
    async (ctx) => {
      await restoreAdvice(ctx, { workloads: idsOf(form) });
      return "The advice is given again.";
    },
    form,
    NAMES,
  );
  if (done.ok) revalidatePath("/rightsizing");
  return done;
}
