"use server";
import { revalidatePath } from "next/cache";
import { answer, dayField, field } from "@/app/answer.ts";
import type { Answer } from "@/components/ui/field.tsx";
import { env } from "@/lib/env.ts";
import { createException, endException } from "@/lib/insights/findings/exceptions.ts";
import type { Exception } from "@/lib/insights/findings/types.ts";
import { dayOfKey } from "@/lib/time.ts";

const NAMES = { rule: "rule", kind: "kind", pattern: "pattern", reason: "reason", until: "until" };

export async function addException(_: Answer | null, form: FormData): Promise<Answer> {
  const done = await answer(
    async (ctx) => {
      const until = dayOfKey(dayField(form, "until"), env().BILLING_TIME_ZONE).start;
      const kind = field(form, "kind") as "user" & Exception["kind"];
      await createException(ctx, {
        ...{ rule: field(form, "rule"), kind, pattern: field(form, "pattern"), reason: field(form, "reason"), until },
      });
      return "Exception added. Open findings about it end with the next evaluation.";
    },
    form,
    NAMES,
  );
  if (done.ok) revalidatePath("/findings", "layout");
  return done;
}

export async function stopException(_: Answer | null, form: FormData): Promise<Answer> {
  const done = await answer(
    async (ctx) => {
      await endException(ctx, { exception: field(form, "exception"), reason: field(form, "reason") });
      return "Ended. Rules look at it again from now on.";
    },
    form,
    NAMES,
  );
  if (done.ok) revalidatePath("/findings", "layout");
  return done;
}
