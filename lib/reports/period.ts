import { Temporal } from "temporal-polyfill";
import { AppError } from "@/lib/errors.ts";
import { type BillingCalendar, periodOfId, periodOfInstant, previousPeriod } from "@/lib/periods/calendar.ts";
import type { BillingPeriod } from "@/lib/periods/types.ts";
import {
  bucketSecondsFor,
  ceilTo,
  DAY,
  dateOf,
  dayKey,
  floorTo,
  formatInstant,
  formatSeconds,
  type Instant,
  type Interval,
  monthInterval,
  monthOf,
  parseEdge,
} from "@/lib/time.ts";
import type { Period } from "./report.ts";

/** The periods that have a name. Each is made of whole days of the billing zone; today counts in the last 7 and 30. */
export const PERIOD_NAMES = [
  "today",
  "yesterday",
  "last-7-days",
  "last-30-days",
  "this-month",
  "last-month",
  "this-quarter",
  "last-quarter",
  "this-year",
  "last-year",
] as const;
export type PeriodName = (typeof PERIOD_NAMES)[number];

export interface PeriodInput {
  /** One of the names, a month `2026-10`, a quarter `2026-Q4`, a year `2026`, or a fiscal period `FY2026-P10`. */
  readonly period?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** A month, or a fiscal period. */
  readonly month?: string | undefined;
}

const LONGEST_DAYS = 3660;
const EARLIEST = "2000-01-01";

/**
 * The one definition of every period, half-open. `from` and `to` are dates (that day's start in the billing zone, so `to`
 * is the first day *not* counted), months or RFC 3339 instants at bucket edges. Nothing given: this month. Quarters and years
 * are of the calendar; fiscal periods are those of `calendar`, where it has any.
 * @throws AppError `invalid` saying what is wrong and what to write.
 */
export function parsePeriod(input: PeriodInput, zone: string, now: Instant, calendar?: BillingCalendar): Period {
  const given = [input.period, input.month, input.from ?? input.to].filter(Boolean).length;
  if (given > 1)
    throw new AppError("invalid", "More than one period is given: use a period, or a month, or from and to.");
  if (input.from || input.to) return between(input.from, input.to, zone);
  const name = input.month || input.period || "this-month";
  if (/^FY/.test(name) && calendar) return fiscalPeriod(name, calendar);
  if (input.month) return calendarMonth(input.month, zone);
  if (/^\d/.test(name)) return calendarPart(name, zone);
  return named(name, zone, now);
}

/** As parsePeriod; nothing given: the billing period of now, which is what a close will book. */
export function parseBillingPeriod(input: PeriodInput, calendar: BillingCalendar, now: Instant): Period {
  const isGiven = input.period || input.month || input.from || input.to;
  const asked = isGiven ? input : { period: periodOfInstant(now, calendar).id };
  return parsePeriod(asked, calendar.zone, now, calendar);
}

function fiscalPeriod(id: string, calendar: BillingCalendar): Period {
  const { start, end, fromDay, untilDay } = periodOfId(id, calendar);
  return { start, end, label: id, days: { from: fromDay, until: untilDay } };
}

/** A month, or a quarter or year as its months. */
function calendarPart(text: string, zone: string): Period {
  const [, year, quarter] = /^(\d{4})(?:-Q([1-4]))?$/.exec(text) ?? [];
  if (!year) return calendarMonth(text, zone);
  const first = quarter ? 3 * Number(quarter) - 2 : 1;
  const month = (m: number) => `${year}-${String(m).padStart(2, "0")}`;
  const interval = {
    start: monthInterval(month(first), zone).start,
    end: monthInterval(month(quarter ? first + 2 : 12), zone).end,
  };
  checkEarliest(interval.start, text, zone);
  return { ...interval, label: text, days: wholeDays(interval, zone) };
}

/** Months, or fiscal periods where the ledger bills by them, that have begun: the newest first. */
export function listRecentPeriods(calendar: BillingCalendar, now: Instant, count = 12): string[] {
  const out = [periodOfInstant(now, calendar)];
  while (out.length < count) out.push(previousPeriod(out.at(-1) as BillingPeriod, calendar));
  return out.map((p) => p.id);
}

