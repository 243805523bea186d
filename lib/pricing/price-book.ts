import { latestOn } from "@/lib/dated.ts";
import { divideHalfEven, type Sku, safeInteger } from "@/lib/money.ts";
import { matchModel, modelWords } from "./model-match.ts";
import type { AppliedPrice, ForeignPrice, Price, PriceBook, PriceClass, PriceKind } from "./types.ts";

/** Where what is priced runs. */
export interface Place {
  readonly clusterId: string;
  readonly nodePool: string;
  readonly gpuModel: string;
}

/** Why something has no price, in words that say what to do. */
export interface NoPrice {
  readonly reason: string;
}
export const isPriced = (found: AppliedPrice | NoPrice): found is AppliedPrice => "unitPriceNanos" in found;

const KIND_OF: Readonly<Record<Sku, readonly PriceKind[]>> = {
  gpu: ["node-pool", "gpu"],
  cpu: ["cpu"],
  memory: ["memory"],
  "gpu-memory": ["gpu-memory"],
};

interface Candidate {
  readonly price: Price;
  readonly words: readonly string[];
}

/** What makes two prices prices of the same thing: of these the latest in force replaces the others. */
export const identityOf = (p: Pick<Price, "kind" | "match" | "clusterId" | "priceClass">): string =>
  JSON.stringify([
    p.kind,
    p.kind === "gpu" ? [...modelWords(p.match)].sort() : p.match.toLowerCase(),
    p.clusterId,
    p.priceClass,
  ]);

/**
 * The prices in force on one day, in the ledger's currency. A node pool's price wins over a model's, one for a cluster
 * over one for all, more words over fewer. Answers are remembered: rating asks for the same few places again and again.
 */
export class DayPrices {
  readonly #book: PriceBook;
  readonly #day: number;
  readonly #inForce: readonly Candidate[];
  readonly #found = new Map<string, AppliedPrice | NoPrice>();

  /** @param day key `YYYYMMDD` of the billing time zone. */
  constructor(book: PriceBook, day: number) {
    this.#book = book;
    this.#day = day;
    const histories = Map.groupBy(book.prices, identityOf).values();
    this.#inForce = [...histories].flatMap((history) => {
      const price = latestOn(history, day, (p) => p.effectiveFrom, isLater);
      return price ? [{ price, words: modelWords(price.match) }] : [];
    });
  }

  /** Whether any price of these terms is in force for an SKU: where none is for CPU, CPU is not charged. */
  has(sku: Sku, priceClass?: PriceClass): boolean {
    const kinds = KIND_OF[sku];
    return this.#inForce.some(
      ({ price }) => kinds.includes(price.kind) && (!priceClass || price.priceClass === priceClass),
    );
  }

  /** The prices in force, in no order that matters. */
  list(): Price[] {
    return this.#inForce.map((c) => c.price);
  }

  find(place: Place, sku: Sku, priceClass: PriceClass): AppliedPrice | NoPrice {
    const key = `${place.clusterId}\u0000${place.nodePool}\u0000${place.gpuModel}\u0000${sku}\u0000${priceClass}`;
    let found = this.#found.get(key);
    if (!found) {
      found = this.#look(place, sku, priceClass);
      this.#found.set(key, found);
    }
    return found;
  }

  #look(place: Place, sku: Sku, priceClass: PriceClass): AppliedPrice | NoPrice {
    const model = modelWords(place.gpuModel);
    let best: Price | undefined;
    let rank = -1;
    for (const { price, words } of this.#inForce) {
      if (price.priceClass !== priceClass || (price.clusterId && price.clusterId !== place.clusterId)) continue;
      const kind = KIND_OF[sku].indexOf(price.kind);
      if (kind < 0) continue;
      const exactness = namedBy(price, words, place, model);
      if (!exactness) continue;
      const its = (KIND_OF[sku].length - kind) * 10_000 + (price.clusterId ? 1000 : 0) + exactness;
      if (its > rank || (its === rank && best && isLater(price, best))) [best, rank] = [price, its];
    }
    if (best) return this.#inLedgerCurrency(best);
    const what = sku === "gpu" ? place.gpuModel || "this GPU" : sku;
    return { reason: `No ${priceClass} price for ${what} is in force.` };
  }

  #inLedgerCurrency(price: Price): AppliedPrice | NoPrice {
    const applied = { priceKey: price.key, version: price.version ?? 0, priceClass: price.priceClass };
    if (price.currency === this.#book.currency) return { ...applied, unitPriceNanos: price.unitPriceNanos };
    const rate = rateOn(this.#book, price.currency, this.#day);
    if (!rate)
      return { reason: `The price is in ${price.currency}, which has no exchange rate on or before this day.` };
    return { ...applied, unitPriceNanos: converted(price.unitPriceNanos, rate.rateNanos) };
  }
}

/** A price in the ledger's currency, in nano-units, rounded half to even. */
const converted = (unitPriceNanos: number, rateNanos: number): number =>
  safeInteger(divideHalfEven(BigInt(unitPriceNanos) * BigInt(rateNanos), 1_000_000_000n));

/** Prices as they are agreed, by key, and the exchange rates. */
export interface AgreedPrices {
  readonly agreed: ReadonlyMap<number, Pick<Price, "currency" | "unitPriceNanos">>;
  readonly rates: PriceBook["rates"];
}

/**
 * Behind a charge at a price in another currency: that price, and the exchange rate in force on the charge's day. Undefined where the
 * price is in the ledger's currency, for which there are no rates, or where a rate was recorded since and the charge is not recalculated yet.
 * @param chargedNanos what the charge says that one unit costs, in the ledger's currency.
 */
export function foreignPrice(
  { agreed, rates }: AgreedPrices,
  priceKey: number,
  day: number,
  chargedNanos: number,
): ForeignPrice | undefined {
  const price = agreed.get(priceKey);
  const rate = price && rateOn({ rates }, price.currency, day);
  if (!price || !rate || converted(price.unitPriceNanos, rate.rateNanos) !== chargedNanos) return undefined;
  return { ...price, rateNanos: rate.rateNanos, rateDay: rate.day, rateSource: rate.source };
}

/** The exchange rate of a currency in force on a day. */
export const rateOn = (
  { rates }: Pick<PriceBook, "rates">,
  currency: string,
  day: number,
): PriceBook["rates"][number] | undefined =>
  latestOn(
    rates.filter((r) => r.currency === currency),
    day,
    (r) => r.day,
  );

/** How exactly a price names a place; 0: not at all. */
/** Does a price name a place, whatever else does? */
export const names = (price: Price, place: Place): boolean =>
  (!price.clusterId || price.clusterId === place.clusterId) &&
  namedBy(price, modelWords(price.match), place, modelWords(place.gpuModel)) > 0;

function namedBy(price: Price, words: readonly string[], place: Place, model: readonly string[]): number {
  if (price.kind === "gpu") return matchModel(words, model);
  if (price.kind === "node-pool") return price.match.toLowerCase() === place.nodePool.toLowerCase() ? 1 : 0;
  return 1;
}

const isLater = (a: Price, b: Price): boolean =>
  a.effectiveFrom !== b.effectiveFrom
    ? a.effectiveFrom > b.effectiveFrom
    : (a.version ?? Number.MAX_SAFE_INTEGER) > (b.version ?? Number.MAX_SAFE_INTEGER) ||
      (a.version === b.version && a.key > b.key);
