import { randomUUID } from "node:crypto";
import { z } from "zod";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError, fieldError } from "@/lib/errors.ts";
import { decimalWords, minorDigits, parseNanos } from "@/lib/money.ts";
import { dayKey, parseEdge } from "@/lib/time.ts";
import { type Checked, checkDrafts, type PriceDraft, type Problem } from "./draft.ts";
import { formatProblems } from "./import.ts";
import { decideProposal, findProposal, insertProposal, loadPlacesToPrice, loadPriceBook } from "./price-store.ts";
import type { Proposal } from "./types.ts";
import { newAmbiguities, unusedPrices } from "./unclear.ts";

/** Whose money: the settings that pricing needs. */
export interface MoneySettings {
  readonly currency: string;
  readonly billingTimeZone: string;
}

/** Reads drafts against what there is, without writing. */
export async function checkPrices(ctx: Ctx, drafts: readonly PriceDraft[], money: MoneySettings): Promise<Checked> {
  const [places, book] = await Promise.all([loadPlacesToPrice(ctx.db), loadPriceBook(ctx.db, money.currency)]);
  const checked = checkDrafts(drafts, { ...money, ...places, rates: book.rates });
  const unclear = newAmbiguities(book, checked.prices, places.models);
  // With problems there are no prices: then nothing is known of what would win.
  const unused = unusedPrices(book, checked.prices, places.places).map(({ index, message }) => ({
    line: drafts[index]?.line ?? 0,
    field: "match",
    message,
  }));
  const problems = [
    ...checked.problems,
    ...unclear.map((message) => ({ line: 0, field: "match", message })),
    ...unused,
  ];
  return { ...checked, prices: problems.length ? [] : checked.prices, problems };
}

/** Letters of a proposal's note. */
const MOST_NOTE = 2000;

/** What a person says of a file, and what its reader notes: of the notes as much as fits. */
export function noteOf(own: string, notes: readonly string[]): string {
  const all = [own, ...notes].filter(Boolean).join("\n").trim();
  return all.length <= MOST_NOTE || own.length >= MOST_NOTE ? all : `${all.slice(0, MOST_NOTE - 2)} …`;
}

const proposalSchema = z.object({
  title: z
    .string()
    .trim()
    .min(1, "Give the proposal a title, such as “Prices of 2027”.")
    .max(200, "The title is longer than 200 characters."),
  note: z.string().trim().max(MOST_NOTE, `The note is longer than ${MOST_NOTE} characters.`).default(""),
});

/** Prices, and what was wrong with the file that they are from. */
interface ImportedPrices {
  readonly drafts: readonly PriceDraft[];
  readonly problems?: readonly Problem[] | undefined;
}

/** All problems by line; of two about one field of a line, that of the file. */
function merged(ofFile: readonly Problem[], ofPrices: readonly Problem[]): Problem[] {
  const found = new Set(ofFile.map((p) => `${p.line} ${p.field}`));
  const others = ofPrices.filter((p) => !found.has(`${p.line} ${p.field}`) && !(p.line === 0 && ofFile.length > 0));
  return [...ofFile, ...others].sort((a, b) => a.line - b.line);
}

/** Fields that a form can have. */
const MOST_FIELDS = 500;

/** Every problem, a line each; by field those of a draft are `drafts.<line>.<field>`. */
function refusal(issues: readonly z.core.$ZodIssue[], problems: readonly Problem[]): AppError {
  const lines = [...issues.map((i) => i.message), ...(problems.length ? [formatProblems(problems)] : [])];
  const fields = Object.fromEntries([
    ...issues.map((i) => [i.path.join("."), i.message] as const),
    ...problems.slice(0, MOST_FIELDS).map((p) => [`drafts.${p.line}.${p.field}`, p.message] as const),
  ]);
  return new AppError("invalid", lines.join("\n"), { fields });
}

/**
 * Puts prices up for approval. Nothing is charged by them until then.
 * @throws AppError `invalid` with every problem, a line each.
 */
export async function proposePrices(
  ctx: Ctx,
  input: z.input<typeof proposalSchema> & ImportedPrices,
  money: MoneySettings,
): Promise<{ readonly id: string; readonly warnings: Checked["warnings"] }> {
  allow(ctx.viewer, "prices.propose");
  const parsed = proposalSchema.safeParse(input);
  const { prices, problems, warnings } = await checkPrices(ctx, input.drafts, money);
  const all = merged(input.problems ?? [], problems);
  if (!parsed.success || all.length) throw refusal(parsed.error?.issues ?? [], all);
  const { title, note } = parsed.data;
  const id = randomUUID();
  const proposal = { id, title, note, proposedBy: ctx.viewer.id, proposedAt: ctx.now() };
  await ctx.db.write(async (tx) => {
    await insertProposal(tx, proposal, prices);
    await recordAct(tx, ctx, {
      action: "prices.propose",
      subject: `proposal/${id}`,
      before: null,
      after: { title, prices },
      reason: note,
    });
  });
  return { id, warnings };
}

/** @throws AppError `not_found` for an unknown id, `conflict` when it is decided. */
export async function getOpenProposal(ctx: Ctx, id: string): Promise<Proposal> {
  const proposal = await findProposal(ctx.db, id);
  if (!proposal) throw new AppError("not_found", `There is no proposal ${id}.`);
  if (proposal.status !== "proposed")
    throw new AppError("conflict", `"${proposal.title}" is ${proposal.status} already: propose it again to change it.`);
  return proposal;
}

/** Ends a proposal without effect: rejected by who decides, withdrawn by who proposed. */
export async function dropProposal(
  ctx: Ctx,
  input: { readonly id: string; readonly how: "rejected" | "withdrawn"; readonly reason: string },
): Promise<void> {
  const action = input.how === "rejected" ? "prices.decide" : "prices.propose";
  allow(ctx.viewer, action);
  const proposal = await getOpenProposal(ctx, input.id);
  await ctx.db.write(async (tx) => {
    const decision = { status: input.how, by: ctx.viewer.id, at: ctx.now() };
    if (!(await decideProposal(tx, input.id, decision)))
      throw new AppError("conflict", `"${proposal.title}" was decided meanwhile.`);
    const [before, after] = [{ status: "proposed" }, { status: input.how }];
    await recordAct(tx, ctx, { action, subject: `proposal/${input.id}`, before, after, reason: input.reason });
  });
}

/** An exchange rate as a person writes it. */
export interface RateInput {
  readonly currency: string;
  readonly day: string;
  readonly rate: string;
  readonly source: string;
}

/** Reads what one unit of a currency is worth in the ledger's, from a day on. @throws AppError `invalid`. */
export function parseRate(input: RateInput, money: MoneySettings) {
  const { currency, day, rate, source } = input;
  if (!/^[A-Z]{3}$/.test(currency)) throw fieldError("currency", "A currency has three letters, such as EUR.");
  minorDigits(currency);
  if (currency === money.currency)
    throw fieldError("currency", `${currency} is the ledger's own currency: it needs no rate.`);
  const rateNanos = parseNanos(rate);
  if (rateNanos === null || rateNanos <= 0)
    throw fieldError(
      "rate",
      `"${rate}" ${decimalWords(rate, 9, `is no exchange rate: write how many ${money.currency} one ${currency} is worth, such as 1.0834.`)}`,
    );
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) throw fieldError("day", `"${day}" is not a day: write YYYY-MM-DD.`);
  parseEdge(day, money.billingTimeZone);
  if (!source.trim()) throw fieldError("source", "Say where the rate is from, such as “ECB reference rate”.");
  return { currency, day: dayKey(day), rateNanos, source: source.trim() };
}
