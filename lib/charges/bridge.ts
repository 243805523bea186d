import { divideHalfEven, type Micros, type Nanos, safeInteger, sumExactly } from "@/lib/money.ts";

/** What was charged of one hardware and SKU under one price class. Quantities in the SKU's base unit. */
export interface BridgeCell {
  /** The same in both periods for what is the same. */
  readonly key: string;
  readonly sku: string;
  readonly quantity: number;
  readonly amountMicros: Micros;
  /** What all of it was charged at; null: at several prices. */
  readonly unitPriceNanos: Nanos | null;
  /** Of them: held without activity. */
  readonly idle: number;
  readonly idleMicros: Micros;
  /** Of them: held by nobody. */
  readonly unheld: number;
  readonly unheldMicros: Micros;
}

export interface BridgeSide {
  /** Time charged. */
  readonly seconds: number;
  readonly cells: readonly BridgeCell[];
  readonly shareMicros: Micros;
  readonly costMicros: Micros;
  /** Corrections of closed periods and answers to disputes. */
  readonly correctionMicros: Micros;
}

export const BRIDGE_PARTS = [
  "calendar",
  "volume",
  "mix",
  "idle",
  "unheld",
  "price",
  "policy",
  "imported",
  "corrections",
] as const;
export type BridgePart = (typeof BRIDGE_PARTS)[number];

export interface Bridge {
  readonly beforeMicros: Micros;
  readonly nowMicros: Micros;
  readonly parts: Readonly<Record<BridgePart, Micros>>;
}

/**
 * Why spend changed: parts that sum to the change exactly (docs/decisions/0030-the-bridge.md). Every level of the walk is a whole
 * micro-unit, half to even, and a part is the difference of two levels.
 * @returns null where nothing was charged before: there is nothing to compare with.
 */
export function bridge(before: BridgeSide, now: BridgeSide): Bridge | null {
  if (before.seconds <= 0 || before.cells.length === 0) return null;
  const scaled = (micros: Micros): Micros => times(micros, now.seconds, before.seconds);
  const old = new Map(before.cells.map((c) => [c.key, c]));
  const priced = (cell: BridgeCell, quantity: number): Micros => {
    const base = old.get(cell.key);
    return base && base.quantity > 0
      ? times(base.amountMicros, quantity, base.quantity)
      : cell.quantity > 0
        ? times(cell.amountMicros, quantity, cell.quantity)
        : 0;
  };
  // Where the price is that of before, amounts are what they were charged: their roundings are no change of price.
  const samePrice = ({ key, unitPriceNanos }: BridgeCell) =>
    unitPriceNanos !== null && old.get(key)?.unitPriceNanos === unitPriceNanos;
  const atOldPrices = (quantity: (c: BridgeCell) => number, amount: (c: BridgeCell) => Micros) =>
    sumExactly(now.cells.map((c) => (samePrice(c) ? amount(c) : priced(c, quantity(c)))));
  const working = atOldPrices(workingOf, workingMicros);
  const idle = atOldPrices(
    (c) => c.idle,
    (c) => c.idleMicros,
  );
  const unheld = atOldPrices(
    (c) => c.unheld,
    (c) => c.unheldMicros,
  );
  const worked = sumExactly(before.cells.map(workingMicros));
  const idled = sumExactly(before.cells.map((c) => c.idleMicros));
  const free = sumExactly(before.cells.map((c) => c.unheldMicros));
  const volume = volumeLevel(before.cells, now.cells, priced);
  const used = sumExactly(now.cells.map((c) => c.amountMicros));
  const grown = (old: Micros) => scaled(old) - old;
  const parts = {
    calendar: grown(worked) + grown(idled) + grown(free) + grown(before.shareMicros),
    volume: volume - scaled(worked),
    mix: working - volume,
    idle: idle - scaled(idled),
    unheld: unheld - scaled(free),
    price: used - working - idle - unheld,
    policy: now.shareMicros - scaled(before.shareMicros),
    imported: now.costMicros - before.costMicros,
    corrections: now.correctionMicros - before.correctionMicros,
  };
  return {
    beforeMicros: worked + idled + free + before.shareMicros + before.costMicros + before.correctionMicros,
    nowMicros: used + now.shareMicros + now.costMicros + now.correctionMicros,
    parts,
  };
}

const workingOf = (c: BridgeCell): number => c.quantity - c.idle - c.unheld;
const workingMicros = (c: BridgeCell): Micros => c.amountMicros - c.idleMicros - c.unheldMicros;
/** Sums of quantities over a quarter may be beyond what a number holds exactly. */
const sumOf = (quantities: readonly number[]): bigint => quantities.reduce((sum, q) => sum + BigInt(q), 0n);
const times = (micros: Micros, n: number | bigint, d: number | bigint): Micros =>
  safeInteger(divideHalfEven(BigInt(micros) * BigInt(n), BigInt(d)));

/** The working time of now at the average price of before, SKU by SKU; a SKU that is new counts at its own. */
function volumeLevel(
  before: readonly BridgeCell[],
  now: readonly BridgeCell[],
  priced: (cell: BridgeCell, quantity: number) => Micros,
): Micros {
  const skus = new Set([...before, ...now].map((c) => c.sku));
  return sumExactly(
    [...skus].map((sku) => {
      const [old, cells] = [before.filter((c) => c.sku === sku), now.filter((c) => c.sku === sku)];
      const quantity = sumOf(old.map(workingOf));
      if (quantity === 0n) return sumExactly(cells.map((c) => priced(c, workingOf(c))));
      const micros = sumExactly(old.map(workingMicros));
      return times(micros, sumOf(cells.map(workingOf)), quantity);
    }),
  );
}
