import path from "node:path";
import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { formatOption, writeRows } from "@/cli/names.ts";
import { withCtx } from "@/cli/open.ts";
import { readFileText } from "@/cli/read-file.ts";
import { type ScopeWords, scopeIn, scopeOptions } from "@/cli/scope-options.ts";
import { loadOutlooks } from "@/lib/budgets/outlooks.ts";
import { BUDGET_SPANS } from "@/lib/budgets/types.ts";
import { disarmed } from "@/lib/csv-file.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { FORECAST_COLUMNS, forecastRows } from "@/lib/exports/budget-rows.ts";
import { csvRecords } from "@/lib/exports/csv.ts";
import { type BacktestPlan, backtest } from "@/lib/forecast/backtest.ts";
import { METHODS } from "@/lib/forecast/methods.ts";
import { type Scores, scoresOf } from "@/lib/forecast/scores.ts";
import { BACKTEST_COLUMNS, backtestRows, readSeriesCsv, type SeriesFile } from "@/lib/forecast/series-csv.ts";

const BACKTEST_FORMATS = ["csv", "summary"];

interface BacktestOptions {
  readonly file: string;
  readonly horizon: string;
  readonly every: string;
  readonly fromDay: string;
  readonly method?: string;
  readonly format: string;
}

export function register(program: Command, io: Io): void {
  const forecast = program
    .command("forecast")
    .summary("forecasts of cost, and how good they were")
    .description("Forecasts daily cost, and measures forecasts on the past.");
  formatOption(
    scopeOptions(forecast.command("show").description("Writes what is spent and expected by each day of the period.")),
  )
    .option("--span <span>", `the period: ${BUDGET_SPANS.join(", ")}; that of the budget where it is not given`)
    .action((options: ScopeWords & { format: string; span?: string }) =>
      withCtx({ mustExist: true }, (ctx) => show(io, ctx, options)),
    );
  forecast
    .command("backtest")
    .description("Forecasts the past of any daily series from the days before, and writes it beside what came.")
    .requiredOption("--file <file>", "CSV with series,day,value; an empty value is an unknown day; also packed as .gz")
    .option("--horizon <days>", "days ahead", "14")
    .option("--every <days>", "days between origins", "7")
    .option("--from-day <days>", "days of history before the first origin", "28")
    .option(
      "--method <method>",
      `one method for all: ${METHODS.map((m) => m.id).join(", ")}; else the best of the past`,
    )
    .option("--format <format>", BACKTEST_FORMATS.join(" or "), "csv")
    .addHelpText(
      "after",
      `
Writes ${BACKTEST_COLUMNS.join(",")}.
"origin" is the first day of a forecast: all days before it were known, none after.

Examples:
  npm run --silent ledger -- forecast backtest --file series.csv --horizon 14 --every 7 --from-day 28 --format csv
  npm run --silent ledger -- forecast backtest --file series.csv --method ses --format summary`,
    )
    .action((options: BacktestOptions) => runBacktest(io, options));
}

/** Days of scopes, spent and expected. */
async function show(io: Io, ctx: Ctx, options: ScopeWords & { format: string; span?: string }): Promise<void> {
  const { span: text } = options;
  const span = BUDGET_SPANS.find((s) => s === text);
  if (text !== undefined && !span)
    throw new AppError("invalid", `"${text}" is not a span: use ${BUDGET_SPANS.join(", ")}.`);
  const any = options.all || options.team || options.costCentre || options.department || options.project;
  const outlooks = await loadOutlooks(ctx, {
    ...(any ? { scopes: [await scopeIn(ctx, options)] } : {}),
    ...(span ? { span } : {}),
  });
  const rows = outlooks.flatMap((o) => forecastRows(o, ctx.ledger.currency));
  await writeRows(io, FORECAST_COLUMNS, rows, options.format);
}

/** @throws AppError `invalid` that names the option. */
function wholeDays(option: string, text: string, least: number, most: number): number {
  const days = Number(text);
  if (/^\d+$/.test(text) && days >= least && days <= most) return days;
  throw new AppError("invalid", `--${option} "${text}" must be a whole number from ${least} to ${most}.`);
}

function planOf({ horizon, every, fromDay, method: id }: BacktestOptions): BacktestPlan {
  const method = METHODS.find((m) => m.id === id);
  if (id !== undefined && !method)
    throw new AppError("invalid", `There is no method "${id}": ${METHODS.map((m) => m.id).join(", ")}.`);
  return {
    horizon: wholeDays("horizon", horizon, 1, 366),
    every: wholeDays("every", every, 1, 366),
    fromDay: wholeDays("from-day", fromDay, 1, 10_000),
    ...(method ? { method } : {}),
  };
}

async function runBacktest(io: Io, options: BacktestOptions): Promise<void> {
  const plan = planOf(options);
  if (!BACKTEST_FORMATS.includes(options.format))
    throw new AppError("invalid", `--format "${options.format}" must be ${BACKTEST_FORMATS.join(" or ")}.`);
  const file = readSeriesCsv(path.basename(options.file), await readFileText(options.file));
  if (options.format === "summary") return summarise(io, file, plan);
  const pasts = backtest(file.series, plan);
  if (!pasts.length)
    io.note(`No series has ${plan.fromDay} days of history and ${plan.horizon} days after: nothing to measure.`);
  await io.write(csvRecords([[...BACKTEST_COLUMNS]]));
  for (const past of pasts) {
    const rows = [...backtestRows(file, [past])].map(([name = "", ...rest]) => [disarmed(name), ...rest]);
    await io.write(csvRecords(rows));
  }
}

/** Scores of all series together beside those of the baseline. */
async function summarise(io: Io, file: SeriesFile, plan: BacktestPlan): Promise<void> {
  const [baseline] = METHODS;
  const own = scoresOf(backtest(file.series, plan), file.series);
  const other = baseline && scoresOf(backtest(file.series, { ...plan, method: baseline }), file.series);
  const row = (name: string, s: Scores) => [
    name,
    String(s.origins),
    ...[s.mase, s.wape, s.dayCoverage, s.totalCoverage, s.winkler].map((v) => (v === null ? "" : v.toFixed(4))),
  ];
  const header = ["method", "origins", "mase", "wape_of_total", "day_coverage", "total_coverage", "winkler_of_total"];
  const rows = [row(plan.method?.id ?? "chosen", own), ...(other ? [row("seasonal-naive", other)] : [])];
  await io.write(csvRecords([header, ...rows]));
}
