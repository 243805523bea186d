"use client";
import { type ComponentType, type ReactNode, useState } from "react";
import { type BarChart, CartesianGrid, ResponsiveContainer, XAxis, YAxis } from "recharts";
import { ticksFor } from "./axis.ts";
import { FRAME } from "./chart-frame.tsx";
import { compact, type PointedChart } from "./series.ts";

/** Before the browser says how wide a chart is. */
const FIRST_WIDTH = 800;
const AXIS = { fontSize: 11, fill: "var(--ink-faint)" } as const;

/** What bars and lines take alike. */
type ChartProps = Parameters<typeof BarChart>[0];

interface FrameProps extends Pick<PointedChart, "rows" | "values" | "height"> {
  readonly chart: ComponentType<ChartProps>;
  /** Of this kind of chart alone. */
  readonly more?: Partial<ChartProps>;
  readonly children: ReactNode;
}

/** Axes and grid of the chart under the pointer, in the places where the server draws them (chart-frame.tsx). */
export function PointedFrame({ chart: Chart, more, rows, values, height, children }: FrameProps) {
  const [width, setWidth] = useState(FIRST_WIDTH);
  const ticks = ticksFor(
    rows.map((r) => r.label),
    width,
  );
  return (
    <div style={{ height }}>
      <ResponsiveContainer
        width="100%"
        height="100%"
        initialDimension={{ width: FIRST_WIDTH, height }}
        onResize={(w) => setWidth(w)}
      >
        <Chart
          data={[...rows]}
          margin={{ top: FRAME.top, right: FRAME.right, bottom: 0, left: 0 }}
          accessibilityLayer={false}
          {...more}
        >
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="label"
            scale="band"
            ticks={[...ticks.keys()]}
            tickFormatter={(label: string) => ticks.get(label) ?? ""}
            interval={0}
            tick={AXIS}
            tickLine={false}
            axisLine={{ stroke: "var(--line-strong)" }}
          />
          <YAxis
            tick={AXIS}
            tickLine={false}
            axisLine={false}
            width={FRAME.left}
            ticks={[...values]}
            domain={[values[0] ?? 0, values.at(-1) ?? 1]}
            interval={0}
            tickFormatter={(v: number) => compact(v)}
          />
          {children}
        </Chart>
      </ResponsiveContainer>
    </div>
  );
}
