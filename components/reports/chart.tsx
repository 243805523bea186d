import type { Twin } from "@/components/charts/figure.tsx";
import { type RankedBar, RankedBars } from "@/components/charts/ranked-bars.tsx";
import { SeriesFigure } from "@/components/charts/series-figure.tsx";
import { CLASS_ORDER, classLabel } from "@/components/classes.ts";
import { formatNumber } from "@/components/format.ts";
import type { ChartSpec, Column, RankingChart, Row, TimeChart } from "@/lib/reports/report.ts";
import { scaleOf, unitSign } from "@/lib/reports/unit.ts";
import { seriesOf } from "./series.ts";

const MOST_BARS = 20;

/** One bar for each value of x, the longest first; rows in which y is unknown make none. */
function barsOf({ x, y }: RankingChart, column: Column | undefined, rows: readonly Row[]): RankedBar[] {
  const divisor = column ? scaleOf(column.unit) : 1;
  const sums = new Map<string, number>();
  for (const row of rows) {
    const label = String(row[x] ?? "") || "nobody";
    const value = row[y];
    if (typeof value === "number") sums.set(label, (sums.get(label) ?? 0) + value / divisor);
  }
  return [...sums]
    .filter(([, value]) => value > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([label, value]) => {
      const c = CLASS_ORDER.find((name) => name === label);
      return c ? { label: classLabel(c), value, of: c } : { label, value };
    });
}

interface Props<C> {
  readonly spec: C;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Where the table of a chart over time is; a ranking has the table below. */
  readonly twin: Twin;
}

/** A report's chart, as it describes it. */
export function ReportChart({ spec, ...rest }: Props<ChartSpec>) {
  return spec.kind === "time" ? <OverTime spec={spec} {...rest} /> : <Ranking spec={spec} {...rest} />;
}

function OverTime({ spec, columns, rows, twin }: Props<TimeChart>) {
  const unit = columns.find((c) => c.key === spec.y)?.unit ?? "count";
  const { span, points, names } = seriesOf(spec, rows, scaleOf(unit));
  if (points.length === 0) return null;
  const shown = String(rows[0]?.currency ?? unitSign(unit));
  return (
    <SeriesFigure
      twin={twin}
      span={span}
      points={points}
      names={names}
      unit={shown}
      print={(value) => `${formatNumber(value, 2)} ${shown}`.trim()}
      labelled={(name) => name || "nobody"}
    />
  );
}

/** The table below is its twin. */
function Ranking({ spec, columns, rows }: Props<RankingChart>) {
  const column = columns.find((c) => c.key === spec.y);
  const bars = barsOf(spec, column, rows);
  return (
    <figure>
      <RankedBars bars={bars.slice(0, MOST_BARS)} unit={column ? unitSign(column.unit) : ""} />
      <figcaption className="mt-2 text-xs text-soft">
        {spec.title}
        {bars.length > MOST_BARS && `, the ${MOST_BARS} largest of ${formatNumber(bars.length)}`}. The table below has
        every row.
      </figcaption>
    </figure>
  );
}
