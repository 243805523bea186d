import { existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Db, openDb } from "@/db/client.ts";
import { type Ctx, jobViewer } from "@/lib/ctx.ts";
import { ingestScenario } from "@/lib/jobs/testing-replay.ts";
import { silentLog } from "@/lib/log.ts";
import { meterRange } from "@/lib/metering/run.ts";
import { DEFAULT_RULES } from "@/lib/metering/types.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import type { Interval } from "@/lib/time.ts";
import { phillyScenario } from "@/simulator/scenarios/philly.ts";
import { inChild } from "./child.ts";
import { timed } from "./measure.ts";

const STEP = 300;
const DATA = path.resolve(import.meta.dirname, "../../shared/data");

export interface PhillyLedger {
  readonly file: string;
  readonly range: Interval;
  readonly clusterIds: readonly string[];
  readonly jobs: number;
  readonly nodes: number;
  readonly ingestSeconds: number;
  readonly meterSeconds: number;
  readonly ingestPeakMb: number;
  readonly meterPeakMb: number;
  readonly fileMb: number;
}

type Loaded = Pick<PhillyLedger, "range" | "clusterIds" | "jobs" | "nodes"> & { seconds: number };

export const ctxOf = (db: Db, now: number): Ctx => ({
  db,
  now: () => now,
  viewer: jobViewer("bench"),
  log: silentLog,
  ledger: testLedger(),
});

/** Task: the trace's facts into a fresh database, through the verbs of a sync. Reading the trace does not count. */
export async function load({ file }: { file: string }): Promise<Loaded> {
  const scenario = phillyScenario(DATA, STEP);
  const db = await openDb(`file:${file}`);
  const { seconds } = await timed(() => ingestScenario(ctxOf(db, scenario.range.end), scenario));
  await db.close();
  return {
    seconds,
    range: scenario.range,
    clusterIds: scenario.clusters.map((c) => c.id),
    jobs: scenario.workloads.length,
    nodes: scenario.nodes.length,
  };
}

/** Task: meters the whole range from what the database holds. */
export async function meter({
  file,
  range,
  clusterIds,
}: Pick<PhillyLedger, "file" | "range" | "clusterIds">): Promise<number> {
  const db = await openDb(`file:${file}`);
  const options = { rules: DEFAULT_RULES, horizon: range.end, stepSeconds: STEP };
  const { seconds } = await timed(() => meterRange(ctxOf(db, range.end), clusterIds, range, options));
  await db.close();
  return seconds;
}

let made: Promise<PhillyLedger> | undefined;

/** The metered ledger of the full replay, made once for a run of benchmarks and removed with the process. */
export function phillyLedger(): Promise<PhillyLedger> {
  if (!made) {
    const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-bench-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    made = makePhilly(folder);
  }
  return made;
}

/** Ingests and meters the replay into `folder`. @throws Error when the trace is not there. */
export async function makePhilly(folder: string): Promise<PhillyLedger> {
  if (!existsSync(path.join(DATA, "philly_passed_jobs.csv.gz")))
    throw new Error("The Philly trace is reference material beside the project (../shared/data): it is not there.");
  const file = path.join(folder, "philly.db");
  const loaded = await inChild<Loaded>("philly-ledger#load", { file });
  const { range, clusterIds, jobs, nodes } = loaded.result;
  const metered = await inChild<number>("philly-ledger#meter", { file, range, clusterIds });
  return {
    file,
    range,
    clusterIds,
    jobs,
    nodes,
    ingestSeconds: loaded.result.seconds,
    meterSeconds: metered.result,
    ingestPeakMb: loaded.peakMb,
    meterPeakMb: metered.peakMb,
    fileMb: statSync(file).size / 1e6,
  };
}
