import { getTableColumns } from "drizzle-orm";
import type { Db } from "@/db/client.ts";
import * as t from "@/db/schema/index.ts";
import type { Ctx, Viewer } from "@/lib/ctx.ts";
import { localViewer } from "@/lib/ctx.ts";
import { silentLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { type Instant, parseInstant } from "@/lib/time.ts";

/** The clock of the page tests. */
export const NOW = parseInstant("2026-03-10T12:00:00Z") as Instant;
export const HOUR_MILLI = 3_600_000;

const quantityKeys = Object.keys(getTableColumns(t.usage)).filter(
  (key) => !["bucketAt", "hardwareKey", "workloadKey", "level"].includes(key),
);
/** A usage row's quantities: nothing but what is given. */
export const quantities = (given: Partial<typeof t.usage.$inferInsert>) => ({
  ...(Object.fromEntries(quantityKeys.map((key) => [key, 0])) as Omit<
    typeof t.usage.$inferInsert,
    "bucketAt" | "hardwareKey" | "workloadKey" | "level"
  >),
  ...given,
});

export const ctxOf = (db: Db, viewer: Viewer = localViewer): Ctx => ({
  db,
  now: () => NOW,
  viewer,
  log: silentLog,
  ledger: testLedger(),
});

/** Sees project 1 alone. */
export const oneProject: Viewer = { kind: "person", id: "ada", projects: ["c1/p-1"], roles: ["engineer"] };

const START = NOW - 3 * 3600;
interface Held {
  readonly workload: number;
  readonly project: number;
  readonly hardware: number;
  readonly quantities: Partial<typeof t.usage.$inferInsert>;
}

/** Each hour: project 1 works on two cards, project 2 idles on one; a card is free, another is down; utilisation 80 and 0. */
const HELD: readonly Held[] = [
  {
    workload: 1,
    project: 1,
    hardware: 1,
    quantities: { activeMilli: 2 * HOUR_MILLI, observedMilli: HOUR_MILLI, utilisationWeighted: 8000 * HOUR_MILLI },
  },
  { workload: 2, project: 2, hardware: 1, quantities: { deadIdleMilli: HOUR_MILLI, observedMilli: HOUR_MILLI } },
  { workload: 0, project: 0, hardware: 1, quantities: { unallocatedMilli: HOUR_MILLI, downMilli: HOUR_MILLI } },
  { workload: 3, project: 1, hardware: 2, quantities: { noDataMilli: HOUR_MILLI } },
];

/** Two clusters, three hours up to noon of 10 March 2026, in every usage table alike. */
export async function fill(db: Db): Promise<void> {
  const seen = { firstSeenAt: START, lastSeenAt: NOW };
  const buckets = [START, START + 3600, START + 7200];
  await db.write(async (tx) => {
    await tx.insert(
      t.clusters,
      ["c1", "c2"].map((id) => ({ id, name: `cluster ${id}`, state: "Connected", ...seen })),
    );
    await tx.insert(t.hardware, [
      { key: 1, clusterId: "c1", nodePool: "h100", gpuModel: "H100" },
      { key: 2, clusterId: "c2", nodePool: "a100", gpuModel: "A100" },
    ]);
    await tx.insert(
      t.projects,
      [0, 1, 2].map((key) => ({
        key,
        clusterId: key ? "c1" : "",
        id: key ? `p-${key}` : "",
        name: key ? `project ${key}` : "",
        departmentId: "",
        departmentName: "dept",
        namespace: "",
        quota: key === 1 ? '{"default":4000}' : "{}",
        lastSeenAt: NOW,
      })),
    );
    await tx.insert(
      t.workloads,
      [1, 2, 3].map((key) => workload(key)),
    );
    const rows = buckets.flatMap((bucketAt) => HELD.map((h) => ({ bucketAt, ...h })));
    await tx.insert(
      t.usage,
      rows.map((r) => ({
        ...quantities(r.quantities),
        bucketAt: r.bucketAt,
        hardwareKey: r.hardware,
        workloadKey: r.workload,
        level: r.workload ? "gpu" : "",
      })),
    );
    await tx.insert(
      t.usageProjects,
      rows.map((r) => ({
        ...quantities(r.quantities),
        bucketAt: r.bucketAt,
        hardwareKey: r.hardware,
        projectKey: r.project,
      })),
    );
    const tripled = (q: object) =>
      Object.fromEntries(Object.entries(q).map(([key, value]) => [key, 3 * Number(value)]));
    await tx.insert(
      t.usageDays,
      HELD.map((h) => ({
        ...quantities(tripled(h.quantities)),
        day: 20_260_310,
        hardwareKey: h.hardware,
        workloadKey: h.workload,
        level: "",
      })),
    );
    await tx.insert(
      t.capacity,
      buckets.flatMap((bucketAt) =>
        [5, 1].map((cards, i) => ({
          bucketAt,
          hardwareKey: i + 1,
          capacityMilli: cards * HOUR_MILLI,
          overlapMilli: 0,
          throughAt: bucketAt + 3600,
          rulesId: "r",
        })),
      ),
    );
    await tx.insert(t.fleet, [
      { ...slot, position: 0, class: "active", workloadKey: 1, utilisationCenti: 8000, sinceAt: START },
      { ...slot, position: 1, class: "dead-idle", workloadKey: 2, utilisationCenti: 0, sinceAt: START },
      { ...slot, position: 2, class: "unallocated", workloadKey: 0, utilisationCenti: null, sinceAt: START },
    ]);
  });
}

const slot = { clusterId: "c1", node: "n1", hardwareKey: 1, gpu: "", milli: 1000, gpuMemoryMib: null, asOfAt: NOW };

const workload = (key: number) => ({
  key,
  clusterId: key === 3 ? "c2" : "c1",
  id: `w-${key}`,
  name: ["train 100%", "idle_notebook", "elsewhere"][key - 1] ?? "",
  type: "Training",
  category: key === 2 ? "Build" : "Train",
  namespace: "ns",
  projectKey: key === 2 ? 2 : 1,
  submittedBy: `user${key}@example.org`,
  phase: "Running",
  priorityClass: "",
  nodePool: "",
  createdAt: START + key,
  gpuRequestMilli: 1000,
  images: "[]",
  firstSeenAt: START,
  lastSeenAt: NOW,
});

/** All that a generator gives. */
export async function collect<T>(some: AsyncIterable<T>): Promise<T[]> {
  const out: T[] = [];
  for await (const one of some) out.push(one);
  return out;
}
