import { changeMicros, divideHalfEven, type ExactMicros, exactMicros, type Nanos, sumMicros } from "@/lib/money.ts";

/** What was charged of one hardware and SKU under one price class. Quantities in the SKU's base unit. */
export interface BridgeCell {
  /** The same in both periods for what is the same. */
  readonly key: string;
  readonly sku: string;
  readonly quantity: number;
  readonly amountMicros: ExactMicros;
  /** What all of it was charged at; null: at several prices. */
  readonly unitPriceNanos: Nanos | null;
  /** Of them: held without activity. */
  readonly idle: number;
  readonly idleMicros: ExactMicros;
  /** Of them: held by nobody. */
  readonly unheld: number;
  readonly unheldMicros: ExactMicros;
}

export interface BridgeSide {
  /** Time charged. */
  readonly seconds: number;
  readonly cells: readonly BridgeCell[];
  readonly shareMicros: ExactMicros;
  readonly costMicros: ExactMicros;
  /** Corrections of closed periods and answers to disputes. */
  readonly correctionMicros: ExactMicros;
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
  readonly beforeMicros: ExactMicros;
  readonly nowMicros: ExactMicros;
  readonly parts: Readonly<Record<BridgePart, ExactMicros>>;
}

/**
 * Why spend changed: parts that sum to the change exactly (docs/decisions/0030-the-bridge.md). Every level of the walk is a whole
 * micro-unit, half to even, and a part is the difference of two levels.
 * @returns null where nothing was charged before: there is nothing to compare with.
 */
export function bridge(before: BridgeSide, now: BridgeSide): Bridge | null {
  if (before.seconds <= 0 || before.cells.length === 0) return null;
  const scaled = (micros: ExactMicros): ExactMicros => times(micros, now.seconds, before.seconds);
  const old = new Map(before.cells.map((c) => [c.key, c]));
  const priced = (cell: BridgeCell, quantity: number): ExactMicros => {
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
  const atOldPrices = (quantity: (c: BridgeCell) => number, amount: (c: BridgeCell) => ExactMicros) =>
    sumMicros(now.cells.map((c) => (samePrice(c) ? amount(c) : priced(c, quantity(c)))));
  const working = atOldPrices(workingOf, workingMicros);
  const idle = atOldPrices(
    (c) => c.idle,
    (c) => c.idleMicros,
  );
  const unheld = atOldPrices(
    (c) => c.unheld,
    (c) => c.unheldMicros,
  );
  const worked = sumMicros(before.cells.map(workingMicros));
  const idled = sumMicros(before.cells.map((c) => c.idleMicros));
  const free = sumMicros(before.cells.map((c) => c.unheldMicros));
  const volume = volumeLevel(before.cells, now.cells, priced);
  const used = sumMicros(now.cells.map((c) => c.amountMicros));
  const grown = (old: ExactMicros) => changeMicros(scaled(old), old);
  const parts = {
    calendar: sumMicros([worked, idled, free, before.shareMicros].map(grown)),
    volume: changeMicros(volume, scaled(worked)),
    mix: changeMicros(working, volume),
    idle: changeMicros(idle, scaled(idled)),
    unheld: changeMicros(unheld, scaled(free)),
    price: changeMicros(used, sumMicros([working, idle, unheld])),
    policy: changeMicros(now.shareMicros, scaled(before.shareMicros)),
    imported: changeMicros(now.costMicros, before.costMicros),
    corrections: changeMicros(now.correctionMicros, before.correctionMicros),
  };
  return {
    beforeMicros: sumMicros([worked, idled, free, ...movedOf(before)]),
    nowMicros: sumMicros([used, ...movedOf(now)]),
    parts,
  };
}

const workingOf = (c: BridgeCell): number => c.quantity - c.idle - c.unheld;
const workingMicros = (c: BridgeCell): ExactMicros =>
  changeMicros(c.amountMicros, sumMicros([c.idleMicros, c.unheldMicros]));
const movedOf = (s: BridgeSide) => [s.shareMicros, s.costMicros, s.correctionMicros];
/** Sums of quantities over a quarter may be beyond what a number holds exactly. */
const sumOf = (quantities: readonly number[]): bigint => quantities.reduce((sum, q) => sum + BigInt(q), 0n);
const times = (micros: ExactMicros, n: number | bigint, d: number | bigint): ExactMicros =>
  exactMicros(divideHalfEven(BigInt(micros) * BigInt(n), BigInt(d)));

/** The working time of now at the average price of before, SKU by SKU; a SKU that is new counts at its own. */
function volumeLevel(
  before: readonly BridgeCell[],
  now: readonly BridgeCell[],
  priced: (cell: BridgeCell, quantity: number) => ExactMicros,
): ExactMicros {
  const skus = new Set([...before, ...now].map((c) => c.sku));
  return sumMicros(
    [...skus].map((sku) => {
      const [old, cells] = [before.filter((c) => c.sku === sku), now.filter((c) => c.sku === sku)];
      const quantity = sumOf(old.map(workingOf));
      if (quantity === 0n) return sumMicros(cells.map((c) => priced(c, workingOf(c))));
      const micros = sumMicros(old.map(workingMicros));
      return times(micros, sumOf(cells.map(workingOf)), quantity);
    }),
  );
}
