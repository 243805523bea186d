import { divideHalfEven, safeInteger } from "@/lib/money.ts";
import { type Instant, type Interval, intersect, seconds } from "@/lib/time.ts";
import type { BurstRate, BurstSwitch } from "./types.ts";

/** When burst capacity was on, in order and disjoint, up to an instant. @param switches in any order; of one instant the last holds. */
export function onIntervals(switches: readonly BurstSwitch[], until: Instant): Interval[] {
  const out: Interval[] = [];
  let since: Instant | null = null;
  for (const { at, isOn } of [...switches].sort((a, b) => a.at - b.at)) {
    if (at >= until) break;
    if (isOn) since ??= at;
    else if (since !== null) {
      if (at > since) out.push({ start: since, end: at });
      since = null;
    }
  }
  if (since !== null && since < until) out.push({ start: since, end: until });
  return out;
}

/** What burst capacity came to over some time. */
export interface BurstSum {
  /** Micro-units; null: it was on while no rate was in force, so nobody knows. */
  readonly micros: number | null;
  readonly seconds: number;
}

/**
 * Everything up to an instant: Σ rate × seconds, rounded half to even, once. Amounts of intervals are differences of it, so that however
 * time is cut, the parts sum to the whole to the micro-unit.
 */
function microsUpTo(on: readonly Interval[], rates: readonly BurstRate[], until: Instant): number {
  const ordered = [...rates].sort((a, b) => a.fromAt - b.fromAt);
  let product = 0n;
  ordered.forEach(({ fromAt, rateMicros }, i) => {
    const span = { start: fromAt, end: Math.min(until, ordered[i + 1]?.fromAt ?? until) };
    product += BigInt(rateMicros) * BigInt(secondsIn(on, span));
  });
  return safeInteger(divideHalfEven(product, 3600n));
}

const secondsIn = (on: readonly Interval[], span: Interval): number =>
  seconds(on.flatMap((interval) => intersect(interval, span) ?? []));

/**
 * What burst capacity costs over an interval, by the time that it was on and the rates in force then. It does not matter who looked at
 * it, or how often.
 * @param on as onIntervals returns it.
 */
export function burstOver(on: readonly Interval[], rates: readonly BurstRate[], { start, end }: Interval): BurstSum {
  const total = secondsIn(on, { start, end });
  const first = rates.reduce((least, r) => Math.min(least, r.fromAt), Number.POSITIVE_INFINITY);
  const isPriced = secondsIn(on, { start, end: Math.min(end, first) }) === 0;
  return { micros: isPriced ? microsUpTo(on, rates, end) - microsUpTo(on, rates, start) : null, seconds: total };
}

/** The rate in force at an instant; null: none. */
export function rateAt(rates: readonly BurstRate[], at: Instant): number | null {
  const begun = rates.filter((r) => r.fromAt <= at).sort((a, b) => b.fromAt - a.fromAt);
  return begun[0]?.rateMicros ?? null;
}
