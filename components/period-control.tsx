import { dateOf, type Interval } from "@/lib/time.ts";
import { PeriodPicker } from "./period-picker.tsx";

interface Input {
  readonly period: Interval & { readonly label: string };
  /** The zone of days and months. */
  readonly billingZone: string;
  /** Months or fiscal periods to choose from, the newest first. */
  readonly recentPeriods: readonly string[];
}

/** The period picker of a page, with the period that the server read from the address. */
export function PeriodControl({ input: { period, billingZone, recentPeriods } }: { input: Input }) {
  const first = dateOf(period.start, billingZone);
  const last = dateOf(period.end - 1, billingZone);
  const short = (date: string) =>
    new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" }).format(
      new Date(`${date}T00:00:00Z`),
    );
  const range = first === last ? short(first) : `${short(first)} – ${short(last)}`;
  const chosen = period.label.includes(" to ") ? `${first} – ${last}` : period.label;
  return (
    <>
      <PeriodPicker
        label={chosen}
        range={chosen === `${first} – ${last}` ? "" : range}
        zone={billingZone}
        firstDay={first}
        lastDay={last}
        recent={recentPeriods}
      />
      <span className="print-only text-sm">
        {first === last ? first : `${first} to ${last}`} ({billingZone})
      </span>
    </>
  );
}
