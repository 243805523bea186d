import { Temporal } from "temporal-polyfill";
import { AppError } from "@/lib/errors.ts";
import { addDays, dateOf, dayKey, dayOfKey, type Instant } from "@/lib/time.ts";
import type { BillingPeriod } from "./types.ts";

/** How billing periods are cut: settings of the ledger (docs/close.md). */
export interface BillingCalendar {
  readonly kind: "month" | "4-4-5";
  /** Month, 1 to 12, in which a fiscal year starts. */
  readonly fiscalYearStart: number;
  /** The billing time zone: whose midnights are the periods' edges. */
  readonly zone: string;
}

const PERIODS = 12;
const MONDAY = 1;
const MONTH = /^(\d{4})-(0[1-9]|1[0-2])$/;
const FISCAL = /^FY(\d{4})-P(0[1-9]|1[0-2])$/;

/** The billing period that a day is in. @param day key `YYYYMMDD` of the billing time zone. */
export function periodOfDay(day: number, calendar: BillingCalendar): BillingPeriod {
  const [year, month] = [Math.floor(day / 10_000), Math.floor(day / 100) % 100];
  if (calendar.kind === "month") return monthPeriod(year, month, calendar);
  // A fiscal year of weeks can begin up to three days before or after its month does.
  for (const fiscalYear of [year + 2, year + 1, year, year - 1])
    if (day >= startOfYear(fiscalYear, calendar))
      for (let index = PERIODS; index > 0; index--) {
        const period = weeksPeriod(fiscalYear, index, calendar);
        if (day >= period.fromDay) return period;
      }
  throw new AppError("internal", `Day ${day} is in no fiscal year.`);
}

/** The billing period that an instant is in. */
export const periodOfInstant = (instant: Instant, calendar: BillingCalendar): BillingPeriod =>
  periodOfDay(dayKey(dateOf(instant, calendar.zone)), calendar);

/** The period of an id as this calendar writes it. @throws AppError `invalid` naming the form. */
export function periodOfId(id: string, calendar: BillingCalendar): BillingPeriod {
  const [form, example] = calendar.kind === "month" ? [MONTH, "2026-10"] : [FISCAL, "FY2026-P10"];
  const [, year, part] = form.exec(id) ?? [];
  if (!year || !part)
    throw new AppError("invalid", `"${id}" is not a billing period: write it as, for example, ${example}.`);
  return calendar.kind === "month"
    ? monthPeriod(Number(year), Number(part), calendar)
    : weeksPeriod(Number(year), Number(part), calendar);
}

export const nextPeriod = (period: BillingPeriod, calendar: BillingCalendar): BillingPeriod =>
  periodOfDay(period.untilDay, calendar);
export const previousPeriod = (period: BillingPeriod, calendar: BillingCalendar): BillingPeriod =>
  periodOfDay(addDays(period.fromDay, -1), calendar);

/** A period between other edges: what is left of it where a change of the calendar cut it. */
export function cutPeriod(period: BillingPeriod, fromDay: number, calendar: BillingCalendar): BillingPeriod {
  return { ...period, fromDay, start: dayOfKey(fromDay, calendar.zone).start };
}

/** A fiscal year has the number of the calendar year in which its last month lies. */
const fiscalYearOf = (year: number, month: number, start: number): number =>
  start > 1 && month >= start ? year + 1 : year;

function monthPeriod(year: number, month: number, calendar: BillingCalendar): BillingPeriod {
  const first = Temporal.PlainDate.from({ year, month, day: 1 });
  const id = first.toString().slice(0, 7);
  return between(id, fiscalYearOf(year, month, calendar.fiscalYearStart), first, first.add({ months: 1 }), calendar);
}

/** The Monday nearest to the first of the month in which the fiscal year starts. */
function firstMonday(fiscalYear: number, { fiscalYearStart }: BillingCalendar): Temporal.PlainDate {
  const year = fiscalYearStart > 1 ? fiscalYear - 1 : fiscalYear;
  const first = Temporal.PlainDate.from({ year, month: fiscalYearStart, day: 1 });
  const past = first.dayOfWeek - MONDAY;
  return first.add({ days: past <= 3 ? -past : 7 - past });
}

const startOfYear = (fiscalYear: number, calendar: BillingCalendar): number =>
  dayKey(firstMonday(fiscalYear, calendar).toString());

/** Quarters of 4, 4 and 5 weeks; the twelfth period runs up to the next year, six weeks in a year of 53. */
function weeksPeriod(fiscalYear: number, index: number, calendar: BillingCalendar): BillingPeriod {
  const year = firstMonday(fiscalYear, calendar);
  const weeksBefore = Math.floor((index - 1) / 3) * 13 + ((index - 1) % 3) * 4;
  const from = year.add({ weeks: weeksBefore });
  const until =
    index === PERIODS ? firstMonday(fiscalYear + 1, calendar) : from.add({ weeks: index % 3 === 0 ? 5 : 4 });
  return between(`FY${fiscalYear}-P${String(index).padStart(2, "0")}`, fiscalYear, from, until, calendar);
}

function between(
  id: string,
  fiscalYear: number,
  from: Temporal.PlainDate,
  until: Temporal.PlainDate,
  { zone }: BillingCalendar,
): BillingPeriod {
  const [fromDay, untilDay] = [dayKey(from.toString()), dayKey(until.toString())];
  const [start, end] = [dayOfKey(fromDay, zone).start, dayOfKey(untilDay, zone).start];
  return { id, fiscalYear, fromDay, untilDay, start, end };
}
