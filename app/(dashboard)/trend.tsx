import { labelText } from "@/components/charts/axis.ts";
import { Figure } from "@/components/charts/figure.tsx";
import { Lines } from "@/components/charts/lines.tsx";
import type { BarRow, BarSeries } from "@/components/charts/series.ts";
import { SeriesLegend } from "@/components/charts/series-legend.tsx";
import { StackedBars } from "@/components/charts/stacked-bars.tsx";
import { ClassLegend } from "@/components/class-bar.tsx";
import { CLASS_ORDER, classLabel, classPaint } from "@/components/classes.ts";
import { formatGpuHours, formatPercent } from "@/components/format.ts";
import { href, type Params } from "@/components/href.ts";
import { Section } from "@/components/page-header.tsx";
import { Switch } from "@/components/ui/switch.tsx";
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
  const summary = `Most was allocated ${unit === "hour" ? "at" : "on"} ${labelText(peak?.label ?? "")}: ${formatGpuHours(peak?.total.allocatedMilli ?? 0)} GPU-hours. ${
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
            <SeriesLegend series={series} />
          ) : (
            <ClassLegend of={CLASS_ORDER.filter((c) => overview.total.classes[c] > 0)} />
          )
        }
        twin={{ name: "trend", path, params }}
        columns={[unit === "hour" ? "Hour" : unit === "day" ? "Day" : "Month", ...series.map((s) => s.label)]}
        rows={() =>
          rows.map((r) => [labelText(r.label), ...series.map((s) => formatGpuHours(Number(r[s.key] ?? 0) * 3_600_000))])
        }
      >
        <StackedBars rows={rows} series={series} unit="GPU-h" />
      </Figure>
      <Rates overview={overview} path={path} params={params} />
    </Section>
  );
}

/** Allocation as a share of capacity, and utilisation of what was allocated. */
function Rates({ overview, path, params }: Pick<TrendProps, "overview" | "params"> & { path: string }) {
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
    ...(whole ? [{ key: "allocation", label: "Allocation (%)", paint: "var(--ink-faint)", dashed: true }] : []),
    { key: "utilisation", label: "Utilisation (%)", paint: "var(--accent)" },
  ];
  return (
    <div className="mt-6">
      <Figure
        summary={`Mean utilisation of allocated GPUs ${formatPercent(overview.total.utilisationPercent)}, with ${formatPercent(overview.total.coveragePercent)} coverage.`}
        legend={<SeriesLegend lines series={series} />}
        twin={{ name: "rates", path, params }}
        columns={["When", "Allocation", "Utilisation", "Coverage"]}
        rows={() =>
          rows.map((r) => [
            labelText(r.label),
            ...["allocation", "utilisation", "coverage"].map((k) => formatPercent(r[k] as number | null)),
          ])
        }
      >
        <Lines rows={rows} series={series} unit="%" top={100} />
      </Figure>
    </div>
  );
}
