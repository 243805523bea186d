"use server";
import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { answer, field, fileField } from "@/app/answer.ts";
import type { Answer } from "@/components/ui/field.tsx";
import { runAct } from "@/lib/acts/beside.ts";
import { allow } from "@/lib/auth/allow.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError, fieldError } from "@/lib/errors.ts";
import type { PriceDraft } from "@/lib/pricing/draft.ts";
import { originSchema } from "@/lib/pricing/origin.ts";
import { approvePrices, recordExchangeRate } from "@/lib/pricing/price-changes.ts";
import { dropProposal, proposePrices } from "@/lib/pricing/propose.ts";
import { moneySettings } from "./money.ts";

/** What a hidden field says; undefined for what is not JSON. */
function parsedOrigin(text: string): unknown {
  try {
    return JSON.parse(text || "null");
  } catch {
    return undefined;
  }
}

/** The lines of the form, whose fields are called `drafts.<line>.<field>`; a field that is off is empty. */
function readDrafts(form: FormData): PriceDraft[] {
  const lines = [...form.keys()].flatMap((name) => /^drafts\.(\d+)\.kind$/.exec(name)?.[1] ?? []);
  return lines.map((line) => {
    const of = (name: string) => field(form, `drafts.${line}.${name}`);
    const origin = originSchema.safeParse(parsedOrigin(of("origin")));
    if (!origin.success) throw new AppError("invalid", `Line ${line} could not be read: load the page again.`);
    return {
      ...{ line: Number(line), kind: of("kind"), match: of("match"), cluster: of("cluster") },
      ...{ priceClass: of("price_class"), unitPrice: of("unit_price"), currency: of("currency").toUpperCase() },
      ...{ effectiveFrom: of("effective_from"), origin: origin.data },
    };
  });
}

/** Writes the lines of the form down as a proposal, then shows it; or says what is wrong at which line. */
export async function propose(_: Answer | null, form: FormData): Promise<Answer> {
  return proposed(form, async (ctx) => {
    const words = { title: field(form, "title"), note: field(form, "note") };
    return proposePrices(ctx, { ...words, drafts: readDrafts(form) }, moneySettings());
  });
}

/** Proposes every price of a file, or none. */
export async function importFile(_: Answer | null, form: FormData): Promise<Answer> {
  return proposed(form, async (ctx) => {
    allow(ctx.viewer, "prices.propose");
    const { name, bytes } = await fileField(form, "file");
    return runAct(ctx, "files", "importPrices", { name, bytes, title: field(form, "title"), money: moneySettings() });
  });
}

/** Shows the proposal that was made, or says why none was. */
async function proposed(form: FormData, make: (ctx: Ctx) => Promise<{ readonly id: string }>): Promise<Answer> {
  let id = "";
  const done = await answer(async (ctx) => {
    id = (await make(ctx)).id;
    return "Proposed.";
  }, form);
  if (done.ok) redirect(`/prices/${id}`);
  return done;
}

/** Approves, rejects or withdraws a proposal. */
export async function decide(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const [id, how, reason] = [field(form, "proposal"), field(form, "how"), field(form, "reason")];
    if (how === "approved") await approvePrices(ctx, { id, reason });
    else if (how === "rejected" && !reason)
      throw fieldError("reason", "Say why it is rejected: the proposer will ask.");
    else if (how === "rejected" || how === "withdrawn") await dropProposal(ctx, { id, how, reason });
    else throw new AppError("invalid", "Nothing was decided: load the page again.");
    revalidatePath("/prices", "layout");
    return `It is ${how}.`;
  }, form);
}

export async function recordRate(_: Answer | null, form: FormData): Promise<Answer> {
  return answer(async (ctx) => {
    const currency = field(form, "currency").toUpperCase();
    const rate = { currency, rate: field(form, "rate"), day: field(form, "day"), source: field(form, "source") };
    const leap = await recordExchangeRate(ctx, rate, moneySettings());
    revalidatePath("/prices");
    return `From ${rate.day} on, one ${currency} is ${rate.rate} ${moneySettings().currency}. ${leap}`.trim();
  }, form);
}
