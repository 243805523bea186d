import { ChartFrame, DRAWN, downOf } from "./chart-frame.tsx";
import { linePath } from "./lines.tsx";
import { axisValues, type BarRow, type BarSeries, type Ghost, stackReach } from "./series.ts";
import { WhenPointed } from "./when-pointed.tsx";

interface StackedBarsProps {
  readonly rows: readonly BarRow[];
  readonly series: readonly BarSeries[];
  readonly unit: string;
  readonly height?: number;
  /** Of the figures under the pointer. */
  readonly decimals?: number;
  /** Drawn as a dashed line over the bars. */
  readonly ghost?: Ghost | undefined;
}

/** Of the room of a bar, at each side. */
const GAP = 0.06;

/**
 * Stacked bars over time, the first series at the bottom; what is below 0 hangs from it. Drawn by the server, one path a series.
 * The figures under the pointer come with the pointer; its table twin and summary stand beside it (Figure).
 */
export function StackedBars({ rows, series, unit, height = 240, decimals = 1, ghost }: StackedBarsProps) {
  const { low, high } = stackReach(rows, series);
  const before = ghost?.values.filter((v) => v !== null) ?? [];
  const values = axisValues(Math.min(low, ...before), Math.max(high, ...before));
  return (
    <WhenPointed kind="bars" chart={{ rows, series, unit, height, decimals, ghost, values }}>
      <ChartFrame labels={rows.map((r) => r.label)} values={values} height={height}>
        {stackPaths(rows, series, values).map(({ key, paint, d }) => (
          <path key={key} d={d} fill={paint} className="chart-bar" />
        ))}
        {ghost && <path d={linePath(ghost.values, values)} className="chart-line chart-ghost" />}
      </ChartFrame>
    </WhenPointed>
  );
}

/** One path for the rectangles of each series, in DRAWN. */
export function stackPaths(
  rows: readonly BarRow[],
  series: readonly BarSeries[],
  values: readonly number[],
): { readonly key: string; readonly paint: string; readonly d: string }[] {
  const room = DRAWN.width / Math.max(1, rows.length);
  const width = (room * (1 - 2 * GAP)).toFixed(1);
  const y = (value: number) => downOf(value, values) * DRAWN.height;
  const up = rows.map(() => 0);
  const down = rows.map(() => 0);
  return series.flatMap(({ key, paint }) => {
    const d = rows
      .map((row, i) => {
        const value = row[key];
        if (typeof value !== "number" || value === 0) return "";
        const stack = value < 0 ? down : up;
        const from = stack[i] as number;
        stack[i] = from + value;
        const [top, bottom] = [y(Math.max(from, from + value)), y(Math.min(from, from + value))];
        return `M${(room * (i + GAP)).toFixed(1)} ${top.toFixed(1)}h${width}V${bottom.toFixed(1)}h-${width}z`;
      })
      .join("");
    return d ? [{ key, paint, d }] : [];
  });
}
