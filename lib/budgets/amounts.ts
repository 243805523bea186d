import { latestOn } from "@/lib/dated.ts";
import { divideHalfEven, type ExactMicros, safeInteger, sumExactly } from "@/lib/money.ts";
import type { BillingCalendar } from "@/lib/periods/calendar.ts";
import { addDays, daysBetween } from "@/lib/time.ts";
import { type CalendarSpan, spanOfDay } from "./spans.ts";
import type { Budget } from "./types.ts";

/** Days, half-open. */
interface DayRange {
  readonly fromDay: number;
  readonly untilDay: number;
}

/** What is budgeted for some days. */
export interface Budgeted {
  /** Null: no day of them has a budget. Never 0 for that. */
  readonly micros: number | null;
  /** How many of the days have one, and how many there are. */
  readonly days: number;
  readonly of: number;
}

/** Of an amount spread evenly over a span, what its first `days` days come to; rounded half to even. */
const firstDays = (amountMicros: number, days: number, length: number): number =>
  safeInteger(divideHalfEven(BigInt(amountMicros) * BigInt(days), BigInt(length)));

/** Stretches of days under one entry within one of its spans. */
function* stretches(entries: readonly Budget[], { fromDay, untilDay }: DayRange, calendar: BillingCalendar) {
  const starts = [...new Set(entries.map((e) => e.fromDay))].sort((a, b) => a - b);
  for (let day = fromDay; day < untilDay; ) {
    const entry = latestOn(entries, day);
    const change = starts.find((start) => start > day) ?? untilDay;
    const span: CalendarSpan | null = entry ? spanOfDay(day, entry.span, calendar) : null;
    const end = Math.min(untilDay, change, span?.untilDay ?? untilDay);
    yield { entry, span, fromDay: day, untilDay: end };
    day = end;
  }
}

/**
 * The budget of any days: each day has its even part of the span that it lies in, under the entry in force on it. The parts of
 * a span are cumulative, so that any split of days sums to the whole, to the micro-unit; a day is a day, with 23 to 25 hours.
 * @param entries of one scope, one for each first day. Carry-over is not in it.
 */
export function budgetOver(entries: readonly Budget[], range: DayRange, calendar: BillingCalendar): Budgeted {
  const parts: number[] = [];
  let days = 0;
  for (const { entry, span, fromDay, untilDay } of stretches(entries, range, calendar)) {
    if (!entry || !span || entry.amountMicros === null) continue;
    const length = daysBetween(span.fromDay, span.untilDay);
    const upTo = (day: number) => firstDays(entry.amountMicros ?? 0, daysBetween(span.fromDay, day), length);
    parts.push(upTo(untilDay) - upTo(fromDay));
    days += daysBetween(fromDay, untilDay);
  }
  return { micros: days > 0 ? sumExactly(parts) : null, days, of: daysBetween(range.fromDay, range.untilDay) };
}

/**
 * The days of a range that have a budget, without a pause between them: those around a day, else the last before it, else the first after it.
 * Null: no day has one.
 */
export function budgetedPart(
  entries: readonly Budget[],
  range: DayRange,
  calendar: BillingCalendar,
  day: number,
): DayRange | null {
  const parts: DayRange[] = [];
  for (const { entry, fromDay, untilDay } of stretches(entries, range, calendar)) {
    if (!entry || entry.amountMicros === null) continue;
    const last = parts.at(-1);
    if (last?.untilDay === fromDay) parts[parts.length - 1] = { fromDay: last.fromDay, untilDay };
    else parts.push({ fromDay, untilDay });
  }
  return parts.findLast((part) => part.fromDay <= day) ?? parts[0] ?? null;
}

/** The entry of a scope in force on a day; undefined: nothing was ever said, or no budget is in force. */
export function budgetOn(entries: readonly Budget[], day: number): Budget | undefined {
  const entry = latestOn(entries, day);
  return entry?.amountMicros === null ? undefined : entry;
}

/**
 * What earlier spans of the same fiscal year left, and this one may spend as well: a span that was overspent leaves nothing,
 * and takes nothing away. Only spans under entries with carry-over count, back to the first without.
 * @param spentOf micro-units spent within days. @param first day that the ledger knows of: spans before it leave nothing.
 */
export function carriedInto(
  entries: readonly Budget[],
  span: CalendarSpan,
  calendar: BillingCalendar,
  spentOf: (range: DayRange) => ExactMicros,
  first: number,
): number {
  const own = budgetOn(entries, span.fromDay);
  if (!own?.carryOver) return 0;
  const chain: CalendarSpan[] = [];
  for (let day = addDays(span.fromDay, -1); ; ) {
    const before = spanOfDay(day, own.span, calendar);
    const entry = budgetOn(entries, before.fromDay);
    if (before.fiscalYear !== span.fiscalYear || before.fromDay < first || !entry?.carryOver) break;
    chain.unshift(before);
    day = addDays(before.fromDay, -1);
  }
  let carried = 0n;
  for (const before of chain) {
    const { micros } = budgetOver(entries, before, calendar);
    const left = BigInt(micros ?? 0) + carried - BigInt(spentOf(before));
    carried = left > 0n ? left : 0n;
  }
  return safeInteger(carried);
}
