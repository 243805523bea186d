import { Worker } from "node:worker_threads";
import { FILE_THREAD, isSmall, readInThread } from "@/lib/file-thread.ts";
import { textOf } from "@/lib/text-file.ts";
import { type Catalogue, type CatalogueTerms, readCatalogue } from "./catalogue.ts";
import type { PriceDraft } from "./draft.ts";
import { type Imported, readPriceFile } from "./import.ts";
import type { ListPrice } from "./list-price.ts";

/** More than the price lists of all clouds. */
const MOST_OF_CATALOGUE = 16 * 1024 * 1024;
const MOST_OF_PRICES = 1024 * 1024;

/** What a thread is asked. */
export type PricingQuestion =
  | { readonly kind: "prices"; readonly name: string; readonly bytes: Uint8Array }
  | { readonly kind: "catalogue"; readonly name: string; readonly bytes: Uint8Array; readonly terms: CatalogueTerms };

const readPrices = (name: string, bytes: Uint8Array): Imported =>
  readPriceFile(name, textOf(name, bytes, MOST_OF_PRICES));
const readList = (name: string, bytes: Uint8Array, terms: CatalogueTerms): Catalogue =>
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

const start = () => new Worker(new URL("./read.worker.ts", import.meta.url), FILE_THREAD);

/** readPriceFile of a file's bytes, also packed; a larger one is read in a thread. @throws AppError as it does. */
export async function readPricesBeside(name: string, bytes: Uint8Array): Promise<Imported> {
  if (isSmall(bytes)) return readPrices(name, bytes);
  const question: PricingQuestion = { kind: "prices", name, bytes };
  const { items, rest } = await readInThread<PriceDraft, Omit<Imported, "drafts">>(start, question);
  return { ...rest, drafts: items };
}

/** readCatalogue of a file's bytes, also packed; a larger one is read in a thread. @throws AppError as it does. */
export async function readCatalogueBeside(name: string, bytes: Uint8Array, terms: CatalogueTerms): Promise<Catalogue> {
  if (isSmall(bytes)) return readList(name, bytes, terms);
  const { cloud, source, asOf } = terms;
  const question: PricingQuestion = { kind: "catalogue", name, bytes, terms: { cloud, source, asOf } };
  const { items, rest } = await readInThread<ListPrice, Omit<Catalogue, "prices">>(start, question);
  return { ...rest, prices: items };
}
