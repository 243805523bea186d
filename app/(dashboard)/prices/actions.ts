"use server";
import { revalidatePath } from "next/cache";
import { redirect } from "next/navigation";
import { z } from "zod";
import { getCtx } from "@/app/ctx";
import { approvePrices, recordExchangeRate } from "@/lib/chargeback/price-changes";
import type { Ctx } from "@/lib/ctx";
import { AppError } from "@/lib/errors";
import type { PriceDraft, Problem } from "@/lib/pricing/draft";
import { readPriceFile } from "@/lib/pricing/import";
import { checkPrices, dropProposal, proposePrices } from "@/lib/pricing/propose";
import { originSchema } from "@/lib/pricing/types";
import { textOf } from "@/lib/text-file";
import { moneySettings } from "./money";

export interface Answer {
  readonly ok: boolean;
  readonly message: string;
  readonly problems?: readonly Problem[];
}

const refused = (message: string, problems: readonly Problem[] = []): Answer => ({ ok: false, message, problems });

/** What a verb answered, in words; what was not meant for readers is logged, not shown. */
async function say(body: (ctx: Ctx) => Promise<Answer>): Promise<Answer> {
  const ctx = await getCtx();
  try {
    return await body(ctx);
  } catch (error) {
    if (error instanceof AppError && error.code !== "internal") return refused(error.message);
    ctx.log.error({ err: error }, "a request about prices failed");
    return refused("The server could not do that. Its log says why.");
  }
}

const text = (form: FormData, name: string): string => String(form.get(name) ?? "");

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
  let id = "";
  const answer = await say(async (ctx) => {
    const parsed = draftsSchema.safeParse(JSON.parse(text(form, "drafts") || "[]"));
    if (!parsed.success) return refused("The lines of the form could not be read: load the page again.");
    return proposeAll(ctx, text(form, "title"), text(form, "note"), parsed.data, (made) => {
      id = made;
    });
  });
  if (answer.ok) redirect(`/prices/${id}`);
  return answer;
}

/** Proposes every price of a file, or none. */
export async function importFile(_: Answer | null, form: FormData): Promise<Answer> {
  let id = "";
  const answer = await say(async (ctx) => {
    const file = form.get("file");
    if (!(file instanceof File) || file.size === 0) return refused("Choose a CSV or YAML file first.");
    if (file.size > 1_000_000) return refused("The file is larger than 1 MB: is it a price file?");
    const { drafts, problems } = readPriceFile(file.name, textOf(file.name, await file.bytes()));
    if (problems.length) return refused(`Nothing was taken from ${file.name}.`, problems);
    return proposeAll(ctx, text(form, "title") || file.name, "", drafts, (made) => {
      id = made;
    });
  });
  if (answer.ok) redirect(`/prices/${id}`);
  return answer;
}

async function proposeAll(
  ctx: Ctx,
  title: string,
  note: string,
  drafts: readonly PriceDraft[],
  made: (id: string) => void,
): Promise<Answer> {
  const { problems } = await checkPrices(ctx, drafts, moneySettings());
  if (problems.length) return refused("Nothing was written down.", problems);
  const { id } = await proposePrices(ctx, { title, note, drafts }, moneySettings());
  made(id);
  return { ok: true, message: "Proposed." };
}

/** Approves, rejects or withdraws a proposal. */
export async function decide(_: Answer | null, form: FormData): Promise<Answer> {
  const answer = await say(async (ctx) => {
    const [id, how, reason] = [text(form, "proposal"), text(form, "how"), text(form, "reason").trim()];
    if (how === "approved") await approvePrices(ctx, { id, reason });
    else if (how === "rejected" && !reason) return refused("Say why it is rejected: whoever proposed it will ask.");
    else if (how === "rejected" || how === "withdrawn") await dropProposal(ctx, { id, how, reason });
    else return refused("Nothing was decided: load the page again.");
    return { ok: true, message: `It is ${how}.` };
  });
  if (answer.ok) revalidatePath("/prices", "layout");
  return answer;
}

export async function recordRate(_: Answer | null, form: FormData): Promise<Answer> {
  const answer = await say(async (ctx) => {
    const currency = text(form, "currency").trim().toUpperCase();
    const input = { currency, rate: text(form, "rate").trim(), day: text(form, "day"), source: text(form, "source") };
    await recordExchangeRate(ctx, input, moneySettings());
    return { ok: true, message: `From ${input.day} on, one ${currency} is ${input.rate} ${moneySettings().currency}.` };
  });
  if (answer.ok) revalidatePath("/prices");
  return answer;
}
