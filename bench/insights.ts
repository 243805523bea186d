import { type Db, sql } from "@/db/client.ts";
import { chunks } from "@/db/schema/index.ts";
import { sqliteFile } from "@/db/testing.ts";
import { type Ctx, jobViewer } from "@/lib/ctx.ts";
import type { InsightOptions } from "@/lib/insights/evaluate/options.ts";
import { evaluateDue } from "@/lib/insights/evaluate/run.ts";
import { parseRuleSettings } from "@/lib/insights/evaluate/settings.ts";
import { FLEET_METRICS, seedFleet } from "@/lib/insights/evaluate/testing-fleet.ts";
import { silentLog } from "@/lib/log.ts";
import { DEFAULT_RULES } from "@/lib/metering/types.ts";
import { decodeChunk } from "@/lib/sync/samples/chunk.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { DAY, HOUR } from "@/lib/time.ts";
import { inChild } from "./child.ts";
import type { Benchmark } from "./measure.ts";

const WORKLOADS = 5000;
const STEP = 30;
const START = Date.UTC(2026, 10, 2) / 1000;
const NOW = START + DAY + HOUR;
const TICK = 300;

interface Measured {
  readonly samples: number;
  readonly readSeconds: number;
  readonly allSeconds: number;
  /** Of each tick of an hour. */
  readonly ticks: readonly number[];
}

/** Reads every sample and nothing more: what an evaluation is compared with. */
async function readAll(db: Db): Promise<number> {
  let samples = 0;
  for (let from = 1; from <= WORKLOADS * FLEET_METRICS.length; from += 1000) {
    const rows = await db.all<{ bytes: Uint8Array }>(sql`select c.bytes as "bytes" from ${chunks} c
      where c.start_at >= ${START} and c.start_at < ${START + DAY} and c.series_key >= ${from} and c.series_key < ${from + 1000}`);
    for (const { bytes } of rows) samples += decodeChunk(bytes).at.length;
  }
  return samples;
}

/** A task of its own process, so that its memory is its own. */
export async function evaluateFleet(): Promise<Measured> {
  const store = await sqliteFile();
  await seedFleet(store.db, { workloads: WORKLOADS, start: START, end: NOW, step: STEP });
  const ctx: Ctx = { db: store.db, now: () => NOW, viewer: jobViewer("bench"), log: silentLog, ledger: testLedger() };
  // Seconds of CPU, collecting garbage included: what a shared machine does beside it does not count.
  const timed = async <T>(body: () => Promise<T>): Promise<[T, number]> => {
    const start = process.cpuUsage();
    const result = await body();
    const { user, system } = process.cpuUsage(start);
    return [result, (user + system) / 1e6];
  };
  const options: Omit<InsightOptions, "horizon"> = {
    ...{ meter: DEFAULT_RULES, settings: parseRuleSettings(""), knownImages: [], stepSeconds: STEP },
    retentionSeconds: 14 * DAY,
  };
  // Before and after the day: other work on the machine slows both, and it changes meanwhile.
  const [samples, before] = await timed(() => readAll(store.db));
  const [, allSeconds] = await timed(() => evaluateDue(ctx, { ...options, horizon: START + DAY + 700 }));
  const [, after] = await timed(() => readAll(store.db));
  const readSeconds = (before + after) / 2;
  const ticks: number[] = [];
  for (let at = START + DAY + 700 + TICK; at <= START + DAY + 700 + HOUR; at += TICK)
    ticks.push((await timed(() => evaluateDue(ctx, { ...options, horizon: at, isTick: true })))[1]);
  await store.drop();
  return { samples, readSeconds, allSeconds, ticks };
}

export const insights: Benchmark = {
  name: "insights",
  what: "Evaluating every rule of findings",
  how: `${WORKLOADS} workloads of one card over 24 hours of ${STEP} s samples of seven metrics, in a process of its own: all of it at once, then the twelve ticks of the next hour; against reading the same samples and nothing more, before and after.`,
  async run() {
    const { result: r, peakMb } = await inChild<Measured>("insights#evaluateFleet", null);
    const mean = r.ticks.reduce((sum, t) => sum + t, 0) / r.ticks.length;
    const longest = Math.max(...r.ticks);
    return {
      figures: [
        {
          key: "of_reading",
          what: "a day, against reading its samples",
          value: r.allSeconds / r.readSeconds,
          unit: "times",
        },
        { key: "day_cpu_seconds", what: "a day, CPU", value: r.allSeconds, unit: "s" },
        { key: "tick_cpu_seconds", what: "a tick of 5 minutes, CPU, mean of an hour", value: mean, unit: "s" },
        {
          key: "tick_of_day",
          what: "a tick against a day, mean of an hour",
          value: (100 * mean) / r.allSeconds,
          unit: "percent",
        },
        {
          key: "tick_of_reading",
          what: "the longest tick of an hour, against reading a day's samples",
          value: longest / r.readSeconds,
          unit: "times",
        },
        { key: "peak_mb", what: "peak memory, with the filling", value: peakMb, unit: "MB" },
      ],
      notes: [
        `${r.samples} samples; reading them takes ${r.readSeconds.toFixed(1)} s of CPU.`,
        `Seconds of CPU of each tick: ${r.ticks.map((t) => t.toFixed(2)).join(", ")}.`,
        `The longest takes ${((1000 * longest) / WORKLOADS).toFixed(2)} ms a workload: every half hour judges all of them, between them those that wait are.`,
      ],
    };
  },
};
