import { changeMicros, divideHalfEven, type ExactMicros, exactMicros } from "@/lib/money.ts";

/** An amount and the GPU time that it is of; null: it does not say how long. */
export interface Priced {
  readonly micros: ExactMicros;
  /** Thousandths of a GPU-hour. */
  readonly milliHours: number | null;
}

export interface PriceVolume {
  /** What the other amount of time comes to, at the second's price. */
  readonly volumeMicros: ExactMicros;
  /** What the other price comes to, for the first's time. */
  readonly priceMicros: ExactMicros;
}

/**
 * The difference between two amounts as what time and what price have to do with it: the two add up to it exactly. Null where either says no
 * time, or the second has none, and so no price.
 */
export function priceAndVolume(first: Priced, second: Priced): PriceVolume | null {
  if (first.milliHours === null || !second.milliHours) return null;
  const more = BigInt(first.milliHours - second.milliHours);
  const volumeMicros = exactMicros(divideHalfEven(more * BigInt(second.micros), BigInt(second.milliHours)));
  return { volumeMicros, priceMicros: changeMicros(changeMicros(first.micros, second.micros), volumeMicros) };
}
