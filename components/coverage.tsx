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
  const tone = percent >= 95 ? "bg-good" : percent >= 80 ? "bg-warn" : "bg-bad";
  const detail =
    observedMilli === undefined || expectedMilli === undefined
      ? "Share of allocated time with samples"
      : `${formatGpuHours(observedMilli)} of ${formatGpuHours(expectedMilli)} GPU-hours have samples`;
  return (
    <span title={`Coverage: ${detail}`} className="inline-flex items-baseline gap-1.5 whitespace-nowrap">
      <span
        aria-hidden="true"
        className={`h-1 ${bare ? "w-16" : "w-6"} -translate-y-1 overflow-hidden rounded-full bg-line`}
      >
        <span className={`block h-full ${tone}`} style={{ width: `${Math.min(100, percent)}%` }} />
      </span>
      {!bare && <span className="min-w-[3.9em] text-right">{formatPercent(percent)}</span>}
      {label && <span className="text-faint">coverage</span>}
    </span>
  );
}
