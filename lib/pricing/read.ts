import { textOf } from "@/lib/text-file.ts";
import { type Catalogue, type CatalogueTerms, readCatalogue } from "./catalogue.ts";
import { type Imported, readPriceFile } from "./import.ts";

/** More than the price lists of all clouds. */
const MOST_OF_CATALOGUE = 16 * 1024 * 1024;
const MOST_OF_PRICES = 1024 * 1024;

/** What a thread is asked. */
export type PricingQuestion =
  | { readonly kind: "prices"; readonly name: string; readonly bytes: Uint8Array }
  | { readonly kind: "catalogue"; readonly name: string; readonly bytes: Uint8Array; readonly terms: CatalogueTerms };

export const readPrices = (name: string, bytes: Uint8Array): Imported =>
  readPriceFile(name, textOf(name, bytes, MOST_OF_PRICES));
export const readList = (name: string, bytes: Uint8Array, terms: CatalogueTerms): Catalogue =>
  readCatalogue(name, textOf(name, bytes, MOST_OF_CATALOGUE), terms);

/** Problems that leave the thread: a message lists fewer. */
const MOST_PROBLEMS = 500;

/** What the thread answers: the list by itself, and the rest. */
export function answerPricing(question: PricingQuestion): { items: readonly unknown[]; rest: unknown } {
  const few = <T extends { problems: readonly unknown[] }>(rest: T) => ({
    ...rest,
    problems: rest.problems.slice(0, MOST_PROBLEMS),
  });
  if (question.kind === "prices") {
    const { drafts, ...rest } = readPrices(question.name, question.bytes);
    return { items: drafts, rest: few(rest) };
  }
  const { prices, ...rest } = readList(question.name, question.bytes, question.terms);
  return { items: prices, rest: few(rest) };
}
