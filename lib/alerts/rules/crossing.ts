import { addDays, dayOfKey, type Instant } from "@/lib/time.ts";
import type { DaySpend } from "./spend-load.ts";

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** `YYYYMM` of a day key. */
export const monthKey = (day: number): number => Math.floor(day / 100);

/** `October 2026` of `202610`. */
export const monthWords = (month: number): string => `${MONTHS[(month % 100) - 1]} ${Math.floor(month / 100)}`;

/** A calendar month as rules of months look at it; days half-open. */
interface WatchedMonth {
  readonly month: number;
  readonly isCurrent: boolean;
  readonly fromDay: number;
  readonly untilDay: number;
}

/**
 * The month of a day, and the one before: its last hours are charged after its end, and corrected later. A month that was over before
 * `since` is not there.
 */
export function monthsAt(today: number, since: Instant, zone: string): WatchedMonth[] {
  const fromDay = monthKey(today) * 100 + 1;
  const before = monthKey(addDays(fromDay, -1)) * 100 + 1;
  const next = monthKey(addDays(fromDay, 31)) * 100 + 1;
  return [
    { month: monthKey(before), isCurrent: false, fromDay: before, untilDay: fromDay },
    { month: monthKey(today), isCurrent: true, fromDay, untilDay: next },
  ].filter(({ untilDay }) => dayOfKey(addDays(untilDay, -1), zone).end > since);
}

/**
 * For each calendar month of some days, when its sum passed a threshold (micro-units): the end of that day. Months that did not are not
 * there. A month whose first days are not given counts from the first that is.
 */
export function crossings(
  days: readonly DaySpend[],
  threshold: number,
  zone: string,
): { month: number; at: Instant }[] {
  const sums = new Map<number, number>();
  const out: { month: number; at: Instant }[] = [];
  for (const { day, micros } of days) {
    const month = monthKey(day);
    const before = sums.get(month) ?? 0;
    sums.set(month, before + micros);
    const isFirst = !out.some((crossing) => crossing.month === month);
    if (isFirst && before + micros > threshold) out.push({ month, at: dayOfKey(day, zone).end });
  }
  return out;
}
