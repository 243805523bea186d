"use server";
import { revalidatePath } from "next/cache";
import { answer, field, fileField } from "@/app/answer.ts";
import type { Answer } from "@/components/ui/field.tsx";
import { runAct } from "@/lib/acts/beside.ts";
import { removeBill } from "@/lib/bills/import.ts";
import { counted } from "@/lib/format.ts";
import { formatMicros } from "@/lib/money.ts";

export async function importBillFile(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const file = await fileField(form, "bill");
    const done = await runAct(ctx, "files", "importBill", {
      files: [file],
      replace: field(form, "replace") === "on",
    });
    revalidatePath("/bills");
    const money = (micros: number) => `${formatMicros(micros)} ${ctx.ledger.currency}`;
    const replaced = done.replaced ? ` ${counted(done.replaced, "line")} of earlier versions were replaced.` : "";
    return `Imported ${counted(done.lines, "line")} of ${money(done.effectiveMicros)}, ${money(done.gpuMicros)} of it for GPUs.${replaced}`;
  }, form);
}

export async function removeBillFile(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    await removeBill(ctx, field(form, "id"), field(form, "reason"));
    revalidatePath("/bills");
    return "Removed.";
  }, form);
}

export async function readExplorer(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const done = await runAct(ctx, "sources", "readExplorer", field(form, "month") || undefined);
    revalidatePath("/bills");
    return done.map(({ detail }) => detail).join("\n") || "Nothing is due.";
  }, form);
}
