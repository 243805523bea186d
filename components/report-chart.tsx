import { Figure } from "./charts/figure";
import { Lines } from "./charts/lines";
import { type RankedBar, RankedBars } from "./charts/ranked-bars";
import { type BarRow, StackedBars } from "./charts/stacked-bars";
import { CLASS_LOOK, CLASS_ORDER, classFill, classLabel, classPaint } from "./classes";
import { formatNumber } from "./format";
import { columnLabel, type ReportColumn, type ReportRow } from "./report-table";

export interface ReportChartSpec {
  readonly kind: "stacked-bar" | "bar" | "line";
  readonly x: string;
  readonly y: readonly string[];
  readonly title: string;
}

const MOST_BARS = 20;
/** Numbers as the chart's axis has them: GPU-hours out of milli-GPU-seconds. */
const scale = (column: ReportColumn | undefined) => (column?.unit === "milli-gpu-seconds" ? 1 / 3_600_000 : 1);
const unitOf = (column: ReportColumn | undefined) =>
  column?.unit === "milli-gpu-seconds" ? "GPU-h" : column?.unit === "percent" ? "%" : "";

/** Rows with the same x as one; a cell that is unknown in all of them stays unknown. */
function sums(
  { x, y }: ReportChartSpec,
  columns: readonly ReportColumn[],
  rows: readonly ReportRow[],
): Map<string, Record<string, number | null>> {
  const out = new Map<string, Record<string, number | null>>();
  for (const row of rows) {
    const label = String(row[x] ?? "") || "nobody";
    const into = out.get(label) ?? {};
    for (const key of y) {
      const value = row[key];
      const factor = scale(columns.find((c) => c.key === key));
      if (typeof value === "number") into[key] = (into[key] ?? 0) + value * factor;
      else into[key] ??= null;
    }
    out.set(label, into);
  }
  return out;
}

/** The colour of a class where a series or a bar is one. */
const classOf = (name: string) =>
  CLASS_ORDER.find((c) => name === c || name.endsWith(`_${c.replaceAll("-", "_")}`) || name === classLabel(c));

/** A report's chart, as it describes it: one of three shapes. */
export function ReportChart({
  spec,
  columns,
  rows,
}: {
  spec: ReportChartSpec;
  columns: readonly ReportColumn[];
  rows: readonly ReportRow[];
}) {
  const data = sums(spec, columns, rows);
  const first = columns.find((c) => c.key === spec.y[0]);
  if (spec.kind === "bar" && spec.y.length === 1) {
    const key = spec.y[0] ?? "";
    const all = [...data]
      .map(([label, values]): RankedBar => {
        const c = classOf(label);
        return {
          label: c ? classLabel(c) : label,
          value: values[key] ?? 0,
          ...(c ? { fill: classFill(c), pattern: CLASS_LOOK[c].pattern } : {}),
        };
      })
      .filter((b) => b.value > 0)
      .sort((a, b) => b.value - a.value);
    return (
      <figure>
        <RankedBars bars={all.slice(0, MOST_BARS)} unit={unitOf(first)} />
        <figcaption className="mt-2 text-xs text-soft">
          {spec.title}
          {all.length > MOST_BARS && `, the ${MOST_BARS} largest of ${formatNumber(all.length)}`}. The table below has
          every row.
        </figcaption>
      </figure>
    );
  }
  const chartRows = [...data].map(([label, values]): BarRow => ({ ...values, label, tick: label }));
  const series = spec.y.map((key, i) => {
    const column = columns.find((c) => c.key === key);
    const c = classOf(key);
    return {
      key,
      label: column ? columnLabel(column) : key,
      paint: c ? classPaint(c) : `var(--rank-${(i % 6) + 1})`,
      dashed: i % 2 === 1,
    };
  });
  return (
    <Figure
      summary={spec.title}
      columns={[{ label: spec.x }, ...series.map((s) => ({ label: s.label, right: true }))]}
      rows={chartRows.map((r) => [
        r.label,
        ...series.map((s) => (typeof r[s.key] === "number" ? formatNumber(r[s.key] as number, 2) : null)),
      ])}
    >
      {spec.kind === "line" ? (
        <Lines rows={chartRows} series={series} unit={unitOf(first)} />
      ) : (
        <StackedBars rows={chartRows} series={series} unit={unitOf(first)} />
      )}
    </Figure>
  );
}
