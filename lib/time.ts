import { Temporal } from "temporal-polyfill";
import { AppError } from "./errors.ts";
import { formatInstant } from "./format.ts";
import { parseInstant } from "./instant.ts";
import { own } from "./order.ts";

/** A point in time: whole seconds since 1970-01-01T00:00:00Z. */
export type Instant = number;
/** Half-open `[start, end)`, in instants. Empty when `end <= start`. */
export interface Interval {
  readonly start: Instant;
  readonly end: Instant;
}

export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 86_400;

/** The common part of two intervals, or null when they do not overlap. */
export function intersect(a: Interval, b: Interval): Interval | null {
  const start = Math.max(a.start, b.start);
  const end = Math.min(a.end, b.end);
  return start < end ? { start, end } : null;
}

/** Sorted, disjoint union; touching intervals are joined, empty ones dropped. */
export function union(intervals: readonly Interval[]): Interval[] {
  const sorted = intervals.filter((i) => i.start < i.end).sort((a, b) => a.start - b.start);
  const out: { start: Instant; end: Instant }[] = [];
  for (const i of sorted) {
    const last = out.at(-1);
    if (last && i.start <= last.end) last.end = Math.max(last.end, i.end);
    else out.push({ start: i.start, end: i.end });
  }
  return out;
}

/** The parts of `whole` that no interval of `parts` covers. */
export function subtract(whole: Interval, parts: readonly Interval[]): Interval[] {
  const out: Interval[] = [];
  let at = whole.start;
  for (const p of union(parts)) {
    if (p.end <= at) continue;
    if (p.start >= whole.end) break;
    if (p.start > at) out.push({ start: at, end: p.start });
    at = Math.max(at, p.end);
  }
  if (at < whole.end) out.push({ start: at, end: whole.end });
  return out;
}

/** Total seconds covered by disjoint intervals. */
export function seconds(intervals: readonly Interval[]): number {
  return intervals.reduce((sum, i) => sum + Math.max(0, i.end - i.start), 0);
}

export function floorTo(instant: Instant, step: number): Instant {
  return Math.floor(instant / step) * step;
}

export function ceilTo(instant: Instant, step: number): Instant {
  return Math.ceil(instant / step) * step;
}

/** Aligned windows of `length` that cover `range`, clipped to it, in order. */
export function* windows(range: Interval, length: number): Generator<Interval> {
  for (let start = floorTo(range.start, length); start < range.end; start += length) {
    yield { start: Math.max(start, range.start), end: Math.min(start + length, range.end) };
  }
}

export { formatInstant, parseInstant };

/** Checks an IANA zone name. @throws AppError `invalid` naming the zone. */
export function checkZone(zone: string): string {
  try {
    return Temporal.Now.zonedDateTimeISO(zone).timeZoneId;
  } catch {
    throw new AppError("invalid", `Unknown time zone "${zone}": use an IANA name such as "UTC" or "Europe/Berlin".`);
  }
}

function startOfDate(date: Temporal.PlainDate, zone: string): Instant {
  return Math.floor(date.toZonedDateTime(zone).epochMilliseconds / 1000);
}

/** `YYYY-MM` as a half-open interval of the zone's calendar. @throws AppError `invalid`. */
export function monthInterval(month: string, zone: string): Interval {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month);
  if (!match) throw new AppError("invalid", `"${month}" is not a month: write it as YYYY-MM, for example 2026-10.`);
  const first = Temporal.PlainDate.from(`${month}-01`);
  return { start: startOfDate(first, zone), end: startOfDate(first.add({ months: 1 }), zone) };
}

/** The month of an instant in a zone, as `YYYY-MM`. */
export function monthOf(instant: Instant, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(instant * 1000)
    .toZonedDateTimeISO(zone)
    .toPlainDate()
    .toString()
    .slice(0, 7);
}

/** The calendar date of an instant in a zone, as `YYYY-MM-DD`. */
export function dateOf(instant: Instant, zone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(instant * 1000)
    .toZonedDateTimeISO(zone)
    .toPlainDate()
    .toString();
}

/** The hour of the day of an instant in a zone, 0 to 23. */
export function hourOf(instant: Instant, zone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(instant * 1000).toZonedDateTimeISO(zone).hour;
}

/** A calendar date as an integer `YYYYMMDD`: the key of daily rows. */
export function dayKey(date: string): number {
  return Number(date.replaceAll("-", ""));
}

const plainDate = (key: number): Temporal.PlainDate =>
  Temporal.PlainDate.from({ year: Math.floor(key / 10_000), month: Math.floor(key / 100) % 100, day: key % 100 });

/** A day key as `YYYY-MM-DD`. */
export function dateOfKey(key: number): string {
  return plainDate(key).toString();
}

