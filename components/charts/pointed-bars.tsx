"use client";
import { useState } from "react";
import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { formatNumber } from "@/components/format.ts";
import { ticksFor } from "./axis.ts";
import { FRAME } from "./chart-frame.tsx";
import { type BarRow, type BarSeries, compact, type PointedChart } from "./series.ts";

/** Before the browser tells how wide a chart is. */
export const FIRST_WIDTH = 800;

export const AXIS = { fontSize: 11, fill: "var(--ink-faint)" } as const;

/** Stacked bars over time, with what is under the pointer: drawn as the server draws them (stacked-bars.tsx). */
export function PointedBars({ rows, series, unit, height, decimals, values }: PointedChart) {
  const [shown, setShown] = useState<string | null>(null);
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
        <BarChart
          data={[...rows]}
          margin={{ top: FRAME.top, right: FRAME.right, bottom: 0, left: 0 }}
          barCategoryGap="12%"
          stackOffset="sign"
          accessibilityLayer={false}
        >
          <CartesianGrid vertical={false} stroke="var(--line)" />
          <XAxis
            dataKey="label"
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
          <Tooltip
            cursor={{ fill: "var(--sunken)" }}
            isAnimationActive={false}
            content={({ active, payload }) =>
              active && payload?.[0] ? (
                <ChartCard
                  row={payload[0].payload as BarRow}
                  series={series}
                  unit={unit}
                  decimals={decimals}
                  shown={shown}
                />
              ) : null
            }
          />
          {series.map((s) => (
            <Bar
              key={s.key}
              dataKey={s.key}
              stackId="all"
              fill={s.paint}
              stroke="var(--ground)"
              strokeWidth={0.75}
              isAnimationActive={false}
              onMouseEnter={() => setShown(s.key)}
              onMouseLeave={() => setShown(null)}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
    </div>
  );
}

/** What the pointer is over: every series of one bar that has something, the top of the stack first. */
function ChartCard({
  row,
  series,
  unit,
  decimals,
  shown,
}: {
  row: BarRow;
  series: readonly BarSeries[];
  unit: string;
  decimals: number;
  shown: string | null;
}) {
  const present = [...series].reverse().filter((s) => typeof row[s.key] === "number" && row[s.key] !== 0);
  const total = present.reduce((sum, s) => sum + Number(row[s.key]), 0);
  return (
    <div className="rounded-md border border-line-strong bg-ground px-3 py-2 text-xs shadow-lg">
      <p className="mb-1 flex justify-between gap-6 font-medium">
        <span>{row.label}</span>
        <span>
          {formatNumber(total, decimals)} {unit}
        </span>
      </p>
      {present.map((s) => (
        <p key={s.key} className={`flex items-center gap-2 ${shown === s.key ? "font-semibold" : "text-soft"}`}>
          <svg width="9" height="9" aria-hidden="true">
            <rect width="9" height="9" rx="2" fill={s.paint} />
          </svg>
          <span className="mr-6">{s.label}</span>
          <span className="ml-auto">{formatNumber(Number(row[s.key]), decimals)}</span>
        </p>
      ))}
      {present.length === 0 && <p className="text-faint">nothing</p>}
    </div>
  );
}
