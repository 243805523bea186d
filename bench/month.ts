import { sql } from "@/db/client.ts";
import { requestBackfill, runBackfill } from "@/lib/jobs/index.ts";
import { type Peers, testLedger } from "@/lib/jobs/testing.ts";
import { DAY, HOUR, type Instant, type Interval, MINUTE } from "@/lib/time.ts";
import { fixedClock } from "@/simulator/clock.ts";
import { startSimulator } from "@/simulator/index.ts";
import { Random } from "@/simulator/random.ts";
import type { Scenario } from "@/simulator/scenario.ts";
import { type TraceJob, traceScenario } from "@/simulator/scenarios/trace.ts";
import { timed } from "./measure.ts";

const START: Instant = Date.UTC(2026, 8, 1) / 1000;
export const MONTH: Interval = { start: START, end: START + 30 * DAY };
export const WORKLOADS = 200;
const GPUS = [1, 1, 1, 1, 1, 1, 2, 2, 4, 8];
/** Inference that runs the whole month. */
const ALWAYS = 10;

/** 200 workloads of a month: lengths lognormal about 6 h (sigma 1.5), 5 % of them running from its first to its last second. */
export function monthScenario(stepSeconds: number): Scenario {
  const random = new Random(11);
  const jobs = Array.from({ length: WORKLOADS }, (_, n): TraceJob => {
    const always = n < ALWAYS;
    const submitAt = always ? MONTH.start : MONTH.start + Math.floor(random.next() * 29 * DAY);
    const length = Math.max(5 * MINUTE, Math.round(random.lognormal(6 * HOUR, 1.5)));
    const start = always ? MONTH.start : submitAt + 60;
    return {
      name: `workload-${n}`,
      project: `project-${n % 8}`,
      user: `user-${n % 23}@example.com`,
      category: always ? "Deploy" : n % 4 === 1 ? "Build" : "Train",
      gpus: GPUS[n % GPUS.length] as number,
      submitAt,
      start,
      end: always ? MONTH.end : Math.min(start + length, MONTH.end),
      outcome: "completed",
      gpuModel: "NVIDIA-A100-80GB",
    };
  });
  return traceScenario(jobs, { name: "month", stepSeconds, cardsPerNode: 8, memoryMibPerGpu: 81_920 });
}

const NOW = MONTH.end + DAY;

/** Task that keeps serving: the month behind both APIs, each answer late by `latencyMs`. */
export async function serve({ stepSeconds, latencyMs }: { stepSeconds: number; latencyMs: number }): Promise<Peers> {
  const scenario = monthScenario(stepSeconds);
  const simulator = await startSimulator({ scenario, clock: fixedClock(NOW), latencyMs });
  const { runaiUrl, prometheusUrl, credentials } = simulator;
  return { runaiUrl, prometheusUrl, credentials };
}

export interface Filled {
  readonly seconds: number;
  readonly requests: number;
  readonly samples: number;
  readonly chunkBytes: number;
  readonly chunkSamples: number;
}

export interface Fill {
  readonly peers: Peers;
  readonly stepSeconds: number;
  readonly range: Interval;
}

/** Task: a backfill of the range into a fresh database, as `ledger backfill` does it, metering included. */
export async function fill({ peers, stepSeconds, range }: Fill): Promise<Filled> {
  const step = `${stepSeconds}s`;
  const settings = { SAMPLE_STEP: step, BACKFILL_STEP: step, SERIES_RETENTION: "90d", SOURCE_RETENTION: "90d" };
  const { ledger, store } = await testLedger(peers, () => NOW, settings);
  const backfill = await requestBackfill(ledger.ctx, { from: range.start, to: range.end, stepSeconds });
  const { seconds, result } = await timed(() => runBackfill(ledger, backfill.id));
  if (result.unread) throw new Error(`${result.unread} windows were not read`);
  const chunks = await store.db.find<{ bytes: number; samples: number }>(
    sql`select sum(length(bytes)) as "bytes", sum("count") as "samples" from chunks`,
  );
  await ledger.sources?.close();
  await store.drop();
  return {
    seconds,
    requests: result.progress.requests,
    samples: result.progress.samples,
    chunkBytes: chunks?.bytes ?? 0,
    chunkSamples: chunks?.samples ?? 0,
  };
}
