import { dateOf, type Interval } from "@/lib/time.ts";
import { PeriodPicker } from "./period-picker.tsx";

/** The period picker of a page, told what the server made of the address. */
export function PeriodControl({ period, zone }: { period: Interval & { readonly label: string }; zone: string }) {
  const first = dateOf(period.start, zone);
  const last = dateOf(period.end - 1, zone);
  const short = (date: string) =>
    new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" }).format(
      new Date(`${date}T00:00:00Z`),
    );
  const range = first === last ? short(first) : `${short(first)} – ${short(last)}`;
  const chosen = period.label.includes(" to ") ? `${first} – ${last}` : period.label;
  return (
    <PeriodPicker
      label={chosen}
      range={chosen === `${first} – ${last}` ? "" : range}
      zone={zone}
      firstDay={first}
      lastDay={last}
    />
  );
}
