import type { Command } from "commander";
import { FORMATS, parseFormat } from "@/lib/api/report-request.ts";
import { ledgerOf, systemNow } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { csvChunks } from "@/lib/exports/csv.ts";
import { jsonChunks } from "@/lib/exports/json.ts";
import { getReport } from "@/lib/reports/index.ts";
import { parseParameters } from "@/lib/reports/parameter.ts";
import { PERIOD_NAMES, parsePeriod } from "@/lib/reports/period.ts";
import type { Io } from "./io.ts";
import { withCtx } from "./open.ts";
import { checkOut, writeOut } from "./out-file.ts";

interface Options {
  readonly from?: string;
  readonly to?: string;
  readonly month?: string;
  readonly period?: string;
  readonly format: string;
  readonly out: string;
}

/** Makes a command write a report: its options are the period, the parameters of the report, and where to write. */
export function writesReport(command: Command, io: Io, slug: string): Command {
  const { parameters, description } = getReport(slug);
  command
    .description(description)
    .option("--from <date>", "first day (YYYY-MM-DD)")
    .option("--to <date>", "the day after the last day: the end is not counted")
    .option("--month <month>", "a calendar month (YYYY-MM), or a billing period (FY2026-P10)")
    .option("--period <name>", `${PERIOD_NAMES.join(", ")}; last-30-days where no period is given`)
    .option("--format <format>", FORMATS.join(" or "), "csv")
    .option("--out <file>", "where to write; - is stdout", "-");
  for (const p of Object.values(parameters)) command.option(`--${p.name} <${p.label.toLowerCase()}>`, p.help);
  return command.action((options: Options & Readonly<Record<string, string | undefined>>) => write(io, slug, options));
}

async function write(io: Io, slug: string, options: Options & Readonly<Record<string, string | undefined>>) {
  const report = getReport(slug);
  const { from, to, month } = options;
  const format = parseFormat(options.format);
  const given = Object.fromEntries(Object.keys(report.parameters).map((key) => [key, options[key]]));
  const parameters = parseParameters(report, given);
  const { zone, calendar } = ledgerOf(env());
  const name = options.period ?? (from || to || month ? undefined : "last-30-days");
  const period = parsePeriod({ period: name, from, to, month }, zone, systemNow(), calendar);
  if (options.out !== "-") await checkOut(options.out);
  await withCtx({ mustExist: true }, async (ctx) => {
    const pages = report.load(ctx, period, parameters);
    await writeOut(
      io,
      options.out,
      format === "csv" ? csvChunks(report.columns, pages) : jsonChunks(report, period, pages),
    );
  });
}