function named(name: string, zone: string, now: Instant): Period {
  const today = dateOf(now, zone);
  const days = (from: number, until: number) => ({
    start: parseEdge(shift(today, from), zone),
    end: parseEdge(shift(today, until), zone),
  });
  const month = monthOf(now, zone);
  const months = (from: number, count: number) => {
    const first = Temporal.PlainYearMonth.from(month).add({ months: from });
    return {
      start: monthInterval(first.toString(), zone).start,
      end: monthInterval(first.add({ months: count - 1 }).toString(), zone).end,
    };
  };
  // Months since the quarter and the year began.
  const inYear = Number(month.slice(5)) - 1;
  const inQuarter = inYear % 3;
  const intervals: Record<PeriodName, () => Interval> = {
    today: () => days(0, 1),
    yesterday: () => days(-1, 0),
    "last-7-days": () => days(-6, 1),
    "last-30-days": () => days(-29, 1),
    "this-month": () => monthInterval(month, zone),
    "last-month": () => months(-1, 1),
    "this-quarter": () => months(-inQuarter, 3),
    "last-quarter": () => months(-inQuarter - 3, 3),
    "this-year": () => months(-inYear, 12),
    "last-year": () => months(-inYear - 12, 12),
  };
  const interval = Object.hasOwn(intervals, name) ? intervals[name as PeriodName]() : null;
  if (!interval)
    throw new AppError(
      "invalid",
      `"${name}" is not a period: use ${PERIOD_NAMES.join(", ")}, a month such as 2026-10, a quarter such as 2026-Q4, a year, or from and to.`,
    );
  return { ...interval, label: name, days: wholeDays(interval, zone) };
}

function calendarMonth(month: string, zone: string): Period {
  const interval = monthInterval(month, zone);
  checkEarliest(interval.start, month, zone);
  return { ...interval, label: month, days: wholeDays(interval, zone) };
}

function between(from: string | undefined, to: string | undefined, zone: string): Period {
  if (!from || !to)
    throw new AppError(
      "invalid",
      `The period has no ${from ? "end" : "start"}: give both from and to. The end is exclusive: 2026-10-01 to 2026-11-01 is October.`,
    );
  const interval = { start: parseEdge(from, zone), end: parseEdge(to, zone) };
  if (interval.start >= interval.end)
    throw new AppError(
      "invalid",
      `The period is empty: its start ${from} is not before its end ${to}. The end is exclusive: for one day, end on the next day.`,
    );
  checkEarliest(interval.start, from, zone);
  if (interval.end - interval.start > LONGEST_DAYS * DAY)
    throw new AppError("invalid", `From ${from} to ${to} is longer than ten years: ask for a shorter period.`);
  const bucket = bucketSecondsFor(zone);
  checkAligned(interval.start, from, bucket);
  checkAligned(interval.end, to, bucket);
  return { ...interval, label: `${from} to ${to}`, days: wholeDays(interval, zone) };
}

function checkEarliest(start: Instant, text: string, zone: string): void {
  if (start < parseEdge(EARLIEST, zone))
    throw new AppError("invalid", `${text} is before the year 2000: check the year.`);
}

function checkAligned(at: Instant, text: string, bucket: number): void {
  if (at % bucket === 0) return;
  const before = formatInstant(floorTo(at, bucket));
  const after = formatInstant(ceilTo(at, bucket));
  throw new AppError(
    "invalid",
    `${text} falls inside a bucket: usage is kept in buckets of ${formatSeconds(bucket)}. Use ${before} or ${after}.`,
  );
}

/** Day keys `[from, until)` of an interval made of whole days of the zone; undefined where an edge lies within a day. */
export function wholeDays({ start, end }: Interval, zone: string): Period["days"] {
  const from = dateOf(start, zone);
  const until = dateOf(end, zone);
  const whole = parseEdge(from, zone) === start && parseEdge(until, zone) === end;
  return whole ? { from: dayKey(from), until: dayKey(until) } : undefined;
}

function shift(date: string, days: number): string {
  return Temporal.PlainDate.from(date).add({ days }).toString();
}
