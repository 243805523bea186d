import { sumKnown } from "@/lib/forecast/backtest.ts";
import type { Factors } from "@/lib/forecast/calibrate.ts";
import type { PastFits } from "@/lib/forecast/choose.ts";
import { forecastAfter, isForecast } from "@/lib/forecast/forecast.ts";
import { seasonalNaive } from "@/lib/forecast/methods/seasonal-naive.ts";
import { weeklyScale } from "@/lib/forecast/scores.ts";
import { addDays, daysBetween } from "@/lib/time.ts";
import type { CalendarSpan } from "./spans.ts";

/** Errors by how many days were left in the month. Below this many origins they say little. */
export const FEW_ORIGINS = 20;
const BUCKETS: readonly (readonly [most: number, least: number])[] = [
  [Number.POSITIVE_INFINITY, 29],
  [28, 21],
  [20, 14],
  [13, 7],
  [6, 1],
];
const LEAST_HISTORY = 14;
/** Months that are looked back at. */
const MOST_SPANS = 6;

/** How good forecasts of the past were, so many days before the end of a month. */
export interface CardRow {
  /** Days left, both inclusive; `mostLeft` infinite: more than 28. */
  readonly mostLeft: number;
  readonly leastLeft: number;
  readonly origins: number;
  /** Mean of |forecast − actual| of the month's total ÷ actual, in per cent; ours, and that of the same day last week. */
  readonly errorPercent: number | null;
  readonly baselinePercent: number | null;
  /** Mean absolute error of days, in weekly differences: ours ÷ that of the same day last week. Null: nothing to divide by. */
  readonly maseRatio: number | null;
  /** Share of months' ends that were within the 80 % band, 0 to 1. */
  readonly coverage: number | null;
}

export interface ReportCard {
  readonly rows: readonly CardRow[];
  /** Mean absolute error of days over all origins, in weekly differences: ours ÷ that of the same day last week. */
  readonly maseRatio: number | null;
  readonly coverage: number | null;
  readonly origins: number;
}

interface Tried {
  readonly left: number;
  readonly error: number;
  readonly baseline: number;
  readonly isInside: boolean;
  readonly mase: number | null;
  readonly baselineMase: number | null;
}

const mean = (list: readonly number[]): number | null =>
  list.length ? list.reduce((a, b) => a + b, 0) / list.length : null;

/**
 * Forecasts of every day of past months, each from the days before it alone, against what the months came to. Months with an
 * unknown day are left out. @param firstDay day key of the first day of the series. @param spans months, in order.
 */
export function reportCardOf(
  past: PastFits,
  firstDay: number,
  spans: readonly CalendarSpan[],
  factors: Factors,
): ReportCard {
  const tried: Tried[] = [];
  for (const span of wholeSpans(past, firstDay, spans).slice(-MOST_SPANS))
    for (let day = span.fromDay; day < span.untilDay; day = addDays(day, 1)) {
      const one = tryAt(past, daysBetween(firstDay, span.fromDay), daysBetween(firstDay, day), span, factors);
      if (one) tried.push(one);
    }
  const rows = BUCKETS.map(([mostLeft, leastLeft]) => {
    const own = tried.filter((t) => t.left <= mostLeft && t.left >= leastLeft);
    return {
      mostLeft,
      leastLeft,
      origins: own.length,
      errorPercent: mean(own.map((t) => 100 * t.error)),
      baselinePercent: mean(own.map((t) => 100 * t.baseline)),
      maseRatio: maseRatioOf(own),
      coverage: mean(own.map((t) => Number(t.isInside))),
    };
  });
  return {
    rows: rows.filter((r) => r.origins > 0),
    maseRatio: maseRatioOf(tried),
    coverage: mean(tried.map((t) => Number(t.isInside))),
    origins: tried.length,
  };
}

function maseRatioOf(tried: readonly Tried[]): number | null {
  const ours = mean(tried.flatMap((t) => t.mase ?? []));
  const theirs = mean(tried.flatMap((t) => t.baselineMase ?? []));
  return ours !== null && theirs ? ours / theirs : null;
}

/** Spans of which every day is known. */
export const wholeSpans = (past: PastFits, firstDay: number, spans: readonly CalendarSpan[]): CalendarSpan[] =>
  spans.filter(({ fromDay, untilDay }) => {
    const [from, until] = [daysBetween(firstDay, fromDay), daysBetween(firstDay, untilDay)];
    return from >= 0 && until <= past.series.length && sumKnown(past.series.slice(from, until)) !== null;
  });

function tryAt(past: PastFits, start: number, origin: number, span: CalendarSpan, factors: Factors): Tried | null {
  const left = daysBetween(span.fromDay, span.untilDay) - (origin - start);
  const naive = past.at(seasonalNaive, origin)?.path(left);
  const forecast = origin >= LEAST_HISTORY ? forecastAfter(past, origin, left, factors) : null;
  const rest = past.series.slice(origin, origin + left);
  const whole = sumKnown(past.series.slice(start, start + daysBetween(span.fromDay, span.untilDay)));
  const actual = sumKnown(rest);
  if (!forecast || !isForecast(forecast) || !naive || actual === null || !whole) return null;
  const total = forecast.sums.at(-1);
  if (!total) return null;
  const scale = weeklyScale(past.series.slice(0, origin));
  const errorOf = (path: readonly number[]) =>
    scale === null ? null : (mean(rest.map((value, i) => Math.abs((value ?? 0) - (path[i] ?? 0)))) ?? 0) / scale;
  return {
    left,
    error: Math.abs(total.expected - actual) / Math.abs(whole),
    baseline: Math.abs(naive.reduce((a, b) => a + b, 0) - actual) / Math.abs(whole),
    isInside: actual >= total.lower80 && actual <= total.upper80,
    mase: errorOf(forecast.days.map((d) => d.expected)),
    baselineMase: errorOf(naive),
  };
}
