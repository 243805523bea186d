import { type Db, sql, type Tx } from "@/db/client.ts";
import { chunks, clusters, meteredBuckets, nodes, pods, projects, series, workloads } from "@/db/schema/index.ts";
import { sqliteFile } from "@/db/testing.ts";
import { type Ctx, jobViewer } from "@/lib/ctx.ts";
import type { InsightOptions } from "@/lib/insights/evaluate/options.ts";
import { evaluateDue } from "@/lib/insights/evaluate/run.ts";
import { parseRuleSettings } from "@/lib/insights/evaluate/settings.ts";
import { silentLog } from "@/lib/log.ts";
import { DEFAULT_RULES } from "@/lib/metering/types.ts";
import { atResolution, CHUNK_SECONDS, decodeChunk, encodeChunk } from "@/lib/sync/samples/chunk.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { DAY, HOUR } from "@/lib/time.ts";
import { inChild } from "./child.ts";
import type { Benchmark } from "./measure.ts";

const WORKLOADS = 5000;
const STEP = 30;
const START = Date.UTC(2026, 10, 2) / 1000;
const NOW = START + DAY + HOUR;
const METRICS: Readonly<Record<string, readonly [low: number, high: number]>> = {
  gpu_utilisation_percent: [70, 98],
  gpu_memory_used_mib: [50_000, 50_400],
  sm_active_percent: [40, 70],
  dram_active_percent: [15, 30],
  tensor_active_percent: [10, 30],
  power_watts: [350, 600],
  cpu_cores: [3, 7],
};

interface Measured {
  readonly samples: number;
  readonly readSeconds: number;
  readonly allSeconds: number;
  readonly tickSeconds: number;
}

/** The start of each chunk, and the samples of each metric, of a busy card and of one that idles: workloads share them. */
function sharedSamples(): { spans: number[]; bytes: Map<string, Buffer> } {
  const spans = Array.from({ length: (DAY + HOUR) / CHUNK_SECONDS + 1 }, (_, i) => START + i * CHUNK_SECONDS);
  const bytes = new Map<string, Buffer>();
  for (const [metric, [low, high]] of Object.entries(METRICS))
    for (const kind of ["busy", "idle"])
      for (const startAt of spans) {
        const at: number[] = [];
        for (let t = startAt; t < Math.min(startAt + CHUNK_SECONDS, NOW); t += STEP) at.push(t);
        const idle = metric === "gpu_memory_used_mib" ? low : metric === "power_watts" ? 75 : 0;
        const value = at.map((t) =>
          kind === "idle" ? idle : low + Math.round(((t * 7919) % 1000) * (high - low)) / 1000,
        );
        if (at.length)
          bytes.set(`${metric} ${kind} ${startAt}`, encodeChunk({ at, value: atResolution(metric, value) }));
      }
  return { spans, bytes };
}

const seen = { firstSeenAt: START, lastSeenAt: NOW };
const base = { clusterId: "c", nodePool: "p", gpuModel: "NVIDIA-H100-80GB-HBM3" };

/** 5,000 workloads of one card over a day; every twentieth idles. */
async function fill(db: Db): Promise<void> {
  await db.write(async (tx) => {
    await tx.insert(clusters, [{ id: "c", name: "c", state: "Connected", ...seen }]);
    await tx.insert(projects, [
      {
        key: 1,
        clusterId: "c",
        id: "1",
        name: "p",
        departmentId: "",
        departmentName: "",
        namespace: "",
        quota: "{}",
        lastSeenAt: NOW,
      },
    ]);
    await tx.insert(
      nodes,
      Array.from({ length: WORKLOADS / 8 }, (_, i) => ({
        ...base,
        name: `n${i}`,
        nodeId: "",
        gpuCount: 8,
        ready: 1,
        createdAt: START,
        ...seen,
      })),
    );
    const buckets = Array.from({ length: DAY / HOUR + 1 }, (_, i) => START + i * HOUR);
    await tx.insert(
      meteredBuckets,
      buckets.map((bucketAt) => ({ clusterId: "c", bucketAt, revision: 1 })),
    );
  });
  const shared = sharedSamples();
  for (let at = 0; at < WORKLOADS; at += 500)
    await db.write((tx) =>
      addWorkloads(
        tx,
        Array.from({ length: 500 }, (_, i) => at + i + 1),
        shared,
      ),
    );
}

