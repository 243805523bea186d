import { Bar } from "@/components/bar.tsx";
import { formatNumber } from "@/components/format.ts";
import type { UsageClass } from "@/lib/classes.ts";

export interface RankedBar {
  readonly label: string;
  readonly value: number;
  readonly of?: UsageClass;
}

/** Bars from the longest to the shortest, with their figures: text and chart in one, without a script. */
export function RankedBars({
  bars,
  unit,
  print,
}: {
  bars: readonly RankedBar[];
  unit: string;
  /** How figures are printed; rounded, and with the unit behind them, where absent. */
  print?: (value: number) => string;
}) {
  const most = Math.max(...bars.map((b) => b.value), Number.MIN_VALUE);
  return (
    <ol className="grid grid-cols-[minmax(4rem,max-content)_minmax(0,1fr)_max-content] items-center gap-x-3 gap-y-1.5 text-sm">
      {bars.map((bar) => (
        <li key={bar.label} className="col-span-3 grid grid-cols-subgrid items-center">
          <span className="max-w-32 truncate sm:max-w-64" title={bar.label}>
            {bar.label}
          </span>
          <Bar of={bar.of} percent={(100 * bar.value) / most} />
          <span className="text-right tabular-nums">
            {print?.(bar.value) ?? formatNumber(bar.value, bar.value >= 1000 ? 0 : bar.value >= 100 ? 1 : 2)}
            {!print && <span className="ml-1 text-xs text-faint">{unit}</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}
