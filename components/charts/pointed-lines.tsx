"use client";
import { Line, LineChart, Tooltip } from "recharts";
import { formatNumber, UNKNOWN } from "@/components/format.ts";
import { labelText } from "./axis.ts";
import { PointedFrame } from "./pointed-frame.tsx";
import type { BarRow, PointedChart } from "./series.ts";

/** Lines over time, with what is under the pointer: drawn as the server draws them (lines.tsx). */
export function PointedLines({ rows, series, unit, height, decimals, values }: PointedChart) {
  return (
    <PointedFrame chart={LineChart} rows={rows} values={values} height={height}>
      <Tooltip
        isAnimationActive={false}
        cursor={{ stroke: "var(--line-strong)" }}
        content={({ active, payload }) => {
          const row = active ? (payload?.[0]?.payload as BarRow | undefined) : undefined;
          return row ? (
            <div className="rounded-md border border-line-strong bg-ground px-3 py-2 text-xs shadow-lg">
              <p className="mb-1 font-medium">{labelText(row.label)}</p>
              {series.map((s) => (
                <p key={s.key} className="flex justify-between gap-6 text-soft">
                  <span>{s.label}</span>
                  <span>
                    {typeof row[s.key] === "number" ? `${formatNumber(Number(row[s.key]), decimals)} ${unit}` : UNKNOWN}
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
    </PointedFrame>
  );
}
