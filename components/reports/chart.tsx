import { Bar } from "@/components/bar.tsx";
import { bridgeBar, bridgeScale, bridgeSpans } from "@/components/charts/bridge-scale.ts";
import { ChangeBars } from "@/components/charts/change-bars.tsx";
import type { Twin } from "@/components/charts/figure.tsx";
import { type RankedBar, RankedBars } from "@/components/charts/ranked-bars.tsx";
import { SeriesFigure } from "@/components/charts/series-figure.tsx";
import { CLASS_ORDER, classLabel } from "@/components/classes.ts";
import { formatMoney, formatMoneyChange, formatNumber } from "@/components/format.ts";
import type {
  BridgeChart,
  ChangeChart,
  ChartSpec,
  Column,
  RankingChart,
  Row,
  TimeChart,
} from "@/lib/reports/report.ts";
import { scaleOf, unitSign } from "@/lib/reports/unit.ts";
import { seriesOf } from "./series.ts";

const MOST_BARS = 20;

/** The sum of y over the rows with the same x, as printed numbers; rows in which y is unknown are in none. */
function sumsOf({ x, y }: { x: string; y: string }, divisor: number, rows: readonly Row[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const row of rows) {
    const label = String(row[x] ?? "") || "nobody";
    const value = row[y];
    if (value !== null && typeof value !== "string") sums.set(label, (sums.get(label) ?? 0) + Number(value) / divisor);
  }
  return sums;
}

/** One bar for each value of x, the longest first. */
const barsOf = (sums: ReadonlyMap<string, number>): RankedBar[] =>
  [...sums]
    .filter(([, value]) => value > 0)
    .sort(([, a], [, b]) => b - a)
    .map(([label, value]) => {
      const c = CLASS_ORDER.find((name) => name === label);
      return c ? { label: classLabel(c), value, of: c } : { label, value };
    });

interface Props<C> {
  readonly spec: C;
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
  /** Of amounts; they are plain numbers where absent. */
  readonly currency?: string;
  /** Where the table of a chart over time is; another chart has the table below. */
  readonly twin: Twin;
}

/** A report's chart, as it describes it. */
export function ReportChart({ spec, ...rest }: Props<ChartSpec>) {
  switch (spec.kind) {
    case "time":
      return <OverTime spec={spec} {...rest} />;
    case "ranking":
      return <Ranking spec={spec} {...rest} />;
    case "change":
      return <Change spec={spec} {...rest} />;
    case "bridge":
      return <Bridge spec={spec} {...rest} />;
  }
}

function OverTime({ spec, columns, rows, currency, twin }: Props<TimeChart>) {
  const unit = columns.find((c) => c.key === spec.y)?.unit ?? "count";
  const { span, points, names } = seriesOf(spec, rows, scaleOf(unit));
  if (points.length === 0) return null;
  const shown = unit === "money" ? (currency ?? "") : unitSign(unit);
  const print = (value: number) =>
    unit === "money" && currency ? moneyText(value, currency) : `${formatNumber(value, 2)} ${shown}`.trim();
  return (
    <SeriesFigure
      twin={twin}
      span={span}
      points={points}
      names={names}
      unit={shown}
      print={print}
      labelled={(name) => name || "nobody"}
    />
  );
}

/** An amount of a chart, which is in whole units of the currency. */
const moneyText = (value: number, currency: string): string => formatMoney(Math.round(value * 1e6), currency);

/** The table below is its twin. */
function Ranking({ spec, columns, rows, currency }: Props<RankingChart>) {
  const unit = columns.find((c) => c.key === spec.y)?.unit ?? "count";
  const bars = barsOf(sumsOf(spec, scaleOf(unit), rows));
  const print = unit === "money" && currency ? { print: (value: number) => moneyText(value, currency) } : {};
  return (
    <figure>
      <RankedBars bars={bars.slice(0, MOST_BARS)} unit={unitSign(unit)} {...print} />
      <Caption of={bars.length}>{spec.title}</Caption>
    </figure>
  );
}

/** To the right what grew, to the left what shrank: the largest first, whichever way. */
function Change({ spec, rows, currency = "" }: Props<ChangeChart>) {
  const changes = [...sumsOf(spec, 1, rows)].map(([name, micros]) => ({ key: name, name, changeMicros: micros }));
  const largest = changes
    .filter((c) => c.changeMicros !== 0)
    .sort((a, b) => Math.abs(b.changeMicros) - Math.abs(a.changeMicros))
    .slice(0, MOST_BARS);
  return (
    <figure>
      <ChangeBars rows={largest} currency={currency} />
      <Caption of={changes.length}>{spec.title}</Caption>
    </figure>
  );
}

/** Each part begins where the one before it ended. */
function Bridge({ spec: { x, y, title }, rows, currency = "" }: Props<BridgeChart>) {
  const amounts = rows.map((row) => Number(row[y] ?? 0));
  const spans = bridgeSpans(amounts[0] ?? 0, amounts.slice(1, -1), amounts.at(-1) ?? 0);
  const scale = bridgeScale(spans);
  return (
    <figure>
      <ol className="grid grid-cols-[minmax(4rem,max-content)_minmax(0,1fr)_max-content] items-center gap-x-3 gap-y-1.5 text-sm">
        {spans.map((span, i) => {
          const amount = amounts[i] ?? 0;
          const tone = span.sum ? "ink" : amount > 0 ? "bad" : "good";
          return (
            <li key={String(rows[i]?.[x])} className="col-span-3 grid grid-cols-subgrid items-center">
              <span className="first-letter:uppercase">{String(rows[i]?.[x])}</span>
              <Bar {...bridgeBar(span, scale)} tone={tone} />
              <span className="text-right tabular-nums">
                {(span.sum ? formatMoney : formatMoneyChange)(amount, currency)}
              </span>
            </li>
          );
        })}
      </ol>
      <figcaption className="mt-2 text-xs text-soft">
        {title}.{scale.isCut && ` The bars begin at ${formatMoney(Math.round(scale.low), currency)}, not at zero.`}
      </figcaption>
    </figure>
  );
}

function Caption({ of, children }: { of: number; children: string }) {
  return (
    <figcaption className="mt-2 text-xs text-soft">
      {children}
      {of > MOST_BARS && `, the ${MOST_BARS} largest of ${formatNumber(of)}`}. The table below has every row.
    </figcaption>
  );
}
