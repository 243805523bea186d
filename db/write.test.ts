import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runs } from "@/lib/testing-runs.ts";
import { sql } from "./client.ts";
import * as schema from "./schema/index.ts";
import { engines, isAbsent, type TestDb } from "./testing.ts";

const node = fc.record({
  clusterId: fc.constantFrom("c1", "c2"),
  name: fc.constantFrom("n1", "n2", "n3", "n4"),
  nodeId: fc.string({ maxLength: 5 }).map((s) => s.replaceAll("\u0000", "")),
  nodePool: fc.constantFrom("default", "a'b", '"', "ü"),
  gpuModel: fc.constantFrom("H100", ""),
  gpuCount: fc.integer({ min: 0, max: 16 }),
  ready: fc.option(fc.constantFrom(0, 1)),
  firstSeenAt: fc.integer({ min: 0, max: 4_000_000_000 }),
  lastSeenAt: fc.integer({ min: 0, max: 4_000_000_000 }),
});
const nodeKey = { target: [schema.nodes.clusterId, schema.nodes.name], update: "all" } as const;

describe.each(engines)("$name", (engine) => {
  let opened: TestDb | null = null;
  beforeAll(async () => {
    if (!isAbsent(engine)) opened = await engine.open();
  });
  afterAll(() => opened?.drop());
  const store = () => (opened as TestDb).db;
  const it = test.skipIf(isAbsent(engine));
  const empty = (table: "leases" | "nodes" | "projects" | "chunks") =>
    store().write((tx) => tx.run(sql`delete from ${sql.identifier(table)}`));

  it("writes run one at a time, in the order asked, each seeing the one before", async () => {
    await empty("leases");
    const counts = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        store().write(async (tx) => {
          await tx.insert(schema.leases, [{ name: `l${i}`, owner: "t", untilAt: i }]);
          return (await tx.find<{ n: number }>(sql`select cast(count(*) as bigint) as n from leases`))?.n;
        }),
      ),
    );
    expect(counts).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  it("a body that fails leaves nothing, and the next goes on", async () => {
    await empty("leases");
    const failing = store().write(async (tx) => {
      await tx.insert(schema.leases, [{ name: "lost", owner: "t", untilAt: 1 }]);
      throw new Error("changed my mind");
    });
    const next = store().write((tx) => tx.insert(schema.leases, [{ name: "kept", owner: "t", untilAt: 1 }]));
    await expect(failing).rejects.toThrow("changed my mind");
    await next;
    expect(await store().all(sql`select name from leases`)).toEqual([{ name: "kept" }]);
  });

  it("a statement that fails takes the whole transaction with it", async () => {
    await empty("leases");
    const row = { name: "twice", owner: "t", untilAt: 1 };
    const failing = store().write(async (tx) => {
      await tx.insert(schema.leases, [row]);
      await tx.insert(schema.leases, [row]);
    });
    await expect(failing).rejects.toThrow();
    expect(await store().all(sql`select name from leases`)).toEqual([]);
  });

  it("run answers how many rows it changed", async () => {
    await empty("leases");
    const rows = ["a", "b", "c"].map((name) => ({ name, owner: "t", untilAt: 5 }));
    await store().write((tx) => tx.insert(schema.leases, rows));
    expect(await store().write((tx) => tx.run(sql`update leases set until_at = 6 where name <> 'a'`))).toBe(2);
  });

  it("inserting with a conflict can be done twice, in any order", async () => {
    const property = fc.asyncProperty(
      fc.uniqueArray(node, { selector: (n) => `${n.clusterId}/${n.name}`, maxLength: 8 }),
      fc.nat(),
      async (rows, turn) => {
        await empty("nodes");
        const at = rows.length ? turn % rows.length : 0;
        const turned = [...rows.slice(at), ...rows.slice(0, at)].reverse();
        const read = () => store().all(sql`select * from nodes order by cluster_id, name`);
        await store().write((tx) => tx.insert(schema.nodes, rows, nodeKey));
        const once = await read();
        await store().write((tx) => tx.insert(schema.nodes, turned, nodeKey));
        await store().write((tx) => tx.insert(schema.nodes, [...rows, ...turned], nodeKey));
        expect(await read()).toEqual(once);
        expect(once).toHaveLength(rows.length);
      },
    );
    await fc.assert(property, runs(25));
  });

  it("rows with the same key in one call end as if written one by one", async () => {
    const row = { clusterId: "c", name: "p", poolId: "first", lastSeenAt: 1 };
    const later = { ...row, poolId: "second", lastSeenAt: 2 };
    const target = [schema.nodePools.clusterId, schema.nodePools.name];
    const pools = () => store().all(sql`select pool_id, last_seen_at from node_pools`);
    const write = (update: "all" | (typeof schema.nodePools.lastSeenAt)[]) =>
      store().write(async (tx) => {
        await tx.run(sql`delete from node_pools`);
        await tx.insert(schema.nodePools, [row, later], { target, update });
      });
    await write("all");
    expect(await pools()).toEqual([{ pool_id: "second", last_seen_at: 2 }]);
    await write([schema.nodePools.lastSeenAt]);
    expect(await pools()).toEqual([{ pool_id: "first", last_seen_at: 2 }]);
    await write([]);
    expect(await pools()).toEqual([{ pool_id: "first", last_seen_at: 1 }]);
  });

  it("a column that only a later row has is written", async () => {
    await empty("nodes");
    const base = { clusterId: "c", nodeId: "", nodePool: "", gpuModel: "", gpuCount: 8, firstSeenAt: 1, lastSeenAt: 1 };
    const rows = [
      { ...base, name: "a" },
      { ...base, name: "b", removedAt: 9 },
    ];
    await store().write((tx) => tx.insert(schema.nodes, rows));
    expect(await store().all(sql`select name, removed_at from nodes order by name`)).toEqual([
      { name: "a", removed_at: null },
      { name: "b", removed_at: 9 },
    ]);
  });

  it("integers to 2^53, texts of any kind and bytes come back as they went in", async () => {
    await empty("chunks");
    await empty("leases");
    const bytes = Buffer.from([0, 255, 1, 39, 92]);
    const name = `it's "quoted" \\ and ünïcode 🙂`;
    await store().write(async (tx) => {
      await tx.insert(schema.chunks, [{ startAt: 1, seriesKey: 2, count: 3, stepSeconds: 15, bytes }]);
      await tx.insert(schema.leases, [{ name, owner: "", untilAt: Number.MAX_SAFE_INTEGER }]);
    });
    const chunk = await store().find<{ bytes: Buffer }>(sql`select bytes from chunks`);
    expect(Buffer.isBuffer(chunk?.bytes)).toBe(true);
    expect(chunk?.bytes.equals(bytes)).toBe(true);
    const lease = await store().find(sql`select name, until_at as "untilAt" from leases where name = ${name}`);
    expect(lease).toEqual({ name, untilAt: Number.MAX_SAFE_INTEGER });
  });

  it("the database assigns surrogate keys, and each once", async () => {
    await empty("projects");
    const project = (id: string) => ({
      ...{ clusterId: "c", id, name: id, departmentId: "", departmentName: "", namespace: "" },
      ...{ quota: "{}", lastSeenAt: 1 },
    });
    await store().write((tx) => tx.insert(schema.projects, ["a", "b", "c"].map(project)));
    const keys = (await store().all<{ key: number }>(sql`select key from projects`)).map((r) => r.key);
    expect(new Set(keys).size).toBe(3);
    expect(keys.every((key) => Number.isInteger(key) && key > 0)).toBe(true);
  });
});
