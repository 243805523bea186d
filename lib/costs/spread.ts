import { formatMicros, type Micros, sumExactly } from "@/lib/money.ts";
import { addDays, dateOfKey, daysBetween } from "@/lib/time.ts";

/** Day keys, half-open. */
export interface DaySpan {
  readonly fromDay: number;
  readonly untilDay: number;
}

/** Days that one line may be spread over: a year, with its leap day. */
const MOST_DAYS = 366;
/** Days after today that a line may lie in: charging reaches as far (lib/charges/run.ts). */
const MOST_DAYS_AHEAD = 366;
/** Days before today that a line may lie in, also where nothing was metered: a backfill reaches as far. */
const MOST_DAYS_BACK = 1100;

/** Day keys of the billing time zone. */
export interface Bounds {
  readonly today: number;
  /** The first day that was metered; null: none was. */
  readonly firstDay: number | null;
}

/**
 * Why a line's days cannot be right, in a sentence that says what to do; null: they can. A mistyped year would spread an amount over days that
 * nobody looks at. Called before anything counts the days one by one.
 */
export function spanProblem({ fromDay, untilDay }: DaySpan, { today, firstDay }: Bounds): string | null {
  const days = daysBetween(fromDay, untilDay);
  const dates = () => `${dateOfKey(fromDay)} up to ${dateOfKey(untilDay)}`;
  if (days > MOST_DAYS)
    return `${dates()} are ${days} days, and a line may have ${MOST_DAYS}: check the year, or split it into lines of a year each.`;
  if (daysBetween(today, untilDay) > MOST_DAYS_AHEAD)
    return `${dates()} ends more than a year after today, ${dateOfKey(today)}: check the year, or import the part that is further ahead later.`;
  if (daysBetween(fromDay, today) > MOST_DAYS_BACK && fromDay < (firstDay ?? today))
    return `${dates()} begins more than three years before today, ${dateOfKey(today)}, and before anything was metered: check the year, or date it later and name its own in the description.`;
  return null;
}

/** Spans as a sorted list of disjoint ones over the same days. */
export function joinSpans(spans: readonly DaySpan[]): DaySpan[] {
  const sorted = [...spans].sort((a, b) => a.fromDay - b.fromDay);
  const out: { fromDay: number; untilDay: number }[] = [];
  for (const { fromDay, untilDay } of sorted) {
    const last = out.at(-1);
    if (last && fromDay <= last.untilDay) last.untilDay = Math.max(last.untilDay, untilDay);
    else out.push({ fromDay, untilDay });
  }
  return out;
}

/** The days of spans, each once, in order. Only for spans that were judged: it counts them one by one. */
export function daysOf(spans: readonly DaySpan[]): number[] {
  const out: number[] = [];
  for (const { fromDay, untilDay } of joinSpans(spans))
    for (let day = fromDay; day < untilDay; day = addDays(day, 1)) out.push(day);
  return out;
}

/** What of an amount falls before a day: evenly over its days, the first ones a millionth larger, as it is charged. */
export function amountBefore(line: DaySpan & { readonly amountMicros: Micros }, day: number): Micros {
  if (day <= line.fromDay) return 0;
  if (day >= line.untilDay) return line.amountMicros;
  const count = daysBetween(line.fromDay, line.untilDay);
  const before = daysBetween(line.fromDay, day);
  const larger = ((line.amountMicros % count) + count) % count;
  return ((line.amountMicros - larger) / count) * before + Math.min(before, larger);
}

/** Over which days a file's lines are spread. */
export interface Spread extends DaySpan {
  /** Days with any cost. */
  readonly days: number;
  /** The first day after the billing period of today. */
  readonly openUntilDay: number;
  /** What falls before it. */
  readonly openMicros: Micros;
}

/** @param lines at least one. @param openUntilDay the first day after the billing period of today. */
export function spreadOf(
  lines: readonly (DaySpan & { readonly amountMicros: Micros })[],
  openUntilDay: number,
): Spread {
  const spans = joinSpans(lines);
  return {
    fromDay: spans[0]?.fromDay ?? 0,
    untilDay: spans.at(-1)?.untilDay ?? 0,
    days: spans.reduce((sum, s) => sum + daysBetween(s.fromDay, s.untilDay), 0),
    openUntilDay,
    openMicros: sumExactly(lines.map((line) => amountBefore(line, openUntilDay))),
  };
}

/** A spread in a sentence: the person who mistyped a date sees it here. */
export function spreadWords(spread: Spread, totalMicros: Micros, currency: string): string {
  const money = (micros: number) => `${formatMicros(micros)} ${currency}`;
  const dayBefore = (day: number) => dateOfKey(addDays(day, -1));
  const days = `${spread.days} ${spread.days === 1 ? "day" : "days"}`;
  const range = `Spread over ${days}, ${dateOfKey(spread.fromDay)} to ${dayBefore(spread.untilDay)}`;
  if (spread.untilDay <= spread.openUntilDay) return `${range}: all of it in open periods.`;
  const later = totalMicros - spread.openMicros;
  return `${range}: ${money(spread.openMicros)} in open periods, which end with ${dayBefore(spread.openUntilDay)}, and ${money(later)} in later ones.`;
}
