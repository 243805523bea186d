import { ambiguities, type NewPrice } from "./draft.ts";
import { DayPrices, isPriced, names, type Place } from "./price-book.ts";
import type { Price, PriceBook } from "./types.ts";

/**
 * What proposed prices would make ambiguous, on the day on which they or any later price begin: a GPU model that two prices in
 * force name equally well. What the book has of it already is not the proposal's fault.
 * @returns sentences, each once.
 */
export function newAmbiguities(book: PriceBook, proposed: readonly NewPrice[], models: readonly string[]): string[] {
  if (proposed.length === 0) return [];
  const first = Math.min(...proposed.map((p) => p.effectiveFrom));
  const { after } = withProposed(book, proposed);
  const days = new Set(after.prices.map((p) => p.effectiveFrom).filter((day) => day >= first));
  const out = new Set<string>();
  for (const day of days) {
    const before = new Set(ambiguities(new DayPrices(book, day).list(), models));
    for (const message of ambiguities(new DayPrices(after, day).list(), models))
      if (!before.has(message)) out.add(message);
  }
  return [...out];
}

/** The book with proposed prices in it, and these as prices of it, in their order. */
function withProposed(book: PriceBook, proposed: readonly NewPrice[]) {
  const added = proposed.map(
    (p, i): Price => ({ ...p, key: Number.MAX_SAFE_INTEGER - i, proposalId: "", version: null }),
  );
  return { added, after: { ...book, prices: [...book.prices, ...added] } };
}

/**
 * Proposed prices of GPUs that can never apply: for every place that they name, another price is more specific from their first
 * day on. What names no place is not among them: its GPUs may come.
 * @returns the place of each in `proposed`, from 0, with a sentence that names the price that wins.
 */
export function unusedPrices(
  book: PriceBook,
  proposed: readonly NewPrice[],
  places: readonly Place[],
): { readonly index: number; readonly message: string }[] {
  const { added, after } = withProposed(book, proposed);
  return added.flatMap((price, index) => {
    if (price.kind !== "gpu" && price.kind !== "node-pool") return [];
    const day = new DayPrices(after, price.effectiveFrom);
    const winners = places
      .filter((place) => names(price, place))
      .flatMap((place) => {
        const found = day.find(place, "gpu", price.priceClass);
        return isPriced(found) ? [found.priceKey] : [price.key];
      });
    if (winners.length === 0 || winners.includes(price.key)) return [];
    const wins = [...new Set(winners)].flatMap((key) => after.prices.find((p) => p.key === key) ?? []);
    return [{ index, message: `This price would never be used: ${wins.map(inWords).join(" and ")} more specific.` }];
  });
}

const inWords = ({ kind, match, clusterId, version }: Price, i: number, all: readonly Price[]): string => {
  const of = kind === "node-pool" ? `the price of node pool "${match}"` : `"${match}"`;
  const from = version === null ? "in this proposal" : `version ${version}`;
  const last = i === all.length - 1;
  return `${of}${clusterId && " of the cluster"} (${from})${last ? (all.length > 1 ? " are" : " is") : ""}`;
};