async function addWorkloads(
  tx: Tx,
  keys: readonly number[],
  { spans, bytes }: ReturnType<typeof sharedSamples>,
): Promise<void> {
  await tx.insert(
    workloads,
    keys.map((key) => ({
      ...{
        key,
        clusterId: "c",
        id: `w${key}`,
        name: `w${key}`,
        type: "Training",
        category: "Train",
        namespace: "",
      },
      ...{
        projectKey: 1,
        submittedBy: "ada",
        phase: "Running",
        priorityClass: "",
        nodePool: "p",
        createdAt: START,
      },
      ...{ gpuRequestMilli: 1000, images: "[]", ...seen },
    })),
  );
  await tx.insert(
    pods,
    keys.map((key) => ({
      ...{
        clusterId: "c",
        id: `p${key}`,
        workloadKey: key,
        name: "",
        node: `n${Math.floor((key - 1) / 8)}`,
        nodePool: "p",
      },
      ...{
        phase: "Running",
        createdAt: START,
        startedAt: START,
        endedAt: 253_402_300_800,
        gpuMilli: 1000,
        lastSeenAt: NOW,
      },
    })),
  );
  const names = Object.keys(METRICS);
  const rows = keys.flatMap((key) =>
    names.map((metric, m) => ({
      ...{ key: (key - 1) * names.length + m + 1, clusterId: "c", metric, node: "", gpuModel: "", shared: 0 },
      ...(metric === "cpu_cores"
        ? { subjectKind: "workload", subjectId: `w${key}`, gpu: "" }
        : { subjectKind: "gpu", subjectId: `p${key}`, gpu: `GPU-${key}` }),
    })),
  );
  await tx.insert(series, rows);
  await tx.insert(
    chunks,
    rows.flatMap((row, i) => {
      const kind = Math.floor(i / names.length) % 20 === 0 ? "idle" : "busy";
      return spans.flatMap((startAt) => {
        const blob = bytes.get(`${row.metric} ${kind} ${startAt}`);
        return blob ? [{ startAt, seriesKey: row.key, count: 720, stepSeconds: STEP, bytes: blob }] : [];
      });
    }),
  );
}

/** Reads every sample and nothing more: what an evaluation is compared with. */
async function readAll(db: Db): Promise<number> {
  let samples = 0;
  for (let from = 1; from <= WORKLOADS * 7; from += 1000) {
    const rows = await db.all<{ bytes: Uint8Array }>(sql`select c.bytes as "bytes" from ${chunks} c
      where c.start_at >= ${START} and c.start_at < ${START + DAY} and c.series_key >= ${from} and c.series_key < ${from + 1000}`);
    for (const { bytes } of rows) samples += decodeChunk(bytes).at.length;
  }
  return samples;
}

/** A task of its own process, so that its memory is its own. */
export async function evaluateFleet(): Promise<Measured> {
  const store = await sqliteFile();
  await fill(store.db);
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
  const [samples, readSeconds] = await timed(() => readAll(store.db));
  const [, allSeconds] = await timed(() => evaluateDue(ctx, { ...options, horizon: START + DAY + 700 }));
  const [, tickSeconds] = await timed(() => evaluateDue(ctx, { ...options, horizon: START + DAY + 1600 }));
  await store.drop();
  return { samples, readSeconds, allSeconds, tickSeconds };
}

export const insights: Benchmark = {
  name: "insights",
  what: "Evaluating every rule of findings",
  how: `${WORKLOADS} workloads of one card over 24 hours of ${STEP} s samples of seven metrics, in a process of its own: all of it at once, then the next quarter of an hour; against reading the same samples and nothing more.`,
  async run() {
    const { result: r, peakMb } = await inChild<Measured>("insights#evaluateFleet", null);
    return {
      figures: [
        {
          key: "of_reading",
          what: "a day, against reading its samples",
          value: r.allSeconds / r.readSeconds,
          unit: "times",
        },
        { key: "day_cpu_seconds", what: "a day, CPU", value: r.allSeconds, unit: "s" },
        { key: "tick_cpu_seconds", what: "the next quarter of an hour, CPU", value: r.tickSeconds, unit: "s" },
        { key: "peak_mb", what: "peak memory, with the filling", value: peakMb, unit: "MB" },
      ],
      notes: [`${r.samples} samples; reading them takes ${r.readSeconds.toFixed(1)} s of CPU.`],
    };
  },
};
