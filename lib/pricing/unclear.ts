import { ambiguities, type NewPrice } from "./draft.ts";
import { DayPrices } from "./price-book.ts";
import type { Price, PriceBook } from "./types.ts";

/**
 * What proposed prices would make ambiguous, on the day on which they or any later price begin: a GPU model that two prices in
 * force name equally well. What the book has of it already is not the proposal's fault.
 * @returns sentences, each once.
 */
export function newAmbiguities(book: PriceBook, proposed: readonly NewPrice[], models: readonly string[]): string[] {
  if (proposed.length === 0) return [];
  const first = Math.min(...proposed.map((p) => p.effectiveFrom));
  const added = proposed.map(
    (p, i): Price => ({ ...p, key: Number.MAX_SAFE_INTEGER - i, proposalId: "", version: null }),
  );
  const after = { ...book, prices: [...book.prices, ...added] };
  const days = new Set(after.prices.map((p) => p.effectiveFrom).filter((day) => day >= first));
  const out = new Set<string>();
  for (const day of days) {
    const before = new Set(ambiguities(new DayPrices(book, day).list(), models));
    for (const message of ambiguities(new DayPrices(after, day).list(), models))
      if (!before.has(message)) out.add(message);
  }
  return [...out];
}
