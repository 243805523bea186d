import type { SeriesPoint } from "@/components/charts/series-figure.tsx";
import type { Row, TimeChart } from "@/lib/reports/report.ts";
import { addDays, dateOfKey, dayKey, daysBetween } from "@/lib/time.ts";

export interface ReportSeries {
  /** What a bar is. */
  readonly span: "day" | "week" | "month";
  /** The spans in order, those without rows between them included. */
  readonly points: readonly SeriesPoint[];
  /** The values of the series, the largest sum first. */
  readonly names: readonly string[];
}

/** The first day of the month after a day's. */
const nextMonth = (day: number): number => {
  const month = Math.floor(day / 100);
  return (month % 100 === 12 ? month + 89 : month + 1) * 100 + 1;
};

/**
 * The bars of a chart over time from rows that each have a span in the columns `x` and `until`, half-open dates. How long a
 * span is follows from the longest: those at both ends may be cut. A span without rows is a bar without height, so that
 * equal times are equally wide.
 */
export function seriesOf({ x, until, series, y }: TimeChart, rows: readonly Row[], divisor: number): ReportSeries {
  const spans = new Map<number, { until: number; values: Map<string, number> }>();
  const sums = new Map<string, number>();
  for (const row of rows) {
    const value = row[y];
    if (typeof value !== "number") continue;
    const from = dayKey(String(row[x]));
    const name = String(row[series] ?? "");
    const span = spans.get(from) ?? { until: dayKey(String(row[until])), values: new Map<string, number>() };
    span.values.set(name, (span.values.get(name) ?? 0) + value / divisor);
    spans.set(from, span);
    sums.set(name, (sums.get(name) ?? 0) + value);
  }
  const sorted = [...spans].sort(([a], [b]) => a - b);
  const longest = Math.max(...sorted.map(([from, s]) => daysBetween(from, s.until)));
  const span = longest > 7 ? "month" : longest > 1 ? "week" : "day";
  const next = (day: number) => (span === "month" ? nextMonth(day) : addDays(day, span === "week" ? 7 : 1));
  const label = (day: number) => (span === "month" ? dateOfKey(day).slice(0, 7) : dateOfKey(day));
  const points: SeriesPoint[] = [];
  let at = sorted[0]?.[0] ?? 0;
  for (const [from, { until, values }] of sorted) {
    for (; at < from; at = next(at)) points.push({ label: label(at), values: new Map() });
    points.push({ label: label(from), values });
    at = until;
  }
  return { span, points, names: [...sums].sort(([, a], [, b]) => b - a).map(([name]) => name) };
}