/** `2026-10-01` as a day key. @throws AppError `invalid` when it is no date of the calendar, or before the year 2000. */
export function parseDay(text: string): number {
  const given = text.trim();
  try {
    if (!/^\d{4}-\d\d-\d\d$/.test(given)) throw new RangeError();
    const date = Temporal.PlainDate.from(given, { overflow: "reject" });
    if (date.year >= 2000) return dayKey(date.toString());
  } catch {
    throw new AppError("invalid", `"${given}" is not a day: write it as YYYY-MM-DD, for example 2026-10-01.`);
  }
  throw new AppError("invalid", `${given} is before the year 2000: check the year.`);
}

/** A calendar of its own costs fifty times as much, and whole files of cost are counted by it. */
const utcNoon = (key: number): number =>
  Date.UTC(Math.floor(key / 10_000), (Math.floor(key / 100) % 100) - 1, key % 100, 12);

/** Calendar days from one day key up to another, which is not counted; negative when it lies before. */
export function daysBetween(from: number, until: number): number {
  return (utcNoon(until) - utcNoon(from)) / (DAY * 1000);
}

/** The key of the day so many days later. */
export function addDays(key: number, days: number): number {
  const day = (key % 100) + days;
  // Every month has days 1 to 28: a list of lines asks for some hundred thousand of them.
  if (day >= 1 && day <= 28 && key % 100 <= 28) return key + days;
  return dayKey(plainDate(key).add({ days }).toString());
}

/** A day of the zone by its key, with its 23 to 25 hours. */
export function dayOfKey(key: number, zone: string): CalendarDay {
  const date = plainDate(key);
  return { date: date.toString(), key, start: startOfDate(date, zone), end: startOfDate(date.add({ days: 1 }), zone) };
}

export interface CalendarDay extends Interval {
  readonly date: string;
  readonly key: number;
}

/** Every calendar day of the zone that overlaps `range`, whole (23, 24 or 25 hours), in order. */
export function daysOf(range: Interval, zone: string): CalendarDay[] {
  const out: CalendarDay[] = [];
  let date = Temporal.PlainDate.from(dateOf(range.start, zone));
  for (let start = startOfDate(date, zone); start < range.end; ) {
    const next = date.add({ days: 1 });
    const end = startOfDate(next, zone);
    out.push({ start, end, date: date.toString(), key: dayKey(date.toString()) });
    date = next;
    start = end;
  }
  return out;
}

/**
 * A period's edge as people write it: `YYYY-MM-DD` (that day's start in the zone), `YYYY-MM` or RFC 3339.
 * @throws AppError `invalid` naming the text and the forms accepted.
 */
export function parseEdge(text: string, zone: string): Instant {
  try {
    if (/^\d{4}-\d\d$/.test(text)) return monthInterval(text, zone).start;
    const date = /^\d{4}-\d\d-\d\d(?=$|[T ])/.exec(text)?.[0];
    const day = date === undefined ? null : Temporal.PlainDate.from(date, { overflow: "reject" });
    if (day && text === date) return startOfDate(day, zone);
  } catch {
    throw new AppError("invalid", `"${text}" is not a date of the calendar.`);
  }
  const instant = /^\d{4}-\d\d-\d\d[T ]/.test(text) ? parseInstant(text) : null;
  if (instant === null)
    throw new AppError(
      "invalid",
      `"${text}" is not a date: write YYYY-MM-DD, or an instant such as 2026-10-01T00:00:00Z.`,
    );
  return instant;
}

/** One hour; 15 minutes where the zone is not a whole hour from UTC at some time of the years around now. */
export function bucketSecondsFor(zone: string, years: readonly number[] = [2017, 2020, 2023, 2026, 2029]): number {
  for (const year of years)
    for (let month = 1; month <= 12; month++) {
      const at = Temporal.PlainDate.from({ year, month, day: 15 }).toZonedDateTime(zone);
      if (at.offsetNanoseconds % 3_600_000_000_000 !== 0) return 900;
    }
  return HOUR;
}

const DURATION_UNITS: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Go-style `1h30m`, `30s`, `100ms`, `14d` in milliseconds, or null. A bare number is not a duration. */
export function parseDurationMs(text: string): number | null {
  if (!/^(\d+(\.\d+)?(ms|s|m|h|d))+$/.test(text)) return text === "0" ? 0 : null;
  let total = 0;
  for (const [, amount, , unit] of text.matchAll(/(\d+(\.\d+)?)(ms|s|m|h|d)/g))
    total += Number(amount) * (own(DURATION_UNITS, unit as string) ?? 0);
  return total;
}

/** Seconds as people read them: `3 d 4 h`, `12 min`, `45 s`. */
export function formatSeconds(total: number): string {
  const s = Math.round(total);
  if (s < 60) return `${s} s`;
  // Rounded once, before it is split: never "1 h 60 min".
  const minutes = Math.round(s / 60);
  const [d, h, m] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60), minutes % 60];
  if (d) return h ? `${d} d ${h} h` : `${d} d`;
  if (h) return m ? `${h} h ${m} min` : `${h} h`;
  return `${m} min`;
}
