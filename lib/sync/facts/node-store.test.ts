import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import type { NodeFact, PodFact } from "@/lib/sources/source.ts";
import { HOUR } from "@/lib/time.ts";
import { saveNodes } from "./node-store.ts";
import { endVanished, savePods } from "./pod-store.ts";

const T0 = 1_790_000_000;
const MINUTE = 60;
const at = (n: number) => T0 + n * MINUTE;
const node = (name: string, change: Partial<NodeFact> = {}): NodeFact => ({
  ...{ clusterId: "c", id: name, name, nodePool: "pool", gpuModel: "H100", gpuCount: 8, ready: true, createdAt: 1000 },
  ...change,
});

let store: TestDb;
let db: Db;
beforeAll(async () => {
  store = await sqliteFile();
  db = store.db;
});
beforeEach(async () => {
  await db.write(async (tx) => {
    for (const table of ["nodes", "node_states", "pods"]) await tx.run(sql`delete from ${sql.raw(table)}`);
  });
});
afterAll(() => store.drop());

/** One look a minute; returns what each makes due, as `[from, to]` in minutes. */
async function look(...lists: readonly (readonly NodeFact[])[]) {
  const out: number[][] = [];
  for (const [n, list] of lists.entries()) {
    const changes = await db.write((tx) => saveNodes(tx, ["c"], list, at(n)));
    out.push((changes.get("c") ?? []).flatMap((s) => [(s.start - T0) / MINUTE, (s.end - T0) / MINUTE]));
  }
  return out;
}
const rows = () =>
  db.all<{ name: string; count: number; removed: number | null; created: number | null }>(sql`select name,
    gpu_count as "count", removed_at as removed, created_at as created from nodes order by name`);
const removed = async () => (await rows()).map((r) => (r.removed === null ? null : (r.removed - T0) / MINUTE));
const states = () =>
  db.all<{ node: string; count: number }>(
    sql`select node, gpu_count as "count" from node_states order by node, from_at`,
  );

