import { type Micros, priceFraction, sumExactly } from "@/lib/money.ts";

/** What a workload or project cost on a charged day; of it, time that did something. Micro-units and milli-GPU-seconds. */
export interface CostDay {
  readonly day: number;
  readonly micros: Micros;
  readonly workMicros: Micros;
  readonly workMilli: number;
}

export interface Measured {
  /** Mean of a day before. */
  readonly beforeMicros: Micros;
  /** Sum of the days after, and how many they are. */
  readonly afterMicros: Micros;
  readonly daysAfter: number;
  /**
   * What the work of the days after would have cost as before, less what it did cost: below 0 it cost more. Never more than
   * those days would have cost as before.
   */
  readonly savedMicros: Micros;
}

/**
 * What was saved, from charges alone. Idle and other time that did nothing counts as on the mean day before; work counts at its
 * cost of before, so that less work is no saving. Null: nothing was charged before, or no day after is known.
 */
export function measureSaving(before: readonly CostDay[], after: readonly CostDay[]): Measured | null {
  const spent = sumExactly(before.map((d) => d.micros));
  if (before.length === 0 || after.length === 0 || spent <= 0) return null;
  const workMicros = sumExactly(before.map((d) => d.workMicros));
  const workMilli = sumExactly(before.map((d) => d.workMilli));
  const saved = after.map((d) => {
    const waste = priceFraction(spent - workMicros, 1, before.length);
    const work = workMilli > 0 ? priceFraction(workMicros, d.workMilli, workMilli) : d.workMicros;
    return waste + work - d.micros;
  });
  const beforeMicros = priceFraction(spent, 1, before.length);
  return {
    beforeMicros,
    afterMicros: sumExactly(after.map((d) => d.micros)),
    daysAfter: after.length,
    savedMicros: Math.min(sumExactly(saved), priceFraction(spent, after.length, before.length)),
  };
}
