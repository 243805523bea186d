import { dayOfKey, type Instant } from "@/lib/time.ts";
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
