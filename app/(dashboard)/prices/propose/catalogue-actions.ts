"use server";
import { revalidatePath } from "next/cache";
import { answer, field } from "@/app/answer.ts";
import type { Answer } from "@/components/action-form.tsx";
import { AppError } from "@/lib/errors.ts";
import { importCatalogue, removeCatalogue } from "@/lib/pricing/catalogue-changes.ts";
import { textOf } from "@/lib/text-file.ts";

const countOf = (prices: number): string => `${prices} list price${prices === 1 ? "" : "s"}`;

export async function importPriceCatalogue(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const file = form.get("catalogue");
    if (!(file instanceof File) || file.size === 0) throw new AppError("invalid", "Choose a file first.");
    const terms = { cloud: field(form, "cloud"), source: field(form, "source"), asOf: field(form, "asOf") };
    const text = textOf(file.name, await file.bytes());
    const done = await importCatalogue(ctx, { ...terms, name: file.name, text });
    revalidatePath("/prices/propose");
    const instead = done.before ? `, in place of ${done.before}` : "";
    return [`Imported ${countOf(done.prices)} of ${done.name}${instead}.`, ...done.notes].join("\n");
  });
}

export async function removePriceCatalogue(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const prices = await removeCatalogue(ctx, field(form, "name"));
    revalidatePath("/prices/propose");
    return `Removed, with ${countOf(prices)}.`;
  });
}
