"use server";
import { revalidatePath } from "next/cache";
import { answer, field } from "@/app/answer.ts";
import type { Answer } from "@/components/ui/field.tsx";
import { judgeAnomaly } from "@/lib/insights/anomalies/judge.ts";
import type { Verdict } from "@/lib/insights/anomalies/types.ts";

export async function judge(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const verdict = field(form, "verdict") as Verdict | "open";
    await judgeAnomaly(ctx, { anomaly: field(form, "anomaly"), verdict, note: field(form, "note") });
    revalidatePath("/anomalies", "layout");
    return verdict === "open" ? "Open again." : `Recorded as ${verdict}.`;
  }, form);
}
