import type { CSSProperties } from "react";
import { formatGpuHours, formatPercent } from "./format.ts";
import { Unknown } from "./quantity.tsx";

/** How much of what should have been observed was: beside every figure that is built on samples. */
export function Coverage({
  percent,
  observedMilli,
  expectedMilli,
  label = false,
  bare = false,
}: {
  percent: number | null;
  observedMilli?: number;
  expectedMilli?: number;
  label?: boolean;
  /** Only the meter: the figure stands beside it already. */
  bare?: boolean;
}) {
  if (percent === null) return <Unknown why="No coverage: nothing was allocated, so nothing could be observed" />;
  const tone = percent >= 95 ? "" : percent >= 80 ? " tone-warn" : " tone-bad";
  const detail =
    observedMilli === undefined || expectedMilli === undefined
      ? "Share of allocated time with samples"
      : `${formatGpuHours(observedMilli)} of ${formatGpuHours(expectedMilli)} GPU-hours have samples`;
  return (
    <span
      title={`Coverage: ${detail}`}
      className={`meter${tone}${bare ? " meter-wide" : ""}`}
      style={{ "--n": `${Math.min(100, percent).toFixed(1)}%` } as CSSProperties}
    >
      {!bare && formatPercent(percent)}
      {label && <span className="text-faint"> coverage</span>}
    </span>
  );
}
