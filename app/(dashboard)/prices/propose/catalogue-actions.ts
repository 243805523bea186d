"use server";
import { revalidatePath } from "next/cache";
import { answer, field, fileField } from "@/app/answer.ts";
import type { Answer } from "@/components/ui/field.tsx";
import { runAct } from "@/lib/acts/beside.ts";
import { removeCatalogue } from "@/lib/pricing/catalogue-changes.ts";

const countOf = (prices: number): string => `${prices} list price${prices === 1 ? "" : "s"}`;

export async function importPriceCatalogue(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const terms = { cloud: field(form, "cloud"), source: field(form, "source"), asOf: field(form, "asOf") };
    const { name, bytes } = await fileField(form, "catalogue");
    const done = await runAct(ctx, "files", "importCatalogue", { ...terms, name, text: bytes });
    revalidatePath("/prices/propose");
    const instead = done.before ? `, in place of ${done.before}` : "";
    return [`Imported ${countOf(done.prices)} of ${done.name}${instead}.`, ...done.notes].join("\n");
  }, form);
}

export async function readPriceList(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const done = await runAct(ctx, "sources", "readPriceFeed", field(form, "list"));
    revalidatePath("/prices/propose");
    return done?.detail ?? "Another process reads it now.";
  }, form);
}

export async function removePriceCatalogue(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const prices = await removeCatalogue(ctx, field(form, "name"));
    revalidatePath("/prices/propose");
    return `Removed, with ${countOf(prices)}.`;
  }, form);
}
