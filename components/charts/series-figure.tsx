import { formatNumber } from "@/components/format.ts";
import { labelText } from "./axis.ts";
import { Figure, type Twin } from "./figure.tsx";
import type { BarRow, BarSeries, Ghost } from "./series.ts";
import { SeriesLegend } from "./series-legend.tsx";
import { StackedBars } from "./stacked-bars.tsx";

/** One bar: its label (a day or month, see axis.ts), and what each of several came to. */
export interface SeriesPoint {
  readonly label: string;
  readonly values: ReadonlyMap<string, number>;
}

const RANKS = 6;

/**
 * What several came to over time, stacked: the first six of `names` each by itself, the rest together. With a legend, a
 * summary of the largest bar, and a table twin. `print`: a value in words, for the summary and the table.
 */
export function SeriesFigure({
  twin,
  span,
  points,
  names,
  unit,
  print,
  labelled = (name) => name,
  capacity,
  ghost,
}: {
  twin: Twin;
  /** What a bar is: `day`. */
  span: string;
  points: readonly SeriesPoint[];
  names: readonly string[];
  unit: string;
  print: (value: number) => string;
  /** A name for people; the name itself where absent. */
  labelled?: (name: string) => string;
  /** The one of `names` that stands for what nobody used: grey, on top of the others. */
  capacity?: string | undefined;
  /** The period before, as a dashed line. */
  ghost?: Ghost | undefined;
}) {
  const ranked = names.filter((name) => name !== capacity);
  const top = ranked.slice(0, RANKS);
  const rest = ranked.slice(RANKS);
  const unused = names.filter((name) => name === capacity);
  const series: BarSeries[] = top.map((name, i) => ({
    key: `s${i}`,
    label: labelled(name),
    paint: `var(--rank-${i + 1})`,
  }));
  if (rest.length) series.push({ key: "rest", label: `${formatNumber(rest.length)} more`, paint: "var(--rank-rest)" });
  for (const name of unused) series.push({ key: "unused", label: labelled(name), paint: "var(--rank-unused)" });
  const bars = points.map(({ label, values }) => ({
    label,
    total: [...values.values()].reduce((sum, v) => sum + v, 0),
    values: [
      ...top.map((name) => values.get(name) ?? 0),
      ...(rest.length ? [rest.reduce((sum, name) => sum + (values.get(name) ?? 0), 0)] : []),
      ...unused.map((name) => values.get(name) ?? 0),
    ],
  }));
  const peak = bars.reduce((best, bar) => (bar.total > best.total ? bar : best));
  const rows = bars.map(
    (bar): BarRow => ({ label: bar.label, ...Object.fromEntries(series.map((s, i) => [s.key, bar.values[i] ?? 0])) }),
  );
  return (
    <Figure
      summary={`The largest ${span} is ${labelText(peak.label)}: ${print(peak.total)}.`}
      legend={
        <div className="flex flex-wrap gap-x-4 gap-y-1">
          <SeriesLegend series={series} />
          {ghost && (
            <SeriesLegend lines series={[{ key: "ghost", label: ghost.label, paint: "var(--ink)", dashed: true }]} />
          )}
        </div>
      }
      twin={twin}
      columns={[
        span.replace(/^./, (c) => c.toUpperCase()),
        ...series.map((s) => s.label),
        "Together",
        ...(ghost ? [ghost.label] : []),
      ]}
      rows={() =>
        bars.map((bar, i) => {
          const before = ghost?.values[i];
          const last = ghost ? [typeof before === "number" ? print(before) : null] : [];
          return [labelText(bar.label), ...bar.values.map(print), print(bar.total), ...last];
        })
      }
    >
      <StackedBars rows={rows} series={series} unit={unit} decimals={2} ghost={ghost} />
    </Figure>
  );
}
