"use server";
import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { answer, field } from "@/app/answer.ts";
import type { Answer } from "@/components/action-form.tsx";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { readPriceFile } from "@/lib/pricing/import.ts";
import { originSchema } from "@/lib/pricing/origin.ts";
import { approvePrices, recordExchangeRate } from "@/lib/pricing/price-changes.ts";
import { dropProposal, proposePrices } from "@/lib/pricing/propose.ts";
import { textOf } from "@/lib/text-file.ts";
import { moneySettings } from "./money.ts";

const draftsSchema = z.array(
  z.object({
    line: z.number().int(),
    kind: z.string(),
    match: z.string(),
    cluster: z.string(),
    priceClass: z.string(),
    unitPrice: z.string(),
    currency: z.string(),
    effectiveFrom: z.string(),
    origin: originSchema,
  }),
);

/** Writes the lines of the form down as a proposal, then shows it; or says what is wrong at which line. */
export async function propose(_: Answer | null, form: FormData): Promise<Answer> {
  return proposed(async (ctx) => {
    const drafts = draftsSchema.safeParse(JSON.parse(field(form, "drafts") || "[]"));
    if (!drafts.success) throw new AppError("invalid", "The lines of the form could not be read: load the page again.");
    const words = { title: field(form, "title"), note: field(form, "note") };
    return proposePrices(ctx, { ...words, drafts: drafts.data }, moneySettings());
  });
}

/** Proposes every price of a file, or none. */
export async function importFile(_: Answer | null, form: FormData): Promise<Answer> {
  return proposed(async (ctx) => {
    const file = form.get("file");
    if (!(file instanceof File) || file.size === 0) throw new AppError("invalid", "Choose a CSV or YAML file first.");
    if (file.size > 1_000_000) throw new AppError("invalid", "The file is larger than 1 MB: is it a price file?");
    const { drafts, problems } = readPriceFile(file.name, textOf(file.name, await file.bytes()));
    return proposePrices(ctx, { title: field(form, "title") || file.name, drafts, problems }, moneySettings());
  });
}

/** Shows the proposal that was made, or says why none was. */
async function proposed(make: (ctx: Ctx) => Promise<{ readonly id: string }>): Promise<Answer> {
  let id = "";
  const told = await answer(async (ctx) => {
    id = (await make(ctx)).id;
    return "Proposed.";
  });
  if (told.ok) redirect(`/prices/${id}`);
  return told;
}

/** Approves, rejects or withdraws a proposal. */
export async function decide(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const [id, how, reason] = [field(form, "proposal"), field(form, "how"), field(form, "reason")];
    if (how === "approved") await approvePrices(ctx, { id, reason });
    else if (how === "rejected" && !reason)
      throw new AppError("invalid", "Say why it is rejected: whoever proposed it will ask.");
    else if (how === "rejected" || how === "withdrawn") await dropProposal(ctx, { id, how, reason });
    else throw new AppError("invalid", "Nothing was decided: load the page again.");
    revalidatePath("/prices", "layout");
    return `It is ${how}.`;
  });
}

export async function recordRate(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const currency = field(form, "currency").toUpperCase();
    const rate = { currency, rate: field(form, "rate"), day: field(form, "day"), source: field(form, "source") };
    await recordExchangeRate(ctx, rate, moneySettings());
    revalidatePath("/prices");
    return `From ${rate.day} on, one ${currency} is ${rate.rate} ${moneySettings().currency}.`;
  });
}
