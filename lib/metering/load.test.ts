import { expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { nodeStates, nodes } from "@/db/schema/index.ts";
import { sqliteFile } from "@/db/testing.ts";
import { CHUNK_SECONDS } from "@/lib/sync/samples/chunk.ts";
import { SeriesKeys, saveSamples } from "@/lib/sync/samples/sample-store.ts";
import { firstPodsSql, loadInventory } from "./load.ts";
import { rememberCards } from "./shared/kept-cards-store.ts";

it("finds the first pod of a node by an index, however many pods there are", async () => {
  const { db, drop } = await sqliteFile();
  const plan = await db.all<{ detail: string }>(sql`explain query plan ${firstPodsSql("c")}`);
  expect(plan.map((p) => p.detail).filter((d) => / p /.test(d))).toEqual([
    "SEARCH p USING COVERING INDEX pods_node (cluster_id=? AND node=?)",
  ]);
  await drop();
});

it.each([
  ["off", "L40S-SHARED", 10, "L40S", 1],
  ["on", "L40S", 1, "L40S-SHARED", 10],
])("keeps the states of before when time-slicing is switched %s", async (_, before, first, now, second) => {
  const { db, drop } = await sqliteFile();
  const at = 82_870 * CHUNK_SECONDS;
  const state = { clusterId: "c", node: "n", nodePool: "", ready: 1 };
  await db.write(async (tx) => {
    const seen = { firstSeenAt: at, lastSeenAt: at + 200, nodePool: "", ready: 1, createdAt: null, removedAt: null };
    await tx.insert(nodes, [{ clusterId: "c", name: "n", nodeId: "n", ...seen, gpuModel: now, gpuCount: second }]);
    await tx.insert(nodeStates, [
      { ...state, fromAt: at, untilAt: at + 100, gpuModel: before, gpuCount: first },
      { ...state, fromAt: at + 100, untilAt: at + 200, gpuModel: now, gpuCount: second },
    ]);
    const sample = { clusterId: "c", subjectKind: "card", subjectId: "n", metric: "gpu_utilisation_percent" } as const;
    const card = { gpu: "GPU-a", gpuModel: "L40S", node: "n", shared: false, at: [at], value: [0] };
    await saveSamples(tx, new SeriesKeys(), [{ ...sample, ...card }], 60);
  });
  const [node] = await loadInventory(db, "c");
  expect(node?.states.map((s) => [s.gpuModel, s.gpuCount, s.parts ?? 1])).toEqual([
    ["L40S", 1, first],
    ["L40S", 1, second],
  ]);
  await drop();
});

it("keeps how many cards a node of replicas has when its samples are gone, also where its replicas change later", async () => {
  const { db, drop } = await sqliteFile();
  const at = 82_870 * CHUNK_SECONDS;
  const state = { clusterId: "c", node: "n", nodePool: "", ready: 1, gpuModel: "L40S-SHARED" };
  await db.write(async (tx) => {
    const seen = { firstSeenAt: at, lastSeenAt: at + 200, nodePool: "", ready: 1, createdAt: null, removedAt: null };
    await tx.insert(nodes, [
      { clusterId: "c", name: "n", nodeId: "n", ...seen, gpuModel: "L40S-SHARED", gpuCount: 16 },
    ]);
    await tx.insert(nodeStates, [
      { ...state, fromAt: at, untilAt: at + 100, gpuCount: 40 },
      { ...state, fromAt: at + 100, untilAt: at + 200, gpuCount: 16 },
    ]);
    const sample = { clusterId: "c", subjectKind: "card", subjectId: "n", metric: "gpu_utilisation_percent" } as const;
    const cards = ["a", "b", "c", "d"].map((gpu) => {
      return { ...sample, gpu, gpuModel: "L40S", node: "n", shared: false, at: [at], value: [0] };
    });
    await saveSamples(tx, new SeriesKeys(), cards, 60);
  });
  const counts = async () => (await loadInventory(db, "c"))[0]?.states.map((s) => [s.gpuCount, s.parts]);
  const whole = [
    [4, 10],
    [4, 4],
  ];
  expect(await counts()).toEqual(whole);
  await rememberCards(db);
  await db.write((tx) => tx.run(sql`delete from chunks`));
  expect(await counts()).toEqual(whole);
  // The exporter stays silent, and the replicas change once more.
  await db.write((tx) => tx.insert(nodeStates, [{ ...state, fromAt: at + 200, untilAt: at + 300, gpuCount: 8 }]));
  expect(await counts()).toEqual([...whole, [4, 2]]);
  await drop();
});
