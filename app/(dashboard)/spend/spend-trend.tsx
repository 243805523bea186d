import { Switch } from "@/app/(dashboard)/trend.tsx";
import { Figure } from "@/components/charts/figure.tsx";
import { type BarRow, type BarSeries, StackedBars } from "@/components/charts/stacked-bars.tsx";
import { formatMoney } from "@/components/format.ts";
import { href, type Params } from "@/components/href.ts";
import { Section } from "@/components/page-header.tsx";
import type { SpendPoint, SpendView } from "@/lib/pages/spend.ts";
import { GRAINS, type Grain } from "@/lib/reports/cost/cost-trend.ts";
import { dateOfKey } from "@/lib/time.ts";

const RANKS = 6;
const NAMES: Readonly<Record<Grain, string>> = { day: "Day", week: "Week", month: "Month" };

const labelOf = ({ fromDay }: SpendPoint, grain: Grain): string =>
  grain === "month" ? dateOfKey(fromDay).slice(0, 7) : dateOfKey(fromDay);

/** Spend over time by the dearest teams, and of the rest together. */
export function SpendTrend({ view, grain, params }: { view: SpendView; grain: Grain; params: Params }) {
  const { points, currency } = view;
  if (points.length === 0) return null;
  const top = view.teams.slice(0, RANKS);
  const rest = view.teams.slice(RANKS);
  const series: BarSeries[] = top.map((t, i) => ({ key: `t${t.key}`, label: t.name, paint: `var(--rank-${i + 1})` }));
  if (rest.length) series.push({ key: "rest", label: `${rest.length} more`, paint: "var(--rank-rest)" });
  const micros = points.map((p) => ({
    label: labelOf(p, grain),
    total: Object.values(p.teams).reduce((sum, m) => sum + m, 0),
    values: [
      ...top.map((t) => p.teams[t.key] ?? 0),
      ...(rest.length ? [rest.reduce((sum, t) => sum + (p.teams[t.key] ?? 0), 0)] : []),
    ],
  }));
  const rows = micros.map(
    (m): BarRow => ({
      label: m.label,
      ...Object.fromEntries(series.map((s, i) => [s.key, (m.values[i] ?? 0) / 1e6])),
    }),
  );
  const peak = micros.reduce((best, m) => (m.total > best.total ? m : best));
  return (
    <Section
      title="Over time"
      note={`${currency} per ${grain}`}
      controls={
        <Switch
          label="By"
          options={GRAINS.map((g) => ({
            label: NAMES[g],
            href: href("/spend", params, { grain: g }),
            active: g === grain,
          }))}
        />
      }
    >
      <Figure
        summary={`Most was spent in the ${grain} of ${peak.label}: ${formatMoney(peak.total, currency)}.`}
        legend={<Legend series={series} />}
        columns={[
          { label: NAMES[grain] },
          ...series.map((s) => ({ label: s.label, right: true })),
          { label: "Together", right: true },
        ]}
        rows={micros.map((m) => [
          m.label,
          ...m.values.map((v) => formatMoney(v, currency)),
          formatMoney(m.total, currency),
        ])}
      >
        <StackedBars rows={rows} series={series} unit={currency} decimals={2} />
      </Figure>
    </Section>
  );
}

function Legend({ series }: { series: readonly BarSeries[] }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-soft">
      {series.map((s) => (
        <li key={s.key} className="flex items-center gap-1.5">
          <span aria-hidden="true" className="size-2.5 rounded-[3px]" style={{ backgroundColor: s.paint }} />
          {s.label}
        </li>
      ))}
    </ul>
  );
}
