import { afterAll, beforeAll, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import type { PodFact } from "@/lib/sources/source.ts";
import { HOUR } from "@/lib/time.ts";
import { endVanished, savePods } from "./pod-store.ts";

const T0 = 1_790_000_000;
let store: TestDb;
beforeAll(async () => {
  store = await sqliteFile();
});
afterAll(() => store.drop());
const whole = { isWhole: true, unread: [] };

it.each<[string, Partial<PodFact>, boolean]>([
  ["runs", { startedAt: T0 }, true],
  ["is bound to a node and has not started", {}, true],
  ["waits for a node", { node: null }, false],
])("a pod that %s and vanishes makes the time since it was last seen due again", async (name, change, isDue) => {
  const pod: PodFact = {
    ...{ clusterId: name, id: "p", name: "p", workloadId: "w", node: "a", nodePool: "", phase: "Pending" },
    ...{ createdAt: T0 - HOUR, startedAt: null, completedAt: null, deletedAt: null },
    ...{ gpuMilli: 1000, gpuMemoryRequestMib: null, ...change },
  };
  await store.db.write((tx) => savePods(tx, [pod], T0));
  const lists = { workloads: whole, pods: whole };
  const changes = await store.db.write((tx) => endVanished(tx, [name], T0 + 600, lists));
  expect(changes.get(name) ?? []).toEqual(isDue ? [{ start: T0, end: T0 + 600 }] : []);
});

it.each<[string, Partial<PodFact>, number]>([
  ["completed and was deleted later", { completedAt: T0 + 60, deletedAt: T0 + 90 }, T0 + 60],
  ["was deleted, and is said to have completed later", { completedAt: T0 + 90, deletedAt: T0 + 60 }, T0 + 60],
  ["was deleted", { deletedAt: T0 + 60 }, T0 + 60],
])("a pod that %s ends by its first sign", async (name, change, end) => {
  const pod: PodFact = {
    ...{ clusterId: name, id: "p", name: "p", workloadId: "w", node: "a", nodePool: "", phase: "Succeeded" },
    ...{ createdAt: T0 - HOUR, startedAt: T0, completedAt: null, deletedAt: null },
    ...{ gpuMilli: 1000, gpuMemoryRequestMib: null, ...change },
  };
  await store.db.write((tx) => savePods(tx, [pod], T0 + HOUR));
  const rows = await store.db.all(sql`select ended_at as "end" from pods where cluster_id = ${name}`);
  expect(rows).toEqual([{ end }]);
});

it("remembers when containers of a pod were started again, each time once, and keeps its first start", async () => {
  const looks: (readonly [after: number, starts: number | null])[] = [
    ...([
      [0, T0],
      [300, T0],
      [600, null],
      [900, T0 + 610],
      [1200, T0 + 610],
      [1500, T0 + 1300],
    ] as const),
  ];
  const pod = (latest: number | null): PodFact => ({
    ...{ clusterId: "r", id: "p", name: "p", workloadId: "w", node: "a", nodePool: "", phase: "Running" },
    ...{ createdAt: T0 - HOUR, startedAt: latest, latestStartAt: latest, completedAt: null, deletedAt: null },
    ...{ gpuMilli: 1000, gpuMemoryRequestMib: null },
  });
  for (const [after, latest] of looks) await store.db.write((tx) => savePods(tx, [pod(latest)], T0 + after));
  // An answer that is older than what is known changes nothing.
  await store.db.write((tx) => savePods(tx, [pod(T0 + 1400)], T0 + 1000));
  const restarts = await store.db.all(sql`select r.at as "at", r.workload_key = p.workload_key as "own",
    p.started_at as "startedAt" from pod_restarts r join pods p on p.id = r.pod_id and p.cluster_id = r.cluster_id
    where r.cluster_id = 'r' order by r.at`);
  expect(restarts).toEqual([T0 + 610, T0 + 1300].map((at) => ({ at, own: 1, startedAt: T0 })));
});
