"use client";
import { useState } from "react";
import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { formatNumber, UNKNOWN } from "@/components/format.ts";
import { ticksFor } from "./axis.ts";
import { AXIS, type BarRow, type BarSeries, compact, FIRST_WIDTH } from "./stacked-bars.tsx";

/** Lines over time. Null breaks the line: what nobody knows is not joined up. `dashed` keeps lines apart without colour. */
export function Lines({
  rows,
  series,
  unit,
  height = 160,
  top,
}: {
  rows: readonly BarRow[];
  series: readonly (BarSeries & { dashed?: boolean })[];
  unit: string;
  height?: number;
  top?: number;
}) {
  const [width, setWidth] = useState(FIRST_WIDTH);
  const ticks = ticksFor(
    rows.map((r) => r.label),
    width,
  );
  return (
    <div className="min-w-0 overflow-hidden" style={{ height }} aria-hidden="true">
      <ResponsiveContainer
        width="100%"
        height="100%"
        initialDimension={{ width: FIRST_WIDTH, height }}
        onResize={(w) => setWidth(w)}
      >
        <LineChart data={[...rows]} margin={{ top: 6, right: 22, bottom: 0, left: 0 }} accessibilityLayer={false}>
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
            width={46}
            domain={[0, top ?? "auto"]}
            tickFormatter={(v: number) => compact(v)}
          />
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: "var(--line-strong)" }}
            content={({ active, payload }) => {
              const row = active ? (payload?.[0]?.payload as BarRow | undefined) : undefined;
              return row ? (
                <div className="rounded-md border border-line-strong bg-ground px-3 py-2 text-xs shadow-lg">
                  <p className="mb-1 font-medium">{row.label}</p>
                  {series.map((s) => (
                    <p key={s.key} className="flex justify-between gap-6 text-soft">
                      <span>{s.label}</span>
                      <span>
                        {typeof row[s.key] === "number" ? `${formatNumber(Number(row[s.key]), 1)} ${unit}` : UNKNOWN}
                      </span>
                    </p>
                  ))}
                </div>
              ) : null;
            }}
          />
          {series.map((s) => (
            <Line
              key={s.key}
              dataKey={s.key}
              stroke={s.paint}
              strokeWidth={1.75}
              strokeDasharray={s.dashed ? "4 3" : undefined}
              dot={rows.length < 3}
              isAnimationActive={false}
              connectNulls={false}
            />
          ))}
        </LineChart>
      </ResponsiveContainer>
    </div>
  );
}
