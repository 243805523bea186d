import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { addDays, dateOf, dayKey, daysBetween, parseDay } from "@/lib/time.ts";

/** Where no days are asked for: the last so many. */
const USUAL_DAYS = 30;
const MOST_DAYS = 1100;

export interface AskedDays {
  /** The first day, as `2026-11-01`. */
  readonly from?: string | undefined;
  /** The first day that no longer counts. */
  readonly to?: string | undefined;
}

/**
 * Day keys `[from, until)` of a request; the last 30 where absent, up to today or before it. @param withToday whether the last of them is
 * today, which is not over. @throws AppError `invalid` for a text that is not a day, days in the wrong order, or more than 1100.
 */
export function askedDays(ctx: Ctx, { from, to }: AskedDays, withToday: boolean): { from: number; until: number } {
  const today = dayKey(dateOf(ctx.now(), ctx.ledger.zone));
  const end = withToday ? addDays(today, 1) : today;
  const until = to ? parseDay(to) : end;
  const first = from ? parseDay(from) : addDays(Math.min(until, end), -USUAL_DAYS);
  if (first >= until)
    throw new AppError(
      "invalid",
      "The days end before they begin: from is the first day, to the first one after them.",
    );
  if (daysBetween(first, until) > MOST_DAYS) throw new AppError("invalid", `At most ${MOST_DAYS} days at once.`);
  return { from: first, until };
}
