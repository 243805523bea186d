import { Worker } from "node:worker_threads";
import { isSmall, readInThread } from "@/lib/file-thread.ts";
import type { Catalogue, CatalogueTerms } from "./catalogue.ts";
import type { PriceDraft } from "./draft.ts";
import type { Imported } from "./import.ts";
import type { ListPrice } from "./list-price.ts";
import { type PricingQuestion, readList, readPrices } from "./read.ts";

const start = () =>
  new Worker(new URL("./read.worker.ts", import.meta.url), {
    resourceLimits: { maxOldGenerationSizeMb: 160, maxYoungGenerationSizeMb: 32 },
  });

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
