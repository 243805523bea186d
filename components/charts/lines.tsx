import { ChartFrame, DRAWN, downOf } from "./chart-frame.tsx";
import { axisValues, type BarRow, type LineSeries } from "./series.ts";
import { WhenPointed } from "./when-pointed.tsx";

interface LinesProps {
  readonly rows: readonly BarRow[];
  readonly series: readonly LineSeries[];
  readonly unit: string;
  readonly height?: number;
  /** The highest figure of the axis, such as 100 %; by default as high as the lines reach. */
  readonly top?: number;
  /** Of the figures under the pointer. */
  readonly decimals?: number;
}

/**
 * Lines over time, drawn by the server. Null breaks a line: what nobody knows is not joined up. The figures under the pointer come
 * with the pointer.
 */
export function Lines({ rows, series, unit, height = 160, top, decimals = 1 }: LinesProps) {
  const known = rows.flatMap((row) => series.map((s) => row[s.key]).filter((v) => typeof v === "number"));
  const values = axisValues(Math.min(0, ...known), top ?? Math.max(0, ...known));
  return (
    <WhenPointed kind="lines" chart={{ rows, series, unit, height, decimals, values }}>
      <ChartFrame labels={rows.map((r) => r.label)} values={values} height={height}>
        {series.map((s) => (
          <path
            key={s.key}
            d={linePath(
              rows.map((r) => r[s.key]),
              values,
            )}
            stroke={s.paint}
            strokeDasharray={s.dashed ? "4 3" : undefined}
            className="chart-line"
          />
        ))}
      </ChartFrame>
    </WhenPointed>
  );
}

/** Through the middle of each bar's room; a single known value between unknown ones is a short stroke. In DRAWN. */
export function linePath(points: readonly unknown[], values: readonly number[]): string {
  const room = DRAWN.width / Math.max(1, points.length);
  const known = (i: number) => typeof points[i] === "number";
  return points
    .map((value, i) => {
      if (typeof value !== "number") return "";
      const [x, y] = [room * (i + 0.5), downOf(value, values) * DRAWN.height];
      if (!known(i - 1) && !known(i + 1)) return `M${(x - 3).toFixed(1)} ${y.toFixed(1)}h6`;
      return `${known(i - 1) ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    })
    .join("");
}
