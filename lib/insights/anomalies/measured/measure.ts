import type { Series } from "@/lib/forecast/types.ts";
import { knownOf } from "../detectors/baseline.ts";
import { episodesOf } from "../episodes.ts";
import { type Floors, isWorthALook } from "../floors.ts";
import { BASELINE_DAYS, type Detector, LEAST_HISTORY, type Scored } from "../types.ts";

/** Spikes of one day that are added, as shares of the mean of the 28 days before. */
export const SIZES = [0.25, 0.5, 1, 2, -0.5] as const;
/** Days of a month: one spike is injected in each. */
const MONTH = 30;
const ROUNDS = 6;

/** How a detector did on series of which one day a month was changed. */
export interface Measured {
  readonly detector: Detector;
  readonly threshold: number;
  /** Alarms (episodes) per series and 30 days on the series as they are: real events among them. */
  readonly alarmsAMonth: number;
  readonly bySize: readonly {
    readonly size: number;
    readonly injected: number;
    readonly found: number;
    /** Alarms without an injected day. */
    readonly falseAlarms: number;
  }[];
}

/** A threshold, and what a day has to come to besides; without floors the score alone decides. */
export interface Variant {
  readonly threshold: number;
  readonly floors?: Floors;
}

/**
 * Runs a detector over series with an injected spike a month, of each size in turn, once for all variants. Where spikes are is
 * fixed: another day of the month in each round. @returns one result for each variant, in their order.
 */
export function measureDetector(
  list: readonly Series[],
  detector: Detector,
  variants: readonly Variant[],
): readonly Measured[] {
  const plain = list.map((series) => ({ series, scores: detector.scores(series) }));
  const tested = testedDays(list);
  const changed = SIZES.map((size) =>
    list.flatMap((series) =>
      Array.from({ length: ROUNDS }, (_, round) => injectionDays(series, round))
        .filter((days) => days.length > 0)
        .map((days) => {
          const injected = inject(series, days, size);
          return { days, series: injected, scores: detector.scores(injected) };
        }),
    ),
  );
  return variants.map((variant) => {
    const alarms = plain.reduce((sum, { series, scores }) => sum + alarmsIn(series, scores, variant).length, 0);
    const bySize = SIZES.map((size, i) => {
      let [injected, found, falseAlarms] = [0, 0, 0];
      for (const { days, series, scores } of changed[i] ?? []) {
        const alarms = alarmsIn(series, scores, variant);
        injected += days.length;
        found += days.filter((day) => alarms.some((a) => a.first <= day && day <= a.last)).length;
        falseAlarms += alarms.filter((a) => !days.some((day) => a.first <= day && day <= a.last)).length;
      }
      return { size, injected, found, falseAlarms };
    });
    return { detector, threshold: variant.threshold, alarmsAMonth: (MONTH * alarms) / tested, bySize };
  });
}

const alarmsIn = (series: Series, scores: readonly (Scored | null)[], variant: Variant) =>
  episodesOf(unusualDays(series, scores, variant));

/** Indices of the days whose score and size are above the thresholds. */
export function unusualDays(
  series: Series,
  scores: readonly (Scored | null)[],
  { threshold, floors }: Variant,
): number[] {
  return scores.flatMap((scored, day) => {
    const value = series[day];
    if (!scored || value === null || value === undefined || scored.score < threshold) return [];
    return floors && !isWorthALook(value - scored.expected, scored.expected, floors) ? [] : [day];
  });
}

/** Days of all series that have enough history to be tested. */
const testedDays = (list: readonly Series[]): number =>
  list.reduce((sum, series) => sum + Math.max(0, knownOf(series).length - LEAST_HISTORY), 0);

/**
 * The least threshold at which a detector gives at most `target` alarms per series and month on the series as they are.
 * @returns of the scores that occur; infinite where even those that cannot be compared are too many.
 */
export function thresholdFor(list: readonly Series[], detector: Detector, target: number): number {
  const scored = list.map((series) => ({ series, scores: detector.scores(series) }));
  const all = [...new Set(scored.flatMap(({ scores }) => scores.flatMap((x) => (x ? [x.score] : []))))];
  all.sort((a, b) => a - b);
  const tested = testedDays(list);
  const few = (threshold: number): boolean => {
    const alarms = scored.reduce((sum, s) => sum + alarmsIn(s.series, s.scores, { threshold }).length, 0);
    return (MONTH * alarms) / tested <= target;
  };
  // Fewer alarms at a higher threshold but for episodes that fall apart: the search ends near enough to the least.
  let [low, high] = [0, all.length - 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (few(all[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return all[low] ?? Number.POSITIVE_INFINITY;
}

/** One day in each month of a series that can be tested and has a level to be changed. */
function injectionDays(series: Series, round: number): number[] {
  const out: number[] = [];
  for (let start = LEAST_HISTORY; start < series.length; start += MONTH) {
    const length = Math.min(MONTH, series.length - start);
    const day = start + ((round * 7 + (start / 2) * 11) % length);
    if (length >= LEAST_HISTORY && levelBefore(series, day) > 0 && typeof series[day] === "number") out.push(day);
  }
  return out;
}

function levelBefore(series: Series, day: number): number {
  const before = knownOf(series.slice(Math.max(0, day - BASELINE_DAYS), day));
  return before.length < LEAST_HISTORY ? 0 : before.reduce((a, b) => a + b, 0) / before.length;
}

function inject(series: Series, days: readonly number[], size: number): Series {
  return series.map((value, day) =>
    value !== null && days.includes(day) ? Math.max(0, value + size * levelBefore(series, day)) : value,
  );
}
