import { dateOf, type Interval } from "@/lib/time.ts";
import { formatDate, formatDay } from "./format.ts";
import { PeriodPicker } from "./period-picker.tsx";

interface Input {
  readonly period: Interval & { readonly label: string };
  /** The zone of days and months. */
  readonly billingZone: string;
  /** Months or fiscal periods to choose from, the newest first. */
  readonly recentPeriods: readonly string[];
}

/** A month as a month to read: `2026-11` → `Nov 2026`; other names, such as those of fiscal periods, stay. */
const periodText = (id: string): string =>
  /^\d{4}-\d{2}$/.test(id) ? formatDay(Number(`${id.replace("-", "")}01`), "month") : id;

/** The period picker of a page, with the period that the server read from the address. */
export function PeriodControl({ input: { period, billingZone, recentPeriods } }: { input: Input }) {
  const first = dateOf(period.start, billingZone);
  const last = dateOf(period.end - 1, billingZone);
  const range = first === last ? formatDate(first) : `${formatDate(first)} – ${formatDate(last)}`;
  const isNamed = !period.label.includes(" to ");
  return (
    <>
      <PeriodPicker
        label={isNamed ? periodText(period.label) : range}
        range={isNamed ? range : ""}
        zone={billingZone}
        firstDay={first}
        lastDay={last}
        recent={recentPeriods.map((id) => ({ id, text: periodText(id) }))}
      />
      <span className="print-only text-sm">
        {range} ({billingZone})
      </span>
    </>
  );
}
