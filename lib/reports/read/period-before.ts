import { sql } from "@/db/client.ts";
import { capacity } from "@/db/schema/index.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { loadFirstDay } from "@/lib/statements/draft-load.ts";
import { addDays, dateOf, dayKey, daysBetween } from "@/lib/time.ts";
import type { Days } from "./cost-scope.ts";

const monthsBack = (day: number, months: number): number => {
  const at = Math.floor(day / 10_000) * 12 + (Math.floor(day / 100) % 100) - 1 - months;
  return Math.floor(at / 12) * 10_000 + ((at % 12) + 1) * 100 + 1;
};
const isFirst = (day: number): boolean => day % 100 === 1;

/**
 * The days that a period is compared with, like for like: as many months before it where it is made of whole months that are
 * over, else as many days. Of a month that goes on, its complete days are compared with as many from the start of the one
 * before: never more days than that has.
 * @param last day key: the last complete day. @returns null where no day of the period is complete.
 */
export function daysBefore(days: Days, last: number): { readonly now: Days; readonly before: Days } | null {
  if (days.from > last) return null;
  const now = { from: days.from, until: Math.min(days.until, addDays(last, 1)) };
  const count = daysBetween(now.from, now.until);
  if (!isFirst(days.from) || !isFirst(days.until))
    return { now, before: { from: addDays(now.from, -count), until: now.from } };
  const from = monthsBack(days.from, monthsOf(days.until) - monthsOf(days.from));
  if (now.until === days.until) return { now, before: { from, until: days.from } };
  const equal = Math.min(count, daysBetween(from, days.from));
  return {
    now: { from: now.from, until: addDays(now.from, equal) },
    before: { from, until: addDays(from, equal) },
  };
}

const monthsOf = (day: number): number => Math.floor(day / 10_000) * 12 + (Math.floor(day / 100) % 100);

export interface Compared {
  /** The days of the period that have begun. */
  readonly begun: Days;
  /** The complete days that are compared, and those before; null: no day is complete, or the ledger begins within the days before. */
  readonly pair: { readonly now: Days; readonly before: Days } | null;
  /** Why there is no pair: no day of the period is complete yet, or the ledger begins on `firstDay`, within the days before. */
  readonly lacks: "a complete day" | "days before" | null;
  /** The first day that the ledger metered; null: none. */
  readonly firstDay: number | null;
}

/**
 * The days of a period and those that they are compared with, as far as the ledger has them. A day that goes on is no
 * comparison: its figure would say what time it is.
 * @param today day key: the last day that has begun. @returns null where none of the period has begun.
 */
export async function comparedDays(ctx: Ctx, days: Days, today: number): Promise<Compared | null> {
  if (days.from > today) return null;
  const [firstDay, last] = await Promise.all([loadFirstDay(ctx.db), loadLastCompleteDay(ctx, today)]);
  const pair = last === null ? null : daysBefore(days, last);
  const whole = pair !== null && firstDay !== null && firstDay <= pair.before.from;
  return {
    begun: { from: days.from, until: Math.min(days.until, addDays(today, 1)) },
    pair: whole ? pair : null,
    lacks: whole ? null : pair ? "days before" : "a complete day",
    firstDay,
  };
}

/** The last day that is over and metered to its end; null: none. */
async function loadLastCompleteDay(ctx: Ctx, today: number): Promise<number | null> {
  const newest = await ctx.db.find<{
    throughAt: number | null;
  }>(sql`select max(through_at) as "throughAt" from ${capacity}
    where bucket_at = (select max(bucket_at) from ${capacity})`);
  if (!newest?.throughAt) return null;
  const through = dayKey(dateOf(newest.throughAt, ctx.ledger.zone));
  return addDays(Math.min(today, through), -1);
}
