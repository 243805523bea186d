import { holdsOn } from "@/lib/dated.ts";
import { bandOf, type Expected } from "@/lib/forecast/band.ts";
import { type Forecast, isForecast, type TooLittle } from "@/lib/forecast/forecast.ts";
import { addExactly, type ExactMicros, exactMicros } from "@/lib/money.ts";
import { addDays, daysBetween } from "@/lib/time.ts";
import { type Ahead, type Breach, breachOf, LIKELY_CHANCE } from "./breach.ts";
import type { CalendarSpan } from "./spans.ts";
import { statusOf } from "./status.ts";
import type { Budget, BudgetStatus, PlannedEvent } from "./types.ts";

/** A day's cost of a scope, in micro-units. */
export interface CostDay {
  readonly day: number;
  /** What usage and policies come to: what forecasts learn from. */
  readonly flowMicros: number;
  /** Imported cost and what is booked of closed periods: known, and never extrapolated. Future days may have some. */
  readonly fixedMicros: number;
  /** Over, charged, and covered well enough to learn from. */
  readonly isComplete: boolean;
}

/** One day of an outlook, totals from the start of the period on. */
export interface OutlookDay extends Ahead {
  readonly lower80: number;
  readonly upper80: number;
}

/** How a period of a scope stands and is expected to end; micro-units. Numbers are what pages round and compare; `exact` is for files. */
export interface Outlook {
  readonly span: CalendarSpan;
  /** Spent up to now, today so far included. */
  readonly spentMicros: number;
  /** Totals at the end of each day that is over, from the first day of the period that the ledger knows. */
  readonly past: readonly { readonly day: number; readonly micros: number; readonly exact: ExactMicros }[];
  /** What a day has cost on average, of the last seven of the period that are over; null: none is. */
  readonly burnMicros: number | null;
  readonly daysOver: number;
  readonly days: number;
  /** Days to come, today first where it is not over; empty: the period is over, or there is no forecast. */
  readonly ahead: readonly OutlookDay[];
  /** Of the days to come, what is known already: imported cost of future days. */
  readonly committedMicros: number;
  readonly exact: { readonly spentMicros: ExactMicros; readonly committedMicros: ExactMicros };
  readonly events: readonly PlannedEvent[];
  /** The end of the period; null: too little data. */
  readonly end: Expected | null;
  readonly forecast: Forecast | TooLittle | null;
}

/** A budget against an outlook. */
export interface BudgetOutlook {
  readonly budget: Budget;
  /** With what was carried over; micro-units. */
  readonly totalMicros: number;
  readonly carriedMicros: number;
  readonly leftMicros: number;
  readonly usedPercent: number | null;
  readonly status: BudgetStatus;
  /** Null: there is no forecast. */
  readonly breach: Breach | null;
  /** The day on which it was passed; null: it was not. */
  readonly passedOn: number | null;
  /** Days from today to the middle day of the breach, where a breach is more likely than not; 0: today, or it is used up. Null: it lasts. */
  readonly daysLeft: number | null;
}

/** By how much planned events multiply a day's cost, and what they add. */
function effectOf(day: number, events: readonly PlannedEvent[]): { readonly factor: number; readonly added: number } {
  let [factor, added] = [1, 0];
  for (const event of events)
    if (holdsOn(event, day)) {
      factor *= 1 + event.changePercent / 100;
      added = addExactly(added, event.perDayMicros);
    }
  return { factor, added };
}

/** What planned events make of a day's forecast. */
export function withEvents(micros: number, day: number, events: readonly PlannedEvent[]): number {
  const { factor, added } = effectOf(day, events);
  return Math.max(0, micros * factor + added);
}

/**
 * What a day of the past would have come to without planned events: what forecasts learn from, so that an event that lasts is not
 * counted twice. Null: an event left nothing of it, and so says nothing of days without.
 */
export function withoutEvents(micros: number, day: number, events: readonly PlannedEvent[]): number | null {
  const { factor, added } = effectOf(day, events);
  return factor > 0 ? (micros - added) / factor : null;
}

export interface OutlookInput {
  readonly span: CalendarSpan;
  /** Day key of today. */
  readonly today: number;
  /** Days of the period in order, from the first that the ledger knows; those to come may be missing. */
  readonly days: readonly CostDay[];
  /** The last day of the history that the forecast was made from. */
  readonly throughDay: number;
  readonly forecast: Forecast | TooLittle | null;
  readonly events: readonly PlannedEvent[];
}