describe("a look at the nodes", () => {
  it("that is empty once changes nothing; what was metered meanwhile is metered again", async () => {
    const both = [node("a"), node("b")];
    expect(await look(both, [], both)).toEqual([[], [], [0, 2]]);
    expect(await removed()).toEqual([null, null]);
    expect(await states()).toEqual([
      { node: "a", count: 8 },
      { node: "b", count: 8 },
    ]);
  });

  it("that is incomplete removes a node that it does not name after a day of such looks, and none that cannot be read", async () => {
    const DAY_OF_LOOKS = 25 * 60;
    await look([node("a"), node("b"), node("c")]);
    const half = (n: number) =>
      db.write((tx) => saveNodes(tx, ["c"], [node("a")], at(n), { isWhole: false, unread: ["c"] }));
    for (let n = 10; n < 24 * 60; n += 60) await half(n);
    expect(await removed()).toEqual([null, null, null]);
    await half(DAY_OF_LOOKS);
    expect(await removed()).toEqual([null, 0, null]);
  });

  it("that is incomplete removes nothing after its source was down, though others were read", async () => {
    await look([node("a"), node("b")]);
    const hours = Array.from({ length: 49 }, (_, hour) => at(hour * 60));
    await db.write(async (tx) => {
      for (const now of hours) {
        await saveNodes(tx, ["other"], [node("x", { clusterId: "other" })], now);
        await tx.run(sql`insert into sync_runs (id, kind, status, counts, error, started_at, finished_at)
          values (${`r${now}`}, 'live', 'partial', '{}', '', ${now}, ${now})`);
      }
      const pod = { clusterId: "c", id: "p", name: "p", workloadId: "w", node: "b", nodePool: "", phase: "Running" };
      const times = { createdAt: T0 - HOUR, startedAt: T0, completedAt: null, deletedAt: null };
      await savePods(tx, [{ ...pod, ...times, gpuMilli: 1000, gpuMemoryRequestMib: null }], T0);
    });
    const part = { isWhole: false, unread: [] };
    const half = (n: number) =>
      db.write(async (tx) => {
        await saveNodes(tx, ["c"], [node("a")], at(n), part);
        await endVanished(tx, ["c"], at(n), { workloads: part, pods: part });
      });
    const open = async () => (await db.all(sql`select id from pods where ended_at > ${at(4000)}`)).length;
    for (const n of [2 * 24 * 60, 2 * 24 * 60 + 1]) await half(n);
    expect([await removed(), await open()]).toEqual([[null, null, null], 1]);
    for (let n = 2 * 24 * 60 + 60; n <= 3 * 24 * 60 + 60; n += 60) await half(n);
    expect([await removed(), await open()]).toEqual([[null, 0, null], 0]);
    await db.write((tx) => tx.run(sql`delete from sync_runs`));
  });

  it("that lacks a node twice removes it, when it was last seen", async () => {
    expect(await look([node("a"), node("b")], [node("a")], [node("a")])).toEqual([[], [], [0, 2]]);
    expect(await removed()).toEqual([null, 0]);
  });

  it("that lists it again with the same creation shows that it never left", async () => {
    await look([node("a"), node("b")], [node("a")], [node("a")], [node("a")], [node("a"), node("b")]);
    expect(await removed()).toEqual([null, null]);
    expect((await states()).filter((s) => s.node === "b")).toEqual([{ node: "b", count: 8 }]);
  });

  it("that lists another node under its name shows that it was absent, and keeps its first creation", async () => {
    const again = node("b", { createdAt: at(3) });
    await look([node("a"), node("b")], [node("a")], [node("a")], [node("a")], [node("a"), again]);
    expect((await states()).filter((s) => s.node === "b").map((s) => s.count)).toEqual([8, 0, 8]);
    expect((await rows())[1]?.created).toBe(1000);
  });

  it("that reports no cards of a ready node leaves it its cards", async () => {
    await look([node("a")], [node("a", { gpuCount: 0, gpuModel: null })]);
    expect((await rows())[0]?.count).toBe(8);
    expect((await states()).map((s) => s.count)).toEqual([8, 0]);
  });

  it("that names no model leaves the one that is known, also of a node whose cards it counts", async () => {
    await look(
      [node("a")],
      [node("a", { gpuModel: null })],
      [node("a", { gpuModel: "" })],
      [node("a", { gpuCount: 4, gpuModel: null })],
    );
    const models = await db.all(sql`select gpu_model as model, gpu_count as "count" from node_states order by from_at`);
    expect(models).toEqual([
      { model: "H100", count: 8 },
      { model: "H100", count: 4 },
    ]);
  });

  it.each<[string, Partial<PodFact>]>([
    ["that runs", { startedAt: T0 }],
    ["that is only bound to it", {}],
    ["that asks for a share", { gpuMilli: null, gpuMemoryRequestMib: 8192 }],
  ])("that reports no cards of a ready node is no state of its own under a pod %s", async (_, change) => {
    const pod: PodFact = {
      ...{ clusterId: "c", id: "p", name: "p", workloadId: "w", node: "a", nodePool: "", phase: "Pending" },
      ...{ createdAt: T0 - HOUR, startedAt: null, completedAt: null, deletedAt: null },
      ...{ gpuMilli: 1000, gpuMemoryRequestMib: null, ...change },
    };
    await db.write((tx) => savePods(tx, [pod], T0));
    await look([node("a")], [node("a", { gpuCount: 0, gpuModel: null })]);
    expect((await states()).map((s) => s.count)).toEqual([8]);
  });

  it("that reports no cards of a node that is not ready is no state of its own but for that", async () => {
    await look([node("a")], [node("a", { gpuCount: 0, gpuModel: null, ready: false })]);
    expect((await states()).map((s) => s.count)).toEqual([8, 8]);
  });
});
