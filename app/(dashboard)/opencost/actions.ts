"use server";
import { revalidatePath } from "next/cache";
import { answer, chargeSoon } from "@/app/answer.ts";
import type { Answer } from "@/components/ui/field.tsx";
import { env } from "@/lib/env.ts";
import { readOpencostNow } from "@/lib/jobs/outside.ts";

export async function readNow(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const done = await readOpencostNow(ctx, env());
    chargeSoon(ctx);
    revalidatePath("/opencost");
    return done?.detail ?? "Another process reads from OpenCost now.";
  }, form);
}
