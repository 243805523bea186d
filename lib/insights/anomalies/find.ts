import type { Series } from "@/lib/forecast/types.ts";
import { addDays } from "@/lib/time.ts";
import { type Episode, episodesOf } from "./episodes.ts";
import { isWorthALook } from "./floors.ts";
import type { AnomalySettings } from "./settings.ts";
import { BASELINE_DAYS, type Measure, type Scored } from "./types.ts";

/** What a team or project came to on a day. Micro-units and milli-GPU-seconds; utilisation Σ hundredths of a percent × milli-GPU-seconds. */
export interface ScopeDay {
  readonly day: number;
  /** Usage at its prices, and what policies moved. */
  readonly spendMicros: number;
  readonly usageMicros: number;
  readonly heldMilli: number;
  /** Of the time that a class was observed for: doing something well, and all of it. */
  readonly activeMilli: number;
  readonly classedMilli: number;
  readonly utilisationWeighted: number;
  readonly observedMilli: number;
}

/** An unusual run of days of one measure of one scope, before it is explained. */
export interface Found {
  readonly measure: Measure;
  /** Day keys, both counted. */
  readonly fromDay: number;
  readonly throughDay: number;
  /** The day that differs most in money. */
  readonly peakDay: number;
  readonly direction: "up" | "down";
  /** Of the peak day: micro-units, milli-GPU-seconds or percent, as the measure says. */
  readonly actual: number;
  readonly expected: number;
  readonly lower: number;
  readonly upper: number;
  readonly score: number;
  /** What the difference is worth, over its unusual days in the direction of the worst; micro-units, more cost or more waste above 0. */
  readonly impactMicros: number;
  /** Known days before it that it is explained against, the newest last: at most a week. */
  readonly baseline: readonly number[];
  /** The days around it with what was usual then; null: not known, or not tested. */
  readonly values: readonly TracedDay[];
}

export interface TracedDay {
  readonly day: number;
  readonly value: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/** Days around an anomaly in its chart. */
const MARGIN = { before: 28, after: 7 };

/** Days that a change is explained against. */
const COMPARED_DAYS = 7;

/** The value of a measure on a day; null: unknown, as a mean over no time is. */
export function measured(measure: Measure, day: ScopeDay): number | null {
  if (measure === "spend") return day.spendMicros;
  if (measure === "gpu-hours") return day.heldMilli;
  if (measure === "efficiency") return day.classedMilli > 0 ? (100 * day.activeMilli) / day.classedMilli : null;
  return day.observedMilli > 0 ? day.utilisationWeighted / day.observedMilli / 100 : null;
}

/**
 * Unusual runs of days of a measure that touch `[from, until)`.
 * @param days one for each day in order, without holes; null: the day is unknown. @param first day key of the first one.
 */
export function findAnomalies(
  measure: Measure,
  days: readonly (ScopeDay | null)[],
  first: number,
  { from, until }: { readonly from: number; readonly until: number },
  { detector, threshold, floors }: AnomalySettings,
): Found[] {
  const series: Series = days.map((d) => d && measured(measure, d));
  const scores = detector.scores(series, threshold);
  const impacts = scores.map((scored, i) => {
    const [value, day] = [series[i], days[i]];
    if (!scored || !day || value === null || value === undefined || scored.score < threshold) return null;
    if (!isWorthALook(value - scored.expected, scored.expected, { amount: 0, percent: floors.percent })) return null;
    const impact = impactOf(measure, value - scored.expected, day, days.slice(Math.max(0, i - BASELINE_DAYS), i));
    return impact !== null && Math.abs(impact) >= floors.amount ? impact : null;
  });
  const unusual = impacts.flatMap((impact, i) => (impact === null ? [] : [i]));
  return episodesOf(unusual)
    .map((episode) => foundOf(measure, episode, { series, scores, impacts, first }))
    .filter((f) => f.throughDay >= from && f.fromDay < until);
}

interface Scores {
  readonly series: Series;
  readonly scores: readonly (Scored | null)[];
  readonly impacts: readonly (number | null)[];
  readonly first: number;
}

function foundOf(measure: Measure, episode: Episode, { series, scores, impacts, first }: Scores): Found {
  let peak = episode.first;
  for (let i = episode.first; i <= episode.last; i++)
    if (Math.abs(impacts[i] ?? 0) > Math.abs(impacts[peak] ?? 0)) peak = i;
  const worst = impacts[peak] ?? 0;
  const alike = impacts.slice(episode.first, episode.last + 1).filter((x) => (x ?? 0) * worst > 0);
  const impactMicros = alike.reduce<number>((sum, x) => sum + (x ?? 0), 0);
  const { expected, lower, upper, score } = scores[peak] as Scored;
  const actual = series[peak] as number;
  const baseline: number[] = [];
  for (let i = episode.first - 1; i >= 0 && baseline.length < COMPARED_DAYS; i--)
    if (series[i] !== null && impacts[i] === null) baseline.unshift(addDays(first, i));
  return {
    measure,
    fromDay: addDays(first, episode.first),
    throughDay: addDays(first, episode.last),
    peakDay: addDays(first, peak),
    direction: actual > expected ? "up" : "down",
    ...{ actual, expected, score, baseline },
    ...withinUnit(measure, lower, upper),
    impactMicros: Math.round(impactMicros),
    values: traceOf(measure, episode, { series, scores, first }),
  };
}

/** A band, cut to what its unit can be. */
const withinUnit = (measure: Measure, lower: number, upper: number) => ({
  lower: measure === "spend" ? lower : Math.max(0, lower),
  upper: measure === "utilisation" || measure === "efficiency" ? Math.min(100, upper) : upper,
});

function traceOf(measure: Measure, episode: Episode, { series, scores, first }: Omit<Scores, "impacts">): TracedDay[] {
  const start = Math.max(0, episode.first - MARGIN.before);
  return series.slice(start, episode.last + 1 + MARGIN.after).map((value, i) => {
    const scored = scores[start + i];
    const band = scored ? withinUnit(measure, scored.lower, scored.upper) : { lower: null, upper: null };
    return { day: addDays(first, start + i), value, ...band };
  });
}

/** What a difference is worth in micro-units; null: nothing to be concerned about, or its price is unknown. */
function impactOf(
  measure: Measure,
  difference: number,
  day: ScopeDay,
  before: readonly (ScopeDay | null)[],
): number | null {
  if (measure === "spend") return difference;
  if (measure !== "gpu-hours") return difference < 0 ? (-difference / 100) * day.usageMicros : null;
  const known = knownDays(before);
  const milli = known.reduce((sum, d) => sum + d.heldMilli, day.heldMilli);
  const micros = known.reduce((sum, d) => sum + d.usageMicros, day.usageMicros);
  return milli > 0 && micros > 0 ? difference * (micros / milli) : null;
}

const knownDays = (days: readonly (ScopeDay | null)[]): ScopeDay[] => days.filter((d) => d !== null);

/** Days of a range that are unknown in a series: they were not tested. */
export const unknownDays = (
  days: readonly (ScopeDay | null)[],
  first: number,
  { from, until }: { readonly from: number; readonly until: number },
): number[] =>
  days.flatMap((d, i) => {
    const day = addDays(first, i);
    return d === null && day >= from && day < until ? [day] : [];
  });
