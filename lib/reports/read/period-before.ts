import type { Ctx } from "@/lib/ctx.ts";
import { loadFirstDay } from "@/lib/statements/draft-load.ts";
import { addDays, daysBetween } from "@/lib/time.ts";
import type { Days } from "./cost-scope.ts";

const monthsBack = (day: number, months: number): number => {
  const at = Math.floor(day / 10_000) * 12 + (Math.floor(day / 100) % 100) - 1 - months;
  return Math.floor(at / 12) * 10_000 + ((at % 12) + 1) * 100 + 1;
};
const isFirst = (day: number): boolean => day % 100 === 1;

/**
 * The days that a period is compared with: as many months before it where it is made of whole months, else as many days.
 * What has not begun does not count: on the 10th, this month is compared with the first ten days of the last one.
 * @param today day key: the last day that has begun. @returns null where none of the period has begun.
 */
export function daysBefore(days: Days, today: number): { readonly now: Days; readonly before: Days } | null {
  if (days.from > today) return null;
  const tomorrow = addDays(today, 1);
  const now = { from: days.from, until: Math.min(days.until, tomorrow) };
  const count = daysBetween(now.from, now.until);
  if (!isFirst(days.from) || !isFirst(days.until))
    return { now, before: { from: addDays(now.from, -count), until: now.from } };
  const months = monthsOf(days.until) - monthsOf(days.from);
  const from = monthsBack(days.from, months);
  // February is over before the 30th: the days before never reach into the period.
  return {
    now,
    before: { from, until: now.until === days.until ? days.from : Math.min(addDays(from, count), days.from) },
  };
}

const monthsOf = (day: number): number => Math.floor(day / 10_000) * 12 + (Math.floor(day / 100) % 100);

export interface Compared {
  /** The days of the period that have begun. */
  readonly now: Days;
  /** Null: the ledger begins within them, and a part is no comparison. */
  readonly before: Days | null;
  /** The first day that the ledger charged; null: none. */
  readonly firstDay: number | null;
}

/** The days of a period and those that it is compared with, as far as the ledger has them. Null: none has begun. */
export async function comparedDays(ctx: Ctx, days: Days, today: number): Promise<Compared | null> {
  const pair = daysBefore(days, today);
  if (!pair) return null;
  const firstDay = await loadFirstDay(ctx.db);
  const whole = firstDay !== null && firstDay <= pair.before.from;
  return { now: pair.now, before: whole ? pair.before : null, firstDay };
}
