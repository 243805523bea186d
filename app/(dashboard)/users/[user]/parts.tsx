import { Figure } from "@/components/charts/figure.tsx";
import type { BarRow, BarSeries } from "@/components/charts/series.ts";
import { SeriesLegend } from "@/components/charts/series-legend.tsx";
import { StackedBars } from "@/components/charts/stacked-bars.tsx";
import { formatDay, formatMoney, formatNumber, formatPercent } from "@/components/format.ts";
import { href, type Params } from "@/components/href.ts";
import { Kpis } from "@/components/kpis.tsx";
import { Money } from "@/components/money.tsx";
import { Section } from "@/components/page-header.tsx";
import { GpuHours, Percent } from "@/components/quantity.tsx";
import { gpuHours, moneyIn, text } from "@/components/tables/columns.ts";
import type { TableColumn } from "@/components/tables/view.ts";
import { IDLE, sumClasses, WORKING } from "@/lib/classes.ts";
import type { UserCost, UserDay, UserPage, UserPart } from "@/lib/pages/users.ts";
import { dateOfKey } from "@/lib/time.ts";
import { percentOf } from "@/lib/units.ts";

/** The user's period at a glance; how GPUs were used only for people who see it. */
export function UserKpis({ page, days }: { page: UserPage; days: unknown }) {
  const { sums, currency, work } = page;
  const why = days ? "Not known: no price is in force, or its days are not charged yet" : "Cost is kept by whole days";
  const charged = sums.workloads > 0;
  const usage = work && [
    {
      label: "Now",
      value: (
        <Money headline micros={work.hourMicros} currency={currency} why="Nothing is held now, or it has no price" />
      ),
      note: "an hour, at the price in force",
    },
    {
      label: "Idle while allocated",
      value: <GpuHours milli={sumClasses(work.total.classes, IDLE)} />,
      unit: "GPU-h",
      note: `${formatPercent(percentOf(sumClasses(work.total.classes, IDLE), work.total.allocatedMilli))} of allocated`,
    },
    {
      label: "Efficiency",
      value: (
        <Percent
          value={percentOf(sumClasses(work.total.classes, WORKING), work.total.allocatedMilli)}
          why="Active and inefficient time of what was held"
        />
      ),
      note: `coverage ${formatPercent(work.total.coveragePercent)}`,
    },
  ];
  return (
    <Kpis
      items={[
        {
          label: "Cost",
          value: <Money headline micros={charged ? sums.micros : null} currency={currency} why={why} />,
          note: `${formatNumber(sums.workloads)} workloads`,
        },
        {
          label: "Idle cost",
          value: <Money headline micros={charged ? sums.idleMicros : null} currency={currency} why={why} />,
          note: `${formatPercent(percentOf(sums.idleMicros, sums.micros))} of the cost`,
        },
        { label: "Charged", value: <GpuHours milli={sums.gpuMilli} />, unit: "GPU-h", note: "of GPU time" },
        ...(usage ?? []),
      ]}
    />
  );
}

const SERIES: readonly BarSeries[] = [
  { key: "used", label: "Not idle", paint: "var(--rank-1)" },
  { key: "idle", label: "Idle", paint: "var(--warn)" },
];

/** Cost by day, with what was idle on top. */
export function CostByDay({ page, params }: { page: UserPage; params: Params }) {
  const { days, currency, user } = page;
  const [first] = days;
  if (!first || days.length < 2) return null;
  const peak = days.reduce<UserDay>((best, d) => (d.micros > best.micros ? d : best), first);
  const money = (micros: number) => formatMoney(micros, currency);
  return (
    <Section title="Cost by day" note={currency}>
      <Figure
        summary={`The largest day is ${formatDay(peak.day)}: ${money(peak.micros)}, ${money(peak.idleMicros)} of it idle.`}
        legend={<SeriesLegend series={SERIES} />}
        twin={{ name: "days", path: `/users/${encodeURIComponent(user)}`, params }}
        columns={["Day", "Not idle", "Idle", "Together"]}
        rows={() =>
          days.map((d) => [formatDay(d.day), money(d.micros - d.idleMicros), money(d.idleMicros), money(d.micros)])
        }
      >
        <StackedBars
          rows={days.map(
            (d): BarRow => ({
              label: dateOfKey(d.day),
              ...{ used: (d.micros - d.idleMicros) / 1e6, idle: d.idleMicros / 1e6 },
            }),
          )}
          series={SERIES}
          unit={currency}
          height={180}
          decimals={2}
        />
      </Figure>
    </Section>
  );
}

const sums = <R extends UserPart | UserCost>(currency: string): readonly TableColumn<R>[] => [
  gpuHours<R>("hours", "GPU-hours", (r) => r.gpuMilli),
  moneyIn(currency)<R>("cost", "Cost", (r) => r.micros, { lead: true }),
  moneyIn(currency)<R>("idle", "Idle cost", (r) => r.idleMicros, {
    toneOf: (r) => (r.idleMicros > 0.3 * r.micros ? "warn" : undefined),
  }),
];

export const partColumns = (
  currency: string,
  label: string,
  to: (key: number) => string | null,
): readonly TableColumn<UserPart>[] => [
  text("name", label, (p) => p.name, { look: ["cut"], link: (p) => to(p.key) }),
  ...sums<UserPart>(currency),
];

export const costColumns = (currency: string, open: boolean): readonly TableColumn<UserCost>[] => [
  text("name", "Workload", (w) => w.name, {
    look: ["cut"],
    link: (w, { carry }) => (open ? href(`/workloads/${w.key}`, carry) : null),
    note: (w) => w.project,
  }),
  ...sums<UserCost>(currency),
];
