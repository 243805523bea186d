import { readFileSync, writeFileSync } from "node:fs";
import { type BacktestPlan, backtest, type NamedSeries, type PastForecast } from "@/lib/forecast/backtest.ts";
import { slopeOf } from "@/lib/forecast/methods/theta.ts";
import { METHODS } from "@/lib/forecast/methods.ts";
import { type Scores, scoresOf } from "@/lib/forecast/scores.ts";
import type { Method, Series } from "@/lib/forecast/types.ts";
import { type RealSeries, realSeries } from "./real-series.ts";

/** Methods that nobody should lose to: rows of the table, and not offered in the product. */
const flatLine = (id: string, title: string, levelOf: (known: number[]) => number | undefined): Method => ({
  id,
  title,
  about: "",
  fit: (history) => {
    const level = levelOf(history.filter((v) => v !== null));
    return level === undefined ? null : { path: (days) => Array(days).fill(level), psi: () => 1, sd: 0 };
  },
});
const mean = (list: readonly number[]): number | undefined =>
  list.length ? list.reduce((a, b) => a + b, 0) / list.length : undefined;

function line(history: Series): ReturnType<Method["fit"]> {
  const recent = history.slice(-28);
  const slope = slopeOf(recent);
  const centre = recent.flatMap((v, i) => (v === null ? [] : [i]));
  const [x, y] = [mean(centre), mean(recent.filter((v) => v !== null))];
  if (x === undefined || y === undefined) return null;
  return {
    path: (days) => Array.from({ length: days }, (_, i) => y + slope * (recent.length + i - x)),
    psi: () => 1,
    sd: 0,
  };
}

const SIMPLE: readonly Method[] = [
  flatLine("last-day", "Last day", (known) => known.at(-1)),
  flatLine("mean-7", "Mean of 7 days", (known) => mean(known.slice(-7))),
  flatLine("mean-28", "Mean of 28 days", (known) => mean(known.slice(-28))),
  { id: "line-28", title: "Least-squares line of 28 days", about: "", fit: line },
];

/** Past forecasts of all traces, each with its horizon; the bands of all learn from each other. */
export interface Measured {
  readonly series: readonly NamedSeries[];
  readonly pasts: readonly PastForecast[];
}

/** @param method absent: as the product chooses. @param every days between origins. */
export function measure(list: readonly RealSeries[], every: number, method?: Method): Measured {
  const series: NamedSeries[] = [];
  const pasts: PastForecast[] = [];
  for (const trace of new Set(list.map((s) => s.trace))) {
    const own = list.filter((s) => s.trace === trace);
    const named = own.map(({ name, values }) => ({ name, firstDay: 0, values }));
    const { horizon = 14, fromDay = 28 } = own[0] ?? {};
    const plan: BacktestPlan = { horizon, fromDay, every, ...(method ? { method } : {}) };
    pasts.push(...backtest(named, plan).map((past) => ({ ...past, series: past.series + series.length })));
    series.push(...named);
  }
  return { series, pasts };
}

export interface TableRow {
  readonly id: string;
  readonly title: string;
  /** Origins each week, and each day. */
  readonly weekly: Scores;
  readonly daily: Scores;
  /** WAPE of the sum by trace, in the order of the traces. */
  readonly wapes: readonly { readonly weekly: number | null; readonly daily: number | null }[];
}

export const TRACES = ["Philly", "Earth", "Spot 2026"] as const;

/** The scores of every method, and of the product's choice (last), on all real series. */
export function forecastTable(list: readonly RealSeries[] = realSeries()): TableRow[] {
  const row = (id: string, title: string, method?: Method): TableRow => {
    const [weekly, daily] = [measure(list, 7, method), measure(list, 1, method)];
    const scores = ({ series, pasts }: Measured) => scoresOf(pasts, series);
    const wapeOf = ({ series, pasts }: Measured, trace: string) =>
      scoresOf(
        pasts.filter((p) => list[p.series]?.trace === trace),
        series,
      ).wape;
    const wapes = TRACES.map((trace) => ({ weekly: wapeOf(weekly, trace), daily: wapeOf(daily, trace) }));
    return { id, title, weekly: scores(weekly), daily: scores(daily), wapes };
  };
  const methods = [...METHODS.slice(0, 1), ...SIMPLE, ...METHODS.slice(1)];
  return [...methods.map((m) => row(m.id, m.title, m)), row("chosen", "**As the product chooses**")];
}

const ratio = (a: number | null, b: number | null | undefined): string => (a === null || !b ? "–" : (a / b).toFixed(3));
const percent = (value: number | null): string => (value === null ? "–" : (100 * value).toFixed(1));

/** The table of docs/forecasting.md. */
export function tableText(rows: readonly TableRow[]): string {
  const [base] = rows;
  const chosen = rows.at(-1);
  const own = new Set(METHODS.map((m) => m.id)).add("chosen");
  const lines = rows.map(({ id, title, weekly, daily, wapes }) => [
    title,
    `${ratio(weekly.mase, base?.weekly.mase)} / ${ratio(daily.mase, base?.daily.mase)}`,
    ...wapes.map((w) => `${percent(w.weekly)} / ${percent(w.daily)}`),
    own.has(id) ? `${percent(weekly.totalCoverage)} / ${percent(daily.totalCoverage)}` : "",
    own.has(id) ? `${percent(weekly.dayCoverage)} / ${percent(daily.dayCoverage)}` : "",
    own.has(id) ? `${weekly.winkler?.toFixed(2) ?? "–"} / ${daily.winkler?.toFixed(2) ?? "–"}` : "",
  ]);
  const head = [
    "Method",
    "MASE ÷ baseline",
    ...TRACES.map((t) => `WAPE % ${t}`),
    "Sums in band %",
    "Days in band %",
    "Winkler",
  ];
  const text = [head, head.map(() => "---"), ...lines].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
  return `${text}\n\nOrigins: ${chosen?.weekly.origins} each week / ${chosen?.daily.origins} each day.`;
}

/** `npm run forecast:table`: measures again and writes the table; `-- --series <file>` writes the series instead. */
function main(args: readonly string[]): void {
  const list = realSeries();
  if (args[0] === "--series" && args[1]) {
    const rows = list.flatMap(({ trace, name, values }) =>
      values.map((v, day) => `${trace} ${name},${day},${v ?? ""}`),
    );
    writeFileSync(args[1], `series,day,value\n${rows.join("\n")}\n`);
    return;
  }
  const file = new URL("../docs/forecasting.md", import.meta.url);
  const [before, , after] = readFileSync(file, "utf8").split(/<!-- (?:begin|end) of the table -->/);
  const table = tableText(forecastTable(list));
  writeFileSync(file, `${before}<!-- begin of the table -->\n${table}\n<!-- end of the table -->${after}`);
  console.log(table);
}

if (process.argv[1] && import.meta.url.endsWith(process.argv[1].replaceAll("\\", "/"))) main(process.argv.slice(2));
