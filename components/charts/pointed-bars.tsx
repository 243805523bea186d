"use client";
import { useState } from "react";
import { Bar, BarChart, ComposedChart, Line, Tooltip } from "recharts";
import { formatNumber } from "@/components/format.ts";
import { labelText } from "./axis.ts";
import { PointedFrame } from "./pointed-frame.tsx";
import type { BarRow, BarSeries, Ghost, PointedChart } from "./series.ts";

/** Bars stand on one another from 0 up, and hang from it; their room is that of the server's (stacked-bars.tsx). */
const STACKED = { barCategoryGap: "12%", stackOffset: "sign" } as const;

/** The name of the line of the period before in the rows of a chart. */
const BEFORE = "before this period";

/** Stacked bars over time, with what is under the pointer: drawn as the server draws them (stacked-bars.tsx). */
export function PointedBars({ rows, series, unit, height, decimals, ghost, values }: PointedChart) {
  const [shown, setShown] = useState<string | null>(null);
  const drawn = ghost ? rows.map((row, i) => ({ ...row, [BEFORE]: ghost.values[i] ?? null })) : rows;
  return (
    <PointedFrame chart={ghost ? ComposedChart : BarChart} more={STACKED} rows={drawn} values={values} height={height}>
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
              ghost={ghost}
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
      {ghost && (
        <Line
          dataKey={BEFORE}
          stroke="var(--ink)"
          strokeWidth={1.75}
          strokeDasharray="4 3"
          dot={false}
          activeDot={false}
          isAnimationActive={false}
        />
      )}
    </PointedFrame>
  );
}

/** What the pointer is over: every series of one bar that has something, the top of the stack first. */
function ChartCard({
  row,
  series,
  unit,
  decimals,
  ghost,
  shown,
}: {
  row: BarRow;
  series: readonly BarSeries[];
  unit: string;
  decimals: number;
  ghost: Ghost | undefined;
  shown: string | null;
}) {
  const present = [...series].reverse().filter((s) => typeof row[s.key] === "number" && row[s.key] !== 0);
  const total = present.reduce((sum, s) => sum + Number(row[s.key]), 0);
  return (
    <div className="rounded-md border border-line-strong bg-ground px-3 py-2 text-xs shadow-lg">
      <p className="mb-1 flex justify-between gap-6 font-medium">
        <span>{labelText(row.label)}</span>
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
      {ghost && typeof row[BEFORE] === "number" && (
        <p className="mt-1 flex justify-between gap-6 border-t pt-1 text-soft">
          <span>{ghost.label}</span>
          <span>{formatNumber(row[BEFORE], decimals)}</span>
        </p>
      )}
      {present.length === 0 && <p className="text-faint">nothing</p>}
    </div>
  );
}
