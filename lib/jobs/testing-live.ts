import type { TestDb } from "@/db/testing.ts";
import type { SourceDefinition } from "@/lib/sources/source.ts";
import { HOUR, type Instant, MINUTE } from "@/lib/time.ts";
import { fixedClock } from "@/simulator/clock.ts";
import { type Simulator, type SimulatorOptions, startSimulator } from "@/simulator/index.ts";
import type { Scenario } from "@/simulator/scenario.ts";
import { exactUsage } from "@/simulator/truth.ts";
import { type Ledger, type SyncSummary, syncLive, workOnBackfills } from "./index.ts";
import { isTrue, testLedger, usageByClass } from "./testing.ts";

/** A ledger that syncs live while the simulated cluster lives, on one clock that the test moves. */
export interface LiveTest {
  readonly ledger: Ledger;
  readonly simulator: Simulator;
  readonly summaries: SyncSummary[];
  now(): Instant;
  /** Moves the clock without a sync: nobody was there. */
  jump(to: Instant): void;
  /** Syncs at every tick up to and with `to`, and works on backfills that were requested. */
  live(to: Instant, tickSeconds?: number): Promise<void>;
  close(): Promise<void>;
}

export interface LiveOptions {
  readonly prometheus: boolean;
  readonly from: Instant;
  readonly settings?: Readonly<Record<string, string>>;
  readonly simulator?: Partial<SimulatorOptions>;
  /** Instead of a fresh SQLite file; dropped at the end. */
  readonly store?: TestDb;
  /** Where to ask instead of the simulator itself. */
  readonly runaiUrl?: (simulator: Simulator) => Promise<string>;
  /** Sources after those of the list, on the clock of the test. */
  readonly more?: (now: () => Instant) => readonly SourceDefinition[];
}

export const TICK = Number(process.env.LIVE_TICK ?? 10 * MINUTE);
/** Of the hours after what a test is about: whatever happened, fewer and longer syncs come to the same. */
export const LONG_TICK = 3 * TICK;

export async function startLive(scenario: Scenario, options: LiveOptions): Promise<LiveTest> {
  const clock = fixedClock(options.from);
  const simulator = await startSimulator({
    scenario,
    clock,
    runai: { deletedRetentionDays: 14 },
    ...options.simulator,
  });
  const peers = {
    runaiUrl: (await options.runaiUrl?.(simulator)) ?? simulator.runaiUrl,
    credentials: simulator.credentials,
    prometheusUrl: options.prometheus ? simulator.prometheusUrl : undefined,
  };
  const step = `${scenario.stepSeconds}s`;
  const settings = {
    SAMPLE_STEP: step,
    BACKFILL_STEP: step,
    HTTP_RETRY_COUNT: "0",
    HTTP_CONCURRENCY: "16",
    ...options.settings,
  };
  const now = () => clock.now();
  const { ledger, store } = await testLedger(peers, now, settings, options.store, options.more?.(now));
  const summaries: SyncSummary[] = [];
  return {
    ledger,
    simulator,
    summaries,
    now: () => clock.now(),
    jump: (to) => clock.set(to),
    live: async (to, tickSeconds = TICK) => {
      while (clock.now() < to) {
        clock.set(Math.min(to, clock.now() + tickSeconds));
        summaries.push(await syncLive(ledger));
        await workOnBackfills(ledger, new AbortController().signal);
      }
    },
    close: async () => {
      await ledger.sources?.close();
      await store.drop();
      await simulator.close();
    },
  };
}

/** Where usage and the simulator's truth differ, by bucket, workload, model and class; buckets from `from` on. */
export async function differences(test: LiveTest, scenario: Scenario, from: Instant): Promise<string[]> {
  const truth = new Map<string, number>();
  for (const row of exactUsage(scenario)) {
    const key = `${row.bucket}|${row.workloadId ?? ""}|${row.gpuModel}|${row.class}`;
    truth.set(key, (truth.get(key) ?? 0) + row.milliGpuSeconds);
  }
  const got = await usageByClass(test.ledger.ctx);
  const inside = (key: string) => Number(key.split("|")[0]) >= from && Number(key.split("|")[0]) < scenario.range.end;
  const keys = [...new Set([...got.keys(), ...truth.keys()])].filter(inside).sort();
  return keys.flatMap((key) =>
    isTrue(key, got.get(key), truth.get(key)) ? [] : [`${key}: ${got.get(key) ?? 0}, truth ${truth.get(key) ?? 0}`],
  );
}

const NOT_HELD = new Set(["unknown", "unallocated"]);

/** The same for what workloads held, whatever its class. */
export async function heldDifferences(test: LiveTest, scenario: Scenario, from: Instant): Promise<string[]> {
  const sum = (entries: Iterable<readonly [string, number]>) => {
    const out = new Map<string, number>();
    for (const [key, milli] of entries) {
      const [bucket, workload, model, usageClass] = key.split("|") as [string, string, string, string];
      if (!workload || NOT_HELD.has(usageClass) || Number(bucket) < from || Number(bucket) >= scenario.range.end)
        continue;
      out.set(`${bucket}|${workload}|${model}`, (out.get(`${bucket}|${workload}|${model}`) ?? 0) + milli);
    }
    return out;
  };
  const truth = sum(
    exactUsage(scenario).map((r) => [`${r.bucket}|${r.workloadId ?? ""}|${r.gpuModel}|${r.class}`, r.milliGpuSeconds]),
  );
  const got = sum(await usageByClass(test.ledger.ctx));
  return [...new Set([...got.keys(), ...truth.keys()])]
    .filter((key) => got.get(key) !== truth.get(key))
    .map((key) => `${key}: ${got.get(key) ?? 0}, truth ${truth.get(key) ?? 0}`);
}

/** Long enough after the end that everything has settled. */
export const settled = (scenario: Scenario): Instant => scenario.range.end + 20 * MINUTE;
export const hour = (scenario: Scenario, n: number): Instant => scenario.range.start + n * HOUR;
