import type { BarSeries } from "./series.ts";

/** What the colours of a chart mean. */
export function SeriesLegend({
  series,
  lines = false,
}: {
  series: readonly (BarSeries & { readonly dashed?: boolean })[];
  lines?: boolean;
}) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-soft">
      {series.map((s) => (
        <li key={s.key} className="flex items-center gap-1.5">
          <svg width={lines ? 18 : 10} height="10" aria-hidden="true">
            {lines ? (
              <path d="M0 5h18" stroke={s.paint} strokeWidth="2" strokeDasharray={s.dashed ? "4 3" : undefined} />
            ) : (
              <rect width="10" height="10" rx="3" fill={s.paint} />
            )}
          </svg>
          {s.label}
        </li>
      ))}
    </ul>
  );
}
