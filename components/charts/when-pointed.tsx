"use client";
import { type ComponentType, type ReactNode, useState } from "react";
import type { PointedChart } from "./series.ts";

const LOADED = {
  bars: () => import("./pointed-bars.tsx").then((m) => m.PointedBars),
  lines: () => import("./pointed-lines.tsx").then((m) => m.PointedLines),
} as const;

/**
 * The chart that the server drew, until a pointer arrives: then the one that says what is under it. A page that is only read never
 * loads the chart library.
 */
export function WhenPointed({
  kind,
  chart,
  children,
}: {
  kind: keyof typeof LOADED;
  chart: PointedChart;
  children: ReactNode;
}) {
  const [Chart, setChart] = useState<ComponentType<PointedChart> | null>(null);
  const load = () => {
    if (!Chart)
      LOADED[kind]().then(
        (loaded) => setChart(() => loaded),
        () => undefined,
      );
  };
  return (
    <div aria-hidden="true" className="min-w-0 overflow-hidden" style={{ height: chart.height }} onPointerEnter={load}>
      {Chart ? <Chart {...chart} /> : children}
    </div>
  );
}
