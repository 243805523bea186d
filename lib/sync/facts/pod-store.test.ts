import { afterAll, beforeAll, expect, it } from "vitest";
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
