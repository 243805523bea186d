import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { withCtx } from "@/cli/open.ts";
import { checkOut, writeOut } from "@/cli/out-file.ts";
import { FORMATS, parseFormat } from "@/lib/api/report-request.ts";
import { ledgerOf, systemNow } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { csvChunks } from "@/lib/exports/csv.ts";
import { jsonChunks } from "@/lib/exports/json.ts";
import { counted } from "@/lib/format.ts";
import { getReport, listReports } from "@/lib/reports/index.ts";
import { type Parameter, parseParameters } from "@/lib/reports/parameter.ts";
import { PERIOD_NAMES, parsePeriod } from "@/lib/reports/period.ts";
import type { Row } from "@/lib/reports/report.ts";

interface Options {
  readonly list?: boolean;
  readonly from?: string;
  readonly to?: string;
  readonly month?: string;
  readonly period?: string;
  readonly format: string;
  readonly out: string;
}

/** Every parameter of a report, once, by its name. */
const PARAMETERS = new Map(listReports().flatMap((r) => Object.entries(r.parameters)));

/** What an option does; those of few reports say of which. */
function helpOf({ name, help }: Parameter): string {
  const takers = listReports().filter((r) => name in r.parameters);
  return takers.length > 2 ? help : `${help} (${takers.map((r) => r.slug).join(", ")})`;
}

export function register(program: Command, io: Io): void {
  const command = program
    .command("report")
    .summary("write a report as CSV or JSON")
    .description("Writes a report over a period of the billing time zone.")
    .argument("[report]", "which report; --list names them")
    .option("--list", "list the reports there are")
    .option("--from <date>", "first day (YYYY-MM-DD), or an instant such as 2026-10-01T00:00:00Z")
    .option("--to <date>", "the day after the last day: the end is not counted")
    .option("--month <month>", "a calendar month (YYYY-MM), or a billing period (FY2026-P10)")
    .option("--period <name>", PERIOD_NAMES.join(", "))
    .option("--format <format>", FORMATS.join(" or "), "csv")
    .option("--out <file>", "where to write; - is stdout", "-")
    .addHelpText(
      "after",
      `
Examples:
  npm run --silent ledger -- report --list
  npm run --silent ledger -- report usage-by-workload --month 2026-10 --out october.csv
  npm run --silent ledger -- report cost-by-team --month 2026-10
  npm run --silent ledger -- report usage-by-project --from 2026-10-01 --to 2026-10-08 --format json`,
    )
    .action((slug: string | undefined, options: Options & Given) => run(io, slug, options));
  for (const parameter of PARAMETERS.values())
    command.option(`--${parameter.name} <${parameter.label.toLowerCase()}>`, helpOf(parameter));
}

/** The values of parameters, by name. */
type Given = Readonly<Record<string, string | undefined>>;

async function run(io: Io, slug: string | undefined, options: Options & Given): Promise<void> {
  if (options.list) return list(io);
  if (!slug) throw new AppError("invalid", "Which report? --list names them.");
  const report = getReport(slug);
  const { period: name, from, to, month } = options;
  if (!(name || from || to || month))
    throw new AppError("invalid", "Which period? Give --from and --to, --month YYYY-MM, or --period last-month.");
  const format = parseFormat(options.format);
  const given = Object.fromEntries([...PARAMETERS.keys()].map((key) => [key, options[key]]));
  const parameters = parseParameters(report, given);
  const { zone, calendar } = ledgerOf(env());
  const period = parsePeriod({ period: name, from, to, month }, zone, systemNow(), calendar);
  if (options.out !== "-") await checkOut(options.out);
  await withCtx({ mustExist: true }, async (ctx) => {
    const pages = reportedRows(io, report.load(ctx, period, parameters));
    const chunks = format === "csv" ? csvChunks(report.columns, pages) : jsonChunks(report, period, pages);
    await writeOut(io, options.out, chunks);
  });
}

async function list(io: Io): Promise<void> {
  const reports = listReports();
  const width = Math.max(...reports.map((r) => r.slug.length));
  for (const r of reports) await io.write(`${r.slug.padEnd(width)}  ${r.description}\n`);
}

async function* reportedRows(io: Io, pages: AsyncIterable<readonly Row[]>): AsyncGenerator<readonly Row[]> {
  let rows = 0;
  for await (const page of pages) {
    io.signal.throwIfAborted();
    rows += page.length;
    io.progress(counted(rows, "row"));
    yield page;
  }
}
