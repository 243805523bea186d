import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import type { CatalogueTerms } from "./catalogue.ts";
import { replaceCatalogue, searchCatalogues } from "./catalogue-store.ts";
import { formatProblems } from "./import.ts";
import { byPrice, type ListPrice, searchListPrices, searchWords } from "./list-price.ts";
import { LIST_PRICES } from "./list-prices.ts";
import { readCatalogueBeside } from "./read-beside.ts";

export interface CatalogueFile extends CatalogueTerms {
  readonly name: string;
  /** Its text, or its bytes, also packed with gzip. */
  readonly text: string | Uint8Array;
}

export interface ImportedCatalogue {
  readonly name: string;
  readonly prices: number;
  /** Of the catalogue of this name that was there before. */
  readonly before: number;
  readonly notes: readonly string[];
}

/**
 * Takes a file of list prices, in place of the one of its name: a reference to choose rates from. Whole, or with any problem
 * nothing. @throws AppError `forbidden`, or `invalid` with every problem, a line each.
 */
export async function importCatalogue(ctx: Ctx, file: CatalogueFile): Promise<ImportedCatalogue> {
  allow(ctx.viewer, "prices.propose");
  const { name } = file;
  const bytes = typeof file.text === "string" ? new TextEncoder().encode(file.text) : file.text;
  const { prices, problems, notes } = await readCatalogueBeside(name, bytes, file);
  if (prices.length === 0)
    throw new AppError(
      "invalid",
      [`Nothing was taken from ${name}.`, formatProblems(problems), ...notes].join("\n").trim(),
    );
  const before = await ctx.db.write(async (tx) => {
    const replaced = await replaceCatalogue(tx, name, prices);
    await record(tx, ctx, name, replaced, prices.length);
    return replaced;
  });
  return { name, prices: prices.length, before, notes };
}

/** Takes a catalogue away. Rates that were chosen from it keep what they say of their origin. @throws AppError `not_found`. */
export async function removeCatalogue(ctx: Ctx, name: string): Promise<number> {
  allow(ctx.viewer, "prices.propose");
  return ctx.db.write(async (tx) => {
    const before = await replaceCatalogue(tx, name, []);
    if (before === 0) throw new AppError("not_found", `There is no catalogue ${name}.`);
    await record(tx, ctx, name, before, 0);
    return before;
  });
}

function record(tx: Parameters<typeof recordAct>[0], ctx: Ctx, name: string, before: number, after: number) {
  const count = (prices: number) => (prices === 0 ? null : { prices });
  const act = { action: "prices.propose", subject: `catalogue/${name}`, reason: "" } as const;
  return recordAct(tx, ctx, { ...act, before: count(before), after: count(after) });
}

/** The list prices that hold every word of a search, the table that comes with the product and every catalogue, cheapest first. */
export async function findListPrices(
  ctx: Ctx,
  search: string,
  limit: number,
): Promise<{ readonly found: readonly ListPrice[]; readonly count: number }> {
  allow(ctx.viewer, "prices.propose");
  const own = searchListPrices(LIST_PRICES, search);
  const { found, count } = await searchCatalogues(ctx.db, searchWords(search).slice(0, 10), limit);
  return { found: [...own, ...found].sort(byPrice).slice(0, limit), count: own.length + count };
}
