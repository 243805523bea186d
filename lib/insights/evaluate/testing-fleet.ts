import type { Db, Tx } from "@/db/client.ts";
import { chunks, clusters, meteredBuckets, nodes, pods, projects, series, workloads } from "@/db/schema/index.ts";
import { atResolution, CHUNK_SECONDS, encodeChunk } from "@/lib/sync/samples/chunk.ts";
import { DAY, HOUR, type Instant } from "@/lib/time.ts";

/** A fleet to evaluate: workloads of one card, of which every twentieth idles, and the one after it at night, metered by the hour. */
export interface Fleet {
  readonly workloads: number;
  readonly start: Instant;
  /** Up to where there are samples; whole hours after the start. */
  readonly end: Instant;
  readonly step: number;
}

const METRICS: Readonly<Record<string, readonly [low: number, high: number]>> = {
  gpu_utilisation_percent: [70, 98],
  gpu_memory_used_mib: [50_000, 50_400],
  sm_active_percent: [40, 70],
  dram_active_percent: [15, 30],
  tensor_active_percent: [10, 30],
  power_watts: [350, 600],
  cpu_cores: [3, 7],
};

const KINDS = ["busy", "idle", "nights"] as const;

/** Metrics of each workload. */
export const FLEET_METRICS = Object.keys(METRICS);

/** The start of each chunk, and the samples of each metric, of a busy card and of one that idles: workloads share them. */
function sharedSamples({ start, end, step }: Fleet): { spans: number[]; bytes: Map<string, Buffer> } {
  const spans = Array.from({ length: Math.ceil((end - start) / CHUNK_SECONDS) }, (_, i) => start + i * CHUNK_SECONDS);
  const bytes = new Map<string, Buffer>();
  for (const [metric, [low, high]] of Object.entries(METRICS))
    for (const kind of KINDS)
      for (const startAt of spans) {
        const at: number[] = [];
        for (let t = startAt; t < Math.min(startAt + CHUNK_SECONDS, end); t += step) at.push(t);
        const idle = metric === "gpu_memory_used_mib" ? low : metric === "power_watts" ? 75 : 0;
        const value = at.map((t) =>
          kind === "idle" || (kind === "nights" && t % DAY < 7 * HOUR)
            ? idle
            : low + Math.round(((t * 7919) % 1000) * (high - low)) / 1000,
        );
        if (at.length)
          bytes.set(`${metric} ${kind} ${startAt}`, encodeChunk({ at, value: atResolution(metric, value) }));
      }
  return { spans, bytes };
}

const base = { clusterId: "c", nodePool: "p", gpuModel: "NVIDIA-H100-80GB-HBM3" };

/** Fills a ledger with a fleet. Its start is a multiple of the span of chunks. */
export async function seedFleet(db: Db, fleet: Fleet): Promise<void> {
  const { start, end } = fleet;
  const seen = { firstSeenAt: start, lastSeenAt: end };
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
        lastSeenAt: end,
      },
    ]);
    await tx.insert(
      nodes,
      Array.from({ length: Math.ceil(fleet.workloads / 8) }, (_, i) => ({
        ...base,
        name: `n${i}`,
        nodeId: "",
        gpuCount: 8,
        ready: 1,
        createdAt: start,
        ...seen,
      })),
    );
    const buckets = Array.from({ length: (end - start) / HOUR }, (_, i) => start + i * HOUR);
    await tx.insert(
      meteredBuckets,
      buckets.map((bucketAt) => ({ clusterId: "c", bucketAt, revision: 1 })),
    );
  });
  const shared = sharedSamples(fleet);
  for (let at = 0; at < fleet.workloads; at += 500)
    await db.write((tx) =>
      addWorkloads(
        tx,
        Array.from({ length: Math.min(500, fleet.workloads - at) }, (_, i) => at + i + 1),
        fleet,
        shared,
      ),
    );
}

async function addWorkloads(
  tx: Tx,
  keys: readonly number[],
  { start, end, step }: Fleet,
  { spans, bytes }: ReturnType<typeof sharedSamples>,
): Promise<void> {
  const seen = { firstSeenAt: start, lastSeenAt: end };
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
        createdAt: start,
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
        createdAt: start,
        startedAt: start,
        endedAt: 253_402_300_800,
        gpuMilli: 1000,
        lastSeenAt: end,
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
      const kind = { 0: "idle", 1: "nights" }[Math.floor(i / names.length) % 20] ?? "busy";
      return spans.flatMap((startAt) => {
        const blob = bytes.get(`${row.metric} ${kind} ${startAt}`);
        return blob ? [{ startAt, seriesKey: row.key, count: 720, stepSeconds: step, bytes: blob }] : [];
      });
    }),
  );
}
