import { labelText } from "@/components/charts/axis.ts";
import { Figure } from "@/components/charts/figure.tsx";
import { Lines } from "@/components/charts/lines.tsx";
import type { LineSeries } from "@/components/charts/series.ts";
import { SeriesLegend } from "@/components/charts/series-legend.tsx";
import type { Params } from "@/components/href.ts";
import { Section } from "@/components/page-header.tsx";
import { dateOfKey } from "@/lib/time.ts";
import { perText } from "@/lib/unit-costs/types.ts";
import { unitMicros } from "@/lib/unit-costs/unit-cost.ts";
import type { UnitView } from "@/lib/unit-costs/unit-views.ts";
import { countText, unitMoney } from "../words.ts";

const SERIES: readonly LineSeries[] = [
  { key: "allocation", label: "Everything charged", paint: "var(--rank-1)" },
  { key: "usage", label: "Time in which cards worked", paint: "var(--rank-2)" },
];
const LIMITS = [
  { key: "target", label: "Target", paint: "var(--rank-3)", dashed: true },
  { key: "threshold", label: "Threshold", paint: "var(--rank-4)", dashed: true },
] as const;

/** The unit cost of each day on both bases; a day that is unknown breaks the line. */
export function UnitChart({ view, currency, params }: { view: UnitView; currency: string; params: Params }) {
  const { unit, days } = view;
  const limits = LIMITS.filter(({ key }) => unit[`${key}Micros`] !== null);
  const series: readonly LineSeries[] = [...SERIES, ...limits];
  const whole = (micros: number | null) => (micros === null ? null : micros / 1e6);
  const rows = days.map((d) => ({
    label: dateOfKey(d.day),
    allocation: whole(unitMicros(d.allocationMicros, d.countMilli, unit.per)),
    usage: whole(unitMicros(d.usageMicros, d.countMilli, unit.per)),
    ...Object.fromEntries(limits.map(({ key }) => [key, whole(unit[`${key}Micros`])])),
  }));
  const known = rows.filter((row) => row.allocation !== null);
  const money = (value: number | null) => (value === null ? null : unitMoney(Math.round(value * 1e6), currency));
  const dearest = known.reduce<(typeof rows)[number] | undefined>(
    (best, row) => (best === undefined || (row.allocation ?? 0) > (best.allocation ?? 0) ? row : best),
    undefined,
  );
  const summary = dearest
    ? `${known.length} of ${rows.length} days are known. The dearest is ${labelText(dearest.label)}: ${money(dearest.allocation)} per ${perText(unit)}.`
    : `None of ${rows.length} days is known.`;
  return (
    <Section title={`Cost per ${perText(unit)}`} note="by day">
      <Figure
        summary={summary}
        legend={<SeriesLegend series={series} lines />}
        twin={{ name: "unit-cost", path: `/units/${unit.key}`, params }}
        columns={["Day", "Everything charged", "Time in which cards worked", "Counted"]}
        rows={() =>
          rows.map((row, i) => {
            const counted = days[i]?.countMilli ?? null;
            return [
              labelText(row.label),
              money(row.allocation),
              money(row.usage),
              counted === null ? null : countText(counted),
            ];
          })
        }
      >
        <Lines rows={rows} series={series} unit={currency} decimals={6} />
      </Figure>
    </Section>
  );
}
