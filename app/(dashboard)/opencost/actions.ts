"use server";
import { revalidatePath } from "next/cache";
import { answer, chargeSoon } from "@/app/answer.ts";
import type { Answer } from "@/components/ui/field.tsx";
import { runAct } from "@/lib/acts/beside.ts";

export async function readNow(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const done = await runAct(ctx, "sources", "readOpencost", undefined);
    chargeSoon(ctx);
    revalidatePath("/opencost");
    return done?.detail ?? "Another process reads from OpenCost now.";
  }, form);
}
