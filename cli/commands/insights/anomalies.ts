import path from "node:path";
import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { withCtx } from "@/cli/open.ts";
import { readFileText } from "@/cli/read-file.ts";
import { writesReport } from "@/cli/report-command.ts";
import { AppError } from "@/lib/errors.ts";
import { readSeriesCsv } from "@/lib/forecast/series-csv.ts";
import { judgeAnomaly } from "@/lib/insights/anomalies/judge.ts";
import { compareDetectors, comparisonTable } from "@/lib/insights/anomalies/measured/table.ts";
import { VERDICTS, type Verdict } from "@/lib/insights/anomalies/types.ts";

export function register(program: Command, io: Io): void {
  const anomalies = program
    .command("anomalies")
    .summary("unusual days of teams and projects: list, judge, evaluate")
    .description("Unusual days of teams and projects, and how good the detectors are.");
  writesReport(anomalies.command("list", { isDefault: true }), io, "anomalies");
  anomalies
    .command("judge")
    .argument("<anomaly>", "its id")
    .argument("<verdict>", `${VERDICTS.join(", ")}; open takes back what was said`)
    .description("Says what an anomaly was.")
    .option("--note <text>", "why", "")
    .action((anomaly: string, verdict: string, { note }: { note: string }) =>
      withCtx({ mustExist: true }, async (ctx) => {
        await judgeAnomaly(ctx, { anomaly, verdict: verdict as Verdict, note });
        io.note(`${anomaly}: ${verdict}.`);
      }),
    );
  anomalies
    .command("evaluate")
    .description("Measures every detector on the daily series of a file, with spikes of known size. Reads no ledger.")
    .requiredOption("--file <file>", "CSV with series,day,value; an empty value is an unknown day; also packed as .gz")
    .option("--min-amount <amount>", "least difference of the row with floors, in the unit of the series", "50")
    .option("--min-percent <percent>", "the same in per cent of what was expected", "20")
    .action((options: { file: string; minAmount: string; minPercent: string }) => evaluate(io, options));
  anomalies.addHelpText(
    "after",
    `
Examples:
  npm run --silent ledger -- anomalies --period last-30-days --measure spend --format csv
  npm run --silent ledger -- anomalies judge spend-team-11-20261014 expected --note "load test"
  npm run --silent ledger -- anomalies evaluate --file series.csv`,
  );
}

async function evaluate(
  io: Io,
  { file, minAmount, minPercent }: { file: string; minAmount: string; minPercent: string },
) {
  const [amount, percent] = [numberOf("min-amount", minAmount), numberOf("min-percent", minPercent)];
  const { series } = readSeriesCsv(path.basename(file), await readFileText(file));
  const list = series.map((s) => s.values);
  await io.write(`${comparisonTable(compareDetectors(list, { amount, percent }))}\n`);
  io.note("Of each size: recall / precision in per cent.");
}

function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && value >= 0) return value;
  throw new AppError("invalid", `--${option} "${text}" must be a number of 0 or more.`);
}
