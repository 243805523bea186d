import { divideHalfEven, type ExactMicros, sumMicros } from "@/lib/money.ts";
import type { Basis } from "./types.ts";

/** A day of a unit. Null: unknown, which is never zero. */
export interface UnitDay {
  /** Day key. */
  readonly day: number;
  /** Thousandths of a unit. */
  readonly countMilli: number | null;
  /** Micro-units of the ledger currency. */
  readonly allocationMicros: number | null;
  readonly usageMicros: number | null;
}

/** Days as one: of those alone whose count and cost are both known. */
export interface UnitSum {
  /** For `per` units, in micro-units; null: no day is known, or nothing was counted. */
  readonly unitMicros: number | null;
  readonly costMicros: ExactMicros;
  readonly countMilli: number;
  /** How many days are known, and of how many. */
  readonly known: number;
  readonly days: number;
}

export const costOn = (day: UnitDay, basis: Basis): number | null =>
  basis === "allocation" ? day.allocationMicros : day.usageMicros;

/**
 * Cost ÷ count for `per` units, in micro-units, rounded half to even, once. Null where one of them is unknown, where nothing was
 * counted, and where the result is too large to be kept exactly (above nine billion).
 */
export function unitMicros(costMicros: ExactMicros | null, countMilli: number | null, per: number): number | null {
  if (costMicros === null || countMilli === null || countMilli <= 0) return null;
  const exact = divideHalfEven(BigInt(costMicros) * 1000n * BigInt(per), BigInt(countMilli));
  return exact <= BigInt(Number.MAX_SAFE_INTEGER) && exact >= -BigInt(Number.MAX_SAFE_INTEGER) ? Number(exact) : null;
}

/**
 * The unit cost of some days: their cost ÷ their count, over the days whose count and cost are both known. A day on which nothing was
 * counted adds its cost. Not a mean of daily unit costs, so that any split of the days has the same sums.
 */
export function sumDays(days: readonly UnitDay[], basis: Basis, per: number): UnitSum {
  const costs: number[] = [];
  let countMilli = 0;
  for (const day of days) {
    const cost = costOn(day, basis);
    if (cost === null || day.countMilli === null) continue;
    costs.push(cost);
    countMilli += day.countMilli;
  }
  const [known, costMicros] = [costs.length, sumMicros(costs)];
  const micros = known > 0 ? unitMicros(costMicros, countMilli, per) : null;
  return { unitMicros: micros, costMicros, countMilli, known, days: days.length };
}

/** Change of a unit cost in per cent; null where one of the two is unknown, or the earlier one is zero. */
export function changePercent(now: UnitSum, before: UnitSum): number | null {
  if (now.unitMicros === null || before.unitMicros === null || before.unitMicros === 0) return null;
  return (100 * (now.unitMicros - before.unitMicros)) / before.unitMicros;
}

/** The newest day that has a unit cost; undefined: none has. @param days in order. */
export function newestKnown(
  days: readonly UnitDay[],
  basis: Basis,
  per: number,
): { readonly day: number; readonly micros: number } | undefined {
  for (const one of [...days].reverse()) {
    const micros = unitMicros(costOn(one, basis), one.countMilli, per);
    if (micros !== null) return { day: one.day, micros };
  }
  return undefined;
}

/** How a unit cost stands against target and threshold: above the threshold is worse than above the target. */
export const UNIT_STATUSES = ["on_target", "above_target", "above_threshold"] as const;
export type UnitStatus = (typeof UNIT_STATUSES)[number];

/** Null where the cost is unknown, or where neither is set. Equal to the limit is within it. */
export function statusOf(
  micros: number | null,
  { targetMicros, thresholdMicros }: { readonly targetMicros: number | null; readonly thresholdMicros: number | null },
): UnitStatus | null {
  if (micros === null || (targetMicros === null && thresholdMicros === null)) return null;
  if (thresholdMicros !== null && micros > thresholdMicros) return "above_threshold";
  return targetMicros !== null && micros > targetMicros ? "above_target" : "on_target";
}
