import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { chargedLedger } from "./charged-ledger.ts";
import { inChild } from "./child.ts";
import { type Benchmark, type Figure, percentile } from "./measure.ts";
import type { Step } from "./month-of-money.ts";
import { type Made, type Read, TREND } from "./trend.ts";

const RUNS = 40;

/** What finance does with a month, each in a process of its own. */
const STEPS = [
  { key: "rate", what: "rate and allocate the month again", task: "rate", args: {} },
  { key: "dry_run", what: "dry run of a change of price", task: "dryRun", args: {} },
  { key: "csv", what: "CSV of all teams", task: "periodFileTask", args: { format: "csv" } },
  { key: "xlsx", what: "XLSX of the team with the most workloads", task: "teamFile", args: { format: "xlsx" } },
  { key: "focus", what: "FOCUS of all teams, validated", task: "periodFileTask", args: { format: "focus" } },
  { key: "pdf", what: "PDF of 1,000 lines", task: "pdf", args: {} },
  { key: "close", what: "close the month", task: "close", args: {} },
] as const;

export const money: Benchmark = {
  name: "money",
  what: "A month of money, from rating to the close",
  how: `November 2017 of the Philly replay, each step in a process of its own on a copy of the ledger: seconds of the step, Node and its modules loaded; the ratio is to reading the rows that rating reads and writes (usage_days, charges, team_days, shares of the month) with better-sqlite3 bare. Then ${TREND.workloadsPerDay} workloads a day of ${TREND.teams} teams and ${TREND.projects} projects over thirteen months, charged; its trend by team, ${RUNS} times, read in threads as the server does.`,
  async run() {
    const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-bench-"));
    try {
      const file = path.join(folder, "money.db");
      copyFileSync((await chargedLedger()).file, file);
      const month = await monthFigures(file);
      const trend = await trendFigures(path.join(folder, "trend.db"));
      return { figures: [...month.figures, ...trend.figures], notes: [...month.notes, ...trend.notes] };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function monthFigures(file: string) {
  const figures: Figure[] = [];
  const notes: string[] = [];
  const bare = (await inChild<Step>("month-of-money#bare", { file })).result;
  let most = 0;
  for (const { key, what, task, args } of STEPS) {
    const { result, peakMb } = await inChild<Step>(`month-of-money#${task}`, { file, ...args });
    most = Math.max(most, peakMb);
    figures.push({ key: `${key}_seconds`, what, value: result.seconds, unit: "s" });
    notes.push(
      `${what}: ${(result.seconds / bare.seconds).toFixed(1)} times the bare read; ${peakMb.toFixed(0)} MB at most${result.waitMs === undefined ? "" : `; others wait ${result.waitMs.toFixed(0)} ms at most`}.`,
    );
    if (key === "rate") notes.push(`The month has ${result.size} workloads; the bare read is of ${bare.size} rows.`);
  }
  figures.push({ key: "peak_mb", what: "most memory of any step", value: most, unit: "MB" });
  return { figures, notes };
}

async function trendFigures(file: string) {
  const made = (await inChild<Made>("trend#make", { file })).result;
  const { month, week } = (await inChild<Read>("trend#read", { file, runs: RUNS })).result;
  const p95 = (list: readonly number[]) => percentile(list, 0.95);
  const figures: Figure[] = [
    { key: "trend_p95_ms", what: "p95 of the trend by month, as a report", value: p95(month.report), unit: "ms" },
    { key: "spend_p95_ms", what: "p95 of the page of spend, by month", value: p95(month.page), unit: "ms" },
    { key: "trend_weeks_p95_ms", what: "p95 of the trend by week, as a report", value: p95(week.report), unit: "ms" },
  ];
  return { figures, notes: [`${made.days} days with ${made.charges} charges.`] };
}
