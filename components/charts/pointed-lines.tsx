"use client";
import { useState } from "react";
import { CartesianGrid, Line, LineChart, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { formatNumber, UNKNOWN } from "@/components/format.ts";
import { ticksFor } from "./axis.ts";
import { FRAME } from "./chart-frame.tsx";
import { AXIS, FIRST_WIDTH } from "./pointed-bars.tsx";
import { type BarRow, compact, type PointedChart } from "./series.ts";

/** Lines over time, with what is under the pointer: drawn as the server draws them (lines.tsx). */
export function PointedLines({ rows, series, unit, height, decimals, values }: PointedChart) {
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
        <LineChart
          data={[...rows]}
          margin={{ top: FRAME.top, right: FRAME.right, bottom: 0, left: 0 }}
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
            scale="band"
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
                        {typeof row[s.key] === "number"
                          ? `${formatNumber(Number(row[s.key]), decimals)} ${unit}`
                          : UNKNOWN}
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
