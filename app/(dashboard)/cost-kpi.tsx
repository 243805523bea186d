import { Explain, type Explained } from "@/components/explain.tsx";
import { formatMoney } from "@/components/format.ts";
import type { Kpi } from "@/components/kpis.tsx";
import { Money } from "@/components/money.tsx";
import type { Cost } from "@/lib/pages/cost.ts";

/** What the subject of a page cost, leading to its explanation; no figure where nothing is charged. */
export function costKpis(cost: Cost | null, of: Pick<Explained, "project" | "workload"> | null): readonly Kpi[] {
  if (!cost) return [];
  const { currency, days, micros, idleMicros, hourMicros } = cost;
  const amount = <Money micros={micros} currency={currency} />;
  return [
    {
      label: "Cost",
      value: of ? <Explain of={{ fromDay: days.from, untilDay: days.until, ...of }}>{amount}</Explain> : amount,
      note: [
        idleMicros > 0 ? `${formatMoney(idleMicros, currency)} of it idle` : "none of it idle",
        hourMicros === null ? "" : `${formatMoney(hourMicros, currency)} an hour now`,
      ]
        .filter(Boolean)
        .join(", "),
    },
  ];
}
