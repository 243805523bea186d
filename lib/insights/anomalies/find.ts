import type { Series } from "@/lib/forecast/types.ts";
import { addDays, daysBetween } from "@/lib/time.ts";
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

/** Days before a month that its scores follow from: the level of a day follows 90 days, its spread 56 errors. */
const WARM_UP = 150;
/** The longest run of unusual days that is followed beyond the days that are asked for. */
const LONGEST_RUN = 31;

/** The days that have to be read to find the anomalies of some days, whatever those are: half-open day keys. */
export const daysToRead = ({ from, until }: { readonly from: number; readonly until: number }) => ({
  from: addDays(monthStart(addDays(from, -LONGEST_RUN)), -WARM_UP),
  until: addDays(until, LONGEST_RUN + MARGIN.after),
});

/** Day key of the first day of the month. */
const monthStart = (day: number): number => Math.floor(day / 100) * 100 + 1;

/**
 * Unusual runs of days of a measure that touch `[from, until)`. A day is judged by the days from WARM_UP before its month on, so
 * that it is unusual or not, whatever days are asked for.
 * @param days one for each day in order, without holes; null: the day is unknown. Those of `daysToRead`, as far as the ledger reaches.
 * @param first day key of the first one.
 */
export function findAnomalies(
  measure: Measure,
  days: readonly (ScopeDay | null)[],
  first: number,
  { from, until }: { readonly from: number; readonly until: number },
  settings: AnomalySettings,
): Found[] {
  const judged = new JudgedDays(measure, days, first, settings);
  const [start, end] = [from, until].map((day) => daysBetween(first, day)) as [number, number];
  const unusual: number[] = [];
  for (let i = Math.max(0, start - 1); i <= Math.min(days.length - 1, end); i++)
    if (judged.impact(i) !== null) unusual.push(i);
  const near = (at: number, step: 1 | -1) => [at + step, at + 2 * step].find((i) => judged.impact(i) !== null);
  for (const step of [-1, 1] as const) {
    let at = step < 0 ? unusual[0] : unusual.at(-1);
    const edge = step < 0 ? start - LONGEST_RUN : end + LONGEST_RUN;
    while (at !== undefined && (edge - at) * step > 0) {
      at = near(at, step);
      if (at !== undefined) unusual.push(at);
    }
  }
  return episodesOf(unusual.sort((a, b) => a - b))
    .map((episode) => foundOf(measure, episode, judged))
    .filter((f) => f.throughDay >= from && f.fromDay < until);
}

/** The days of a measure with their scores, each month calculated when one of its days is asked for. */
class JudgedDays {
  readonly series: Series;
  readonly #measure: Measure;
  readonly #days: readonly (ScopeDay | null)[];
  readonly #settings: AnomalySettings;
  /** Scores of each month that was asked for, by its first day; the first of them is of index `at`. */
  readonly #months = new Map<number, { readonly at: number; readonly scores: readonly (Scored | null)[] }>();
  readonly first: number;

  constructor(measure: Measure, days: readonly (ScopeDay | null)[], first: number, settings: AnomalySettings) {
    this.series = days.map((d) => d && measured(measure, d));
    this.#measure = measure;
    this.#days = days;
    this.#settings = settings;
    this.first = first;
  }

  score(i: number): Scored | null {
    if (i < 0 || i >= this.series.length) return null;
    const start = monthStart(addDays(this.first, i));
    let month = this.#months.get(start);
    if (!month) {
      const at = Math.max(0, daysBetween(this.first, addDays(start, -WARM_UP)));
      const end = daysBetween(this.first, monthStart(addDays(start, 31)));
      const { detector, threshold } = this.#settings;
      month = { at, scores: detector.scores(this.series.slice(at, end), threshold) };
      this.#months.set(start, month);
    }
    return month.scores[i - month.at] ?? null;
  }

  /** What a day is off is worth, in micro-units; null: it is not unusual, or not worth a look. */
  impact(i: number): number | null {
    const [scored, value, day] = [this.score(i), this.series[i], this.#days[i]];
    const { threshold, floors } = this.#settings;
    if (!scored || !day || value === null || value === undefined || scored.score < threshold) return null;
    if (!isWorthALook(value - scored.expected, scored.expected, { amount: 0, percent: floors.percent })) return null;
    const before = this.#days.slice(Math.max(0, i - BASELINE_DAYS), i);
    const impact = impactOf(this.#measure, value - scored.expected, day, before);
    return impact !== null && Math.abs(impact) >= floors.amount ? impact : null;
  }
}

function foundOf(measure: Measure, episode: Episode, judged: JudgedDays): Found {
  const { series, first } = judged;
  const impacts = new Map<number, number>();
  for (let i = episode.first; i <= episode.last; i++) impacts.set(i, judged.impact(i) ?? 0);
  const [[peak, worst]] = [...impacts].sort(([i, a], [j, b]) => Math.abs(b) - Math.abs(a) || i - j) as [
    [number, number],
  ];
  const impactMicros = [...impacts.values()].reduce((sum, x) => sum + (x * worst > 0 ? x : 0), 0);
  const { expected, lower, upper, score } = judged.score(peak) as Scored;
  const actual = series[peak] as number;
  const baseline: number[] = [];
  for (let i = episode.first - 1; i >= Math.max(0, episode.first - WARM_UP) && baseline.length < COMPARED_DAYS; i--)
    if (series[i] !== null && judged.impact(i) === null) baseline.unshift(addDays(first, i));
  return {
    measure,
    fromDay: addDays(first, episode.first),
    throughDay: addDays(first, episode.last),
    peakDay: addDays(first, peak),
    direction: actual > expected ? "up" : "down",
    ...{ actual, expected, score, baseline },
    ...withinUnit(measure, lower, upper),
    impactMicros: Math.round(impactMicros),
    values: traceOf(measure, episode, judged),
  };
}

/** A band, cut to what its unit can be. */
const withinUnit = (measure: Measure, lower: number, upper: number) => ({
  lower: measure === "spend" ? lower : Math.max(0, lower),
  upper: measure === "utilisation" || measure === "efficiency" ? Math.min(100, upper) : upper,
});

function traceOf(measure: Measure, episode: Episode, judged: JudgedDays): TracedDay[] {
  const start = Math.max(0, episode.first - MARGIN.before);
  return judged.series.slice(start, episode.last + 1 + MARGIN.after).map((value, i) => {
    const scored = judged.score(start + i);
    const band = scored ? withinUnit(measure, scored.lower, scored.upper) : { lower: null, upper: null };
    return { day: addDays(judged.first, start + i), value, ...band };
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