/** How a period stands and ends: what is spent, and for each day to come what is expected, with planned events and known cost. */
export function outlookOf(input: OutlookInput): Outlook {
  const { span, today, forecast, events } = input;
  const byDay = new Map(input.days.map((d) => [d.day, d]));
  const through = Math.max(input.throughDay, addDays(span.fromDay, -1));
  const past: { day: number; micros: number; exact: ExactMicros }[] = [];
  let [sumOver, sumSpent] = [0n, 0n];
  for (const { day, flowMicros, fixedMicros } of input.days) {
    if (day > today) break;
    const cost = BigInt(flowMicros) + BigInt(fixedMicros);
    sumSpent += cost;
    if (day > through) continue;
    sumOver += cost;
    past.push({ day, micros: Number(sumOver), exact: exactMicros(sumOver) });
  }
  const spent = Number(sumSpent);
  // From here on it is what is expected: no exact amount.
  let total = Number(sumOver);
  const known = forecast && isForecast(forecast) ? forecast : null;
  const ahead: OutlookDay[] = [];
  let committed = 0n;
  // Where an event makes cost smaller, so is what is uncertain about it.
  let [unchanged, multiplied] = [0, 0];
  for (let day = addDays(through, 1); known && day < span.untilDay; day = addDays(day, 1)) {
    const i = daysBetween(input.throughDay, day) - 1;
    const { flowMicros = 0, fixedMicros = 0 } = byDay.get(day) ?? {};
    // What a day has come to already is the least that it will.
    const expected = known.days[i]?.expected ?? 0;
    const likely = Math.max(withEvents(expected, day, events), flowMicros);
    total += likely + fixedMicros;
    if (day > today) committed += BigInt(fixedMicros);
    const start = daysBetween(input.throughDay, addDays(through, 1)) - 1;
    unchanged += expected;
    multiplied += expected * effectOf(day, events).factor;
    const deviation = deviationBetween(known, start, i) * (unchanged > 0 ? multiplied / unchanged : 1);
    ahead.push({ day, deviation, ...bandOf(total, deviation, 1, Math.min(total, spent)) });
  }
  const over = Math.max(0, Math.min(daysBetween(span.fromDay, today), daysBetween(span.fromDay, span.untilDay)));
  const last = ahead.at(-1);
  return {
    span,
    spentMicros: spent,
    past,
    burnMicros: burnOf(past),
    daysOver: over,
    days: daysBetween(span.fromDay, span.untilDay),
    ahead,
    committedMicros: Number(committed),
    exact: { spentMicros: exactMicros(sumSpent), committedMicros: exactMicros(committed) },
    events: events.filter((e) => e.fromDay < span.untilDay && (e.untilDay === null || e.untilDay > span.fromDay)),
    end: through >= addDays(span.untilDay, -1) ? { expected: total, lower80: total, upper80: total } : (last ?? null),
    forecast,
  };
}

const BURN_DAYS = 7;

function burnOf(past: Outlook["past"]): number | null {
  const last = past.at(-1);
  const before = past.at(-1 - BURN_DAYS)?.micros ?? 0;
  return last ? Math.round((last.micros - before) / Math.min(BURN_DAYS, past.length)) : null;
}

/** Deviation of the sum of the days `first … last` of a forecast; those before `first` are in no sum. */
const deviationBetween = ({ sumDeviations }: Forecast, first: number, last: number): number =>
  // Days that are skipped move the level: the last part of the sum is at least as uncertain as the whole less the start.
  Math.max(
    sumDeviations[last - first] ?? 0,
    (sumDeviations[last] ?? 0) - (first > 0 ? (sumDeviations[first - 1] ?? 0) : 0),
  );

/** A budget against how its period stands. @param carriedMicros from spans before (amounts.ts). */
export function budgetOutlook(
  outlook: Outlook,
  budget: Budget,
  amountMicros: number,
  carriedMicros: number,
  today: number,
): BudgetOutlook {
  const totalMicros = addExactly(amountMicros, carriedMicros);
  const { spentMicros, ahead, daysOver, days, end } = outlook;
  const isOver = today >= outlook.span.untilDay;
  const isPassed = spentMicros > totalMicros;
  const breach = isOver || isPassed || end === null ? null : breachOf(ahead, totalMicros);
  const lastDay = addDays(outlook.span.untilDay, -1);
  const usedUpOn = breach && breach.chance >= LIKELY_CHANCE ? breach.middleDay : null;
  return {
    budget,
    totalMicros,
    carriedMicros,
    leftMicros: totalMicros - spentMicros,
    usedPercent: totalMicros > 0 ? (100 * spentMicros) / totalMicros : null,
    status: statusOf({
      budgetMicros: totalMicros,
      spentMicros,
      daysOver,
      days,
      chance: breach?.chance ?? null,
      thresholds: budget,
    }),
    breach,
    passedOn: isPassed ? (outlook.past.find((p) => p.micros > totalMicros)?.day ?? Math.min(today, lastDay)) : null,
    daysLeft: isPassed ? 0 : usedUpOn !== null ? Math.max(0, daysBetween(today, usedUpOn)) : null,
  };
}
