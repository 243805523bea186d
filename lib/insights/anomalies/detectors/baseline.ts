import type { Series } from "@/lib/forecast/types.ts";
import { BASELINE_DAYS, LEAST_HISTORY, type Scored } from "../types.ts";

/** Least spread of a baseline as a share of its centre: what hardly differs is not held to differences that nobody would notice. */
const LEAST_SPREAD = 0.01;

/** A centre and a spread of the days before a day, in the unit of the series. */
export interface Baseline {
  readonly expected: number;
  readonly spread: number;
}

/**
 * Scores each day by its distance from a baseline of the known days before it, in spreads.
 * @param baseline of at least LEAST_HISTORY known values, oldest first, at most those of BASELINE_DAYS days. @param threshold in spreads.
 */
export function scoreByBaseline(
  series: Series,
  threshold: number,
  baseline: (before: readonly number[]) => Baseline,
): (Scored | null)[] {
  return series.map((value, day) => {
    if (value === null) return null;
    const before = knownOf(series.slice(Math.max(0, day - BASELINE_DAYS), day));
    return before.length < LEAST_HISTORY ? null : scoredBy(value, baseline(before), threshold);
  });
}

/** The distance of a value from a baseline in spreads, and the band of values within the threshold. */
export function scoredBy(value: number, { expected, spread }: Baseline, threshold: number): Scored {
  const width = Math.max(spread, LEAST_SPREAD * Math.abs(expected));
  const off = Math.abs(value - expected);
  return {
    expected,
    score: off === 0 ? 0 : off / width,
    lower: expected - threshold * width,
    upper: expected + threshold * width,
  };
}

export const knownOf = (series: Series): number[] => series.filter((v) => v !== null);

/** A quantile with linear interpolation, 0 to 1. @param sorted ascending, not empty. */
export function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)] as number, sorted[Math.ceil(at)] as number];
  return low + (high - low) * (at - Math.floor(at));
}

export const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);
export const medianOf = (values: readonly number[]): number => quantile(ascending(values), 0.5);

/** Standard deviations of a normal value in one median absolute deviation. */
const NORMAL = 0.6745;

/** The median absolute deviation from a centre, as the standard deviation of a normal value. @param values not empty. */
export const robustSpread = (values: readonly number[], centre: number): number =>
  medianOf(values.map((v) => Math.abs(v - centre))) / NORMAL;
