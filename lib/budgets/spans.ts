import { type BillingCalendar, nextPeriod, periodOfDay, previousPeriod } from "@/lib/periods/calendar.ts";
import type { BillingPeriod } from "@/lib/periods/types.ts";
import { addDays } from "@/lib/time.ts";
import type { BudgetSpan } from "./types.ts";

/** A month, quarter or year of the billing calendar: whole days, half-open. */
export interface CalendarSpan {
  /** `2026-12`, `FY2026-P12`, `FY2026-Q4` or `FY2026`. */
  readonly id: string;
  readonly kind: BudgetSpan;
  readonly fiscalYear: number;
  readonly fromDay: number;
  readonly untilDay: number;
}

const LENGTH: Readonly<Record<BudgetSpan, number>> = { month: 1, quarter: 3, year: 12 };

/** Place of a billing period in its fiscal year, from 0. */
function placeInYear({ id }: BillingPeriod, { kind, fiscalYearStart }: BillingCalendar): number {
  const part = Number(id.slice(-2)) - 1;
  return kind === "month" ? (part - (fiscalYearStart - 1) + 12) % 12 : part;
}

/** The span that a day is in. @param day key of the billing time zone. */
export function spanOfDay(day: number, span: BudgetSpan, calendar: BillingCalendar): CalendarSpan {
  const own = periodOfDay(day, calendar);
  const count = LENGTH[span];
  const place = placeInYear(own, calendar);
  let first = own;
  for (let i = place % count; i > 0; i--) first = previousPeriod(first, calendar);
  let last = own;
  for (let i = (place % count) + 1; i < count; i++) last = nextPeriod(last, calendar);
  const { fiscalYear } = own;
  const ids = { month: own.id, quarter: `FY${fiscalYear}-Q${Math.floor(place / 3) + 1}`, year: `FY${fiscalYear}` };
  return { id: ids[span], kind: span, fiscalYear, fromDay: first.fromDay, untilDay: last.untilDay };
}

/** The span before another. */
export const spanBefore = ({ fromDay }: CalendarSpan, span: BudgetSpan, calendar: BillingCalendar): CalendarSpan =>
  spanOfDay(addDays(fromDay, -1), span, calendar);

/** Every span that has a day of `[fromDay, untilDay)`, in order; without hole or overlap. */
export function spansOver(
  { fromDay, untilDay }: { readonly fromDay: number; readonly untilDay: number },
  span: BudgetSpan,
  calendar: BillingCalendar,
): CalendarSpan[] {
  const out: CalendarSpan[] = [];
  for (let day = fromDay; day < untilDay; ) {
    const next = spanOfDay(day, span, calendar);
    out.push(next);
    day = next.untilDay;
  }
  return out;
}
