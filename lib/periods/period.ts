import { AppError } from "@/lib/errors.ts";
import type { ExactMicros } from "@/lib/money.ts";
import { addDays, dayOfKey, type Instant } from "@/lib/time.ts";
import { type BillingCalendar, cutPeriod, periodOfDay } from "./calendar.ts";
import type { BillingPeriod, PeriodState } from "./types.ts";

/** An open item that somebody let pass, and why: printed on every statement of the period. */
export interface Override {
  readonly item: string;
  readonly reason: string;
  readonly by: string;
  /** The item in words, as it was when it was let pass. Absent where an earlier version closed. */
  readonly title?: string | undefined;
  readonly detail?: string | undefined;
}

/** A closed period as it was written. */
export interface ClosedPeriod {
  readonly periodId: string;
  /** 1, 2, 3 …: its place in the chain. */
  readonly sequence: number;
  readonly fromDay: number;
  readonly untilDay: number;
  readonly closedBy: string;
  readonly closedAt: Instant;
  readonly currency: string;
  readonly billingTimeZone: string;
  readonly totalMicros: ExactMicros;
  readonly overrides: readonly Override[];
  readonly hash: string;
  readonly previousHash: string;
}

export interface PeriodView {
  readonly period: BillingPeriod;
  readonly state: PeriodState;
  readonly close: ClosedPeriod | null;
  /** From here on it can be closed without an override of the grace days. */
  readonly graceUntil: Instant;
}

interface Known {
  readonly calendar: BillingCalendar;
  readonly graceDays: number;
  readonly closes: readonly ClosedPeriod[];
  /** The first day that anything is known of; null: nothing is. */
  readonly firstDay: number | null;
  readonly today: number;
  readonly now: Instant;
}

/**
 * Every billing period from the first day on up to today's, oldest first, without hole or overlap. What is closed stays as
 * it was closed; where the calendar was changed since, a period begins where the last closed one ended.
 */
export function listPeriods({ calendar, graceDays, closes, firstDay, today, now }: Known): PeriodView[] {
  const closed = [...closes].sort((a, b) => a.fromDay - b.fromDay);
  const first = Math.min(firstDay ?? Number.POSITIVE_INFINITY, closed[0]?.fromDay ?? Number.POSITIVE_INFINITY);
  if (!Number.isFinite(first)) return [];
  const out: PeriodView[] = [];
  let day = closed.some((c) => c.fromDay === first) ? first : periodOfDay(first, calendar).fromDay;
  while (day <= today) {
    const close = closed.find((c) => c.fromDay <= day && day < c.untilDay) ?? null;
    const period = close ? closedPeriod(close, calendar) : openPeriod(day, closed, calendar);
    const state = close ? "closed" : now >= period.end ? "draft" : "open";
    const graceUntil = dayOfKey(addDays(period.untilDay, graceDays), calendar.zone).start;
    out.push({ period, state, close, graceUntil });
    day = period.untilDay;
  }
  return out;
}

function closedPeriod({ periodId, fromDay, untilDay }: ClosedPeriod, calendar: BillingCalendar): BillingPeriod {
  const { fiscalYear } = periodOfDay(fromDay, calendar);
  const [start, end] = [dayOfKey(fromDay, calendar.zone).start, dayOfKey(untilDay, calendar.zone).start];
  return { id: periodId, fiscalYear, fromDay, untilDay, start, end };
}

function openPeriod(day: number, closed: readonly ClosedPeriod[], calendar: BillingCalendar): BillingPeriod {
  const whole = periodOfDay(day, calendar);
  const period = day > whole.fromDay ? cutPeriod(whole, day, calendar) : whole;
  const next = closed.find((c) => c.fromDay > day);
  if (!next || next.fromDay >= period.untilDay) return period;
  return { ...period, untilDay: next.fromDay, end: dayOfKey(next.fromDay, calendar.zone).start };
}

/** The period of an id. @throws AppError `not_found` that names those there are. */
export function needPeriod(list: readonly PeriodView[], id: string): PeriodView {
  const found = list.find((p) => p.period.id === id);
  if (found) return found;
  const [first, last] = [list[0], list.at(-1)];
  const known = first && last ? `There are ${first.period.id} to ${last.period.id}.` : "Nothing is metered yet.";
  throw new AppError("not_found", `There is no billing period "${id}". ${known}`);
}

/** The earliest period that is over and not closed. */
export const nextToClose = (list: readonly PeriodView[]): PeriodView | null =>
  list.find((p) => p.state === "draft") ?? null;

/** Whether what closed periods would come to now is booked in this one: the first open one after the last closed. */
export function booksCorrections(list: readonly PeriodView[], { period, close }: PeriodView): boolean {
  const last = Math.max(...list.flatMap((p) => (p.close ? [p.close.untilDay] : [])));
  return close === null && period.fromDay === last;
}

/** Every day of a period, in order. */
export function daysIn({ fromDay, untilDay }: Pick<BillingPeriod, "fromDay" | "untilDay">): number[] {
  const out: number[] = [];
  for (let day = fromDay; day < untilDay; day = addDays(day, 1)) out.push(day);
  return out;
}
