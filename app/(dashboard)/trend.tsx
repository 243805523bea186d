import Link from "next/link";
import { Figure } from "@/components/charts/figure.tsx";
import { Lines } from "@/components/charts/lines.tsx";
import { type BarRow, type BarSeries, StackedBars } from "@/components/charts/stacked-bars.tsx";
import { ClassLegend } from "@/components/class-bar.tsx";
import { CLASS_ORDER, classLabel, classPaint } from "@/components/classes.ts";
import { formatGpuHours, formatPercent } from "@/components/format.ts";
import { href, type Params } from "@/components/href.ts";
import { Section } from "@/components/page-header.tsx";
import type { Overview } from "@/lib/pages/overview.ts";
import { spanUnit } from "@/lib/pages/spans.ts";
import type { TrendPoint } from "@/lib/pages/types.ts";
import type { Interval } from "@/lib/time.ts";
import { gpuHours, percentOf } from "@/lib/units.ts";

const RANKS = 6;
interface TrendProps {
  readonly overview: TrendData & Pick<Overview, "total" | "capacityMilli">;
  readonly params: Params;
  readonly period: Interval;
  readonly path?: string;
  /** The zones of hours and of days. */
  readonly hours: string;
  readonly days: string;
}
type TrendData = Pick<Overview, "points" | "projects">;

/** GPU-hours by class, the working ones at the bottom. */
export function classRows(points: readonly TrendPoint[]): { rows: BarRow[]; series: BarSeries[] } {
  const present = CLASS_ORDER.filter((c) => points.some((p) => p.total.classes[c] > 0));
  const rows = points.map(
    (p): BarRow => ({
      label: p.label,
      ...Object.fromEntries(present.map((c) => [c, gpuHours(p.total.classes[c])])),
    }),
  );
  return { rows, series: present.map((c) => ({ key: c, label: classLabel(c), paint: classPaint(c) })) };
}

/** Allocated GPU-hours of the largest projects, and of the rest together. */
function projectRows({ points, projects }: TrendData): { rows: BarRow[]; series: BarSeries[] } {
  const top = projects.slice(0, RANKS);
  const rest = projects.slice(RANKS);
  const series = top.map((p, i) => ({ key: `p${p.key}`, label: p.name, paint: `var(--rank-${i + 1})` }));
  if (rest.length) series.push({ key: "rest", label: `${rest.length} more`, paint: "var(--rank-rest)" });
  const rows = points.map(
    (p): BarRow => ({
      label: p.label,
      ...Object.fromEntries(top.map((t) => [`p${t.key}`, gpuHours(p.projects[t.key] ?? 0)])),
      rest: gpuHours(rest.reduce((sum, r) => sum + (p.projects[r.key] ?? 0), 0)),
    }),
  );
  return { rows, series };
}

export function Trend({ overview, params, period, path = "/", hours, days }: TrendProps) {
  if (!overview.points.length) return null;
  const byProject = params.by === "project";
  const { rows, series } = byProject ? projectRows(overview) : classRows(overview.points);
  const unit = spanUnit(period);
  const peak = overview.points.reduce<TrendPoint | null>(
    (best, p) => (p.total.allocatedMilli > (best?.total.allocatedMilli ?? -1) ? p : best),
    null,
  );
  const summary = `Most was allocated ${unit === "hour" ? "at" : "on"} ${peak?.label}: ${formatGpuHours(peak?.total.allocatedMilli ?? 0)} GPU-hours. ${
    byProject && overview.projects[0] ? `${overview.projects[0].name} held most over the period.` : ""
  }`;
  return (
    <Section
      title="Over time"
      note={`GPU-hours per ${unit} (${unit === "hour" ? hours : days})`}
      controls={
        overview.projects.length > 1 && (
          <Switch
            label="Stack by"
            options={[
              { label: "Class", href: href(path, params, { by: undefined }), active: !byProject },
              { label: "Project", href: href(path, params, { by: "project" }), active: byProject },
            ]}
          />
        )
      }
    >
      <Figure
        summary={summary.trim()}
        legend={
          byProject ? (
            <RankLegend series={series} />
          ) : (
            <ClassLegend of={CLASS_ORDER.filter((c) => overview.total.classes[c] > 0)} />
          )
        }
        columns={[
          { label: unit === "hour" ? "Hour" : unit === "day" ? "Day" : "Month" },
          ...series.map((s) => ({ label: s.label, right: true })),
        ]}
        rows={rows.map((r) => [r.label, ...series.map((s) => formatGpuHours(Number(r[s.key] ?? 0) * 3_600_000))])}
      >
        <StackedBars rows={rows} series={series} unit="GPU-h" />
      </Figure>
      <Rates overview={overview} />
    </Section>
  );
}

/** Allocation as a share of capacity, and utilisation of what was allocated. */
function Rates({ overview }: Pick<TrendProps, "overview">) {
  const whole = overview.capacityMilli !== null;
  const rows = overview.points.map(
    (p): BarRow => ({
      label: p.label,
      allocation: p.capacityMilli === null ? null : percentOf(p.total.allocatedMilli, p.capacityMilli),
      utilisation: p.total.utilisationPercent,
      coverage: p.total.coveragePercent,
    }),
  );
  const series = [
    ...(whole ? [{ key: "allocation", label: "Allocation", paint: "var(--ink-faint)", dashed: true }] : []),
    { key: "utilisation", label: "Utilisation", paint: "var(--accent)" },
  ];
  return (
    <div className="mt-6">
      <Figure
        summary={`Mean utilisation of allocated GPUs ${formatPercent(overview.total.utilisationPercent)}, with ${formatPercent(overview.total.coveragePercent)} coverage.`}
        legend={<LineLegend series={series} />}
        columns={[
          { label: "When" },
          { label: "Allocation", right: true },
          { label: "Utilisation", right: true },
          { label: "Coverage", right: true },
        ]}
        rows={rows.map((r) => [
          r.label,
          ...["allocation", "utilisation", "coverage"].map((k) => formatPercent(r[k] as number | null)),
        ])}
      >
        <Lines rows={rows} series={series} unit="%" top={100} />
      </Figure>
    </div>
  );
}

function RankLegend({ series }: { series: readonly BarSeries[] }) {
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

function LineLegend({ series }: { series: readonly (BarSeries & { dashed?: boolean })[] }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-soft">
      {series.map((s) => (
        <li key={s.key} className="flex items-center gap-1.5">
          <svg width="18" height="8" aria-hidden="true">
            <line
              x1="0"
              y1="4"
              x2="18"
              y2="4"
              stroke={s.paint}
              strokeWidth="2"
              strokeDasharray={s.dashed ? "4 3" : undefined}
            />
          </svg>
          {s.label} (%)
        </li>
      ))}
    </ul>
  );
}

/** One of a few views, as links. */
export function Switch({
  label,
  options,
}: {
  label: string;
  options: readonly { label: string; href: string; active: boolean }[];
}) {
  return (
    <nav aria-label={label} className="no-print inline-flex rounded-md bg-sunken p-0.5 text-xs">
      {options.map((o) => (
        <Link
          key={o.label}
          href={o.href}
          prefetch={false}
          scroll={false}
          aria-current={o.active ? "true" : undefined}
          className={`rounded-[5px] px-2.5 py-1 ${o.active ? "bg-ground font-medium shadow-xs" : "text-soft hover:text-ink"}`}
        >
          {o.label}
        </Link>
      ))}
    </nav>
  );
}
