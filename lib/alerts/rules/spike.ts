import type { DaySpend } from "./spend-load.ts";

/** Days before the tested one that are compared with it; fewer known ones than LEAST give no answer. */
export const BASELINE_DAYS = 28;
const LEAST = 14;
const COVERAGE = 95;
const ROBUST = 3.5;
/** Spread of a series that hardly moves, as a part of its median: a day that is a little above it is no spike. */
const FLOOR = 0.05;

export interface Spike {
  readonly day: number;
  readonly micros: number;
  /** Median of the days before. */
  readonly usualMicros: number;
  readonly aboveMicros: number;
}

const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[(sorted.length - 1) >> 1], sorted[sorted.length >> 1]];
  return ((low as number) + (high as number)) / 2;
};

/**
 * Is a day far above the 28 days before it? By the robust z-score (0.6745 · distance from the median / median absolute deviation) above 3.5,
 * and by more than `leastMicros`. The day itself is not in its own baseline; days with less than 95 % coverage, tested or compared, are
 * left out. Null: no, or fewer than 14 days to compare with.
 */
export function spikeOf(days: readonly DaySpend[], day: number, leastMicros: number): Spike | null {
  const isWhole = (d: DaySpend) => d.coveragePercent === null || d.coveragePercent >= COVERAGE;
  const tested = days.find((d) => d.day === day);
  const before = days.filter((d) => d.day < day && isWhole(d)).slice(-BASELINE_DAYS);
  if (!tested || !isWhole(tested) || before.length < LEAST) return null;
  const values = before.map((d) => d.micros);
  const usual = median(values);
  const spread = Math.max(median(values.map((v) => Math.abs(v - usual))), FLOOR * usual, 1);
  const above = tested.micros - usual;
  if (above <= leastMicros || (0.6745 * above) / spread <= ROBUST) return null;
  return { day, micros: tested.micros, usualMicros: Math.round(usual), aboveMicros: Math.round(above) };
}
