import { SQL, StringChunk } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import * as t from "@/db/schema/index.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { zeroRow } from "@/lib/classes.ts";
import type { Ctx, Viewer } from "@/lib/ctx.ts";
import { DAY, parseInstant } from "@/lib/time.ts";
import { loadCost } from "./cost.ts";
import { collect, ctxOf, fill, HOUR_MILLI, quantities } from "./testing.ts";
import { eachWorkload, loadWorkloads, type WorkloadSort } from "./workloads.ts";

const MANY = Number(process.env.MANY_WORKLOADS ?? 3500);
const start = parseInstant("2026-03-01T00:00:00Z") as number;
const list = { period: { start, end: start + 31 * DAY }, zone: "UTC", sort: "gpu-hours", descending: true } as const;

let store: TestDb;
beforeAll(async () => {
  store = await sqliteFile();
  await fill(store.db);
  const seen = { firstSeenAt: start, lastSeenAt: start };
  const texts = {
    type: "Training",
    category: "Train",
    namespace: "ns",
    phase: "Running",
    priorityClass: "",
    nodePool: "",
  };
  // So many alike that every order is full of ties.
  for (let from = 0; from < MANY; from += 5000)
    await store.db.write(async (tx) => {
      const keys = Array.from({ length: Math.min(5000, MANY - from) }, (_, i) => 1000 + from + i);
      await tx.insert(
        t.workloads,
        keys.map((key) => {
          const own = {
            key,
            id: `w-${key}`,
            name: `job ${key % 7}`,
            submittedBy: `user${key % 3}`,
            projectKey: 1 + (key % 2),
          };
          return { ...own, ...texts, ...seen, clusterId: "c1", createdAt: start + (key % 5), images: "[]" };
        }),
      );
      const hardware = (key: number) => (key % 11 === 0 ? [1, 2] : [1]);
      await tx.insert(
        t.usageDays,
        keys.flatMap((key) =>
          hardware(key).map((hardwareKey) => {
            const row = { day: 20_260_305 + (key % 2), hardwareKey, workloadKey: key, level: "" };
            return { ...quantities({ activeMilli: (key % 4) * HOUR_MILLI }), ...row };
          }),
        ),
      );
    });
});
afterAll(() => store.drop());

/** The text of a query, without its parameters. */
const textOf = (query: SQL): string =>
  query.queryChunks
    .map((c) => (c instanceof SQL ? textOf(c) : c instanceof StringChunk ? c.value.join("") : ""))
    .join("");

it.each<WorkloadSort>(["gpu-hours", "utilisation", "name"])(
  "a download by %s is what the pages show, found and sorted once",
  async (sort) => {
    const paged: unknown[] = [];
    for (let offset = 0; offset < MANY + 3; offset += 700)
      paged.push(...(await loadWorkloads(ctxOf(store.db), { ...list, sort, limit: 700, offset })).rows);
    let sorted = 0;
    const all = ((query: Parameters<Ctx["db"]["all"]>[0]) => {
      if (/order by \(m\.v is null\)/.test(textOf(query as SQL))) sorted++;
      return store.db.all(query);
    }) as Ctx["db"]["all"];
    const db = Object.assign(Object.create(store.db) as Ctx["db"], { all });
    const rows = await collect(eachWorkload(ctxOf(db as TestDb["db"]), { ...list, sort }));
    expect(rows).toEqual(paged);
    expect(rows).toHaveLength(MANY + 3);
    expect(sorted).toBe(1);
  },
);

it("an engineer sees their own workloads in any project, a manager those charged to their team, and neither any other", async () => {
  const { db } = store;
  const see = async (viewer: Partial<Viewer>) => {
    const ctx = {
      ...ctxOf(db),
      viewer: { kind: "person", id: "x", roles: ["engineer"], projects: [], ...viewer } as Viewer,
    };
    const { rows, count } = await loadWorkloads(ctx, { ...list, offset: 0, limit: MANY });
    return { count, users: [...new Set(rows.map((r) => r.user))] };
  };
  const own = Array.from({ length: MANY }, (_, i) => 1000 + i).filter((key) => key % 3 === 1).length;
  expect(await see({ submitters: ["user1"] })).toEqual({ count: own, users: ["user1"] });
  expect(await see({ submitters: [] })).toEqual({ count: 0, users: [] });
  expect(await see({ submitters: ["user1' or '1'='1"], manages: [7] })).toEqual({ count: 0, users: [] });
  const amounts = { quantity: 1, amountMicros: 1, observedMilli: 0, expectedMilli: 0 };
  await db.write((tx) =>
    tx.insert(t.charges, [
      {
        ...{ day: 20_260_305, hardwareKey: 1, workloadKey: 1002, sku: "gpu", priceClass: "standard", priceKey: 1 },
        ...{ unitPriceNanos: 1, teamKey: 7, projectKey: 1, ...amounts, ...zeroRow() },
      } as typeof t.charges.$inferInsert,
    ]),
  );
  expect(await see({ manages: [7] })).toEqual({ count: 1, users: ["user0"] });
  expect(await see({ manages: [8] })).toEqual({ count: 0, users: [] });
  // Finance sees sums; with a team to manage, too, the workloads of that team, and by a filter no others.
  const finance = { roles: ["finance", "manager"], projects: "all", workloads: [] } as const;
  expect(await see({ ...finance, manages: [7] })).toEqual({ count: 1, users: ["user0"] });
  expect(await see({ ...finance, manages: [] })).toEqual({ count: 0, users: [] });
  await expect(see({ ...finance, roles: ["finance"] })).rejects.toMatchObject({ code: "forbidden" });
});

it("counts of a workload that changed teams what the viewer's team was charged: in rows, in the order and in downloads", async () => {
  const { db } = store;
  const amounts = { quantity: HOUR_MILLI, observedMilli: 0, expectedMilli: 0 };
  const charge = (workloadKey: number, day: number, teamKey: number, amountMicros: number) => ({
    ...{ day, hardwareKey: 1, workloadKey, sku: "gpu", priceClass: "standard", priceKey: 1, unitPriceNanos: 1 },
    ...{ teamKey, projectKey: 1, ...zeroRow(), ...amounts, amountMicros },
  });
  const rows = [
    charge(1008, 20_260_304, 17, 900),
    charge(1008, 20_260_305, 18, 100),
    charge(1010, 20_260_305, 18, 500),
  ];
  await db.write((tx) => tx.insert(t.charges, rows as (typeof t.charges.$inferInsert)[]));
  const see = async (manages: readonly number[]) => {
    const viewer: Viewer = { kind: "person", id: "x", roles: ["manager"], projects: [], teams: manages, manages };
    const ctx = { ...ctxOf(db), viewer };
    const byCost = { ...list, sort: "cost" as const };
    const { rows } = await loadWorkloads(ctx, { ...byCost, offset: 0, limit: 10 });
    expect(await collect(eachWorkload(ctx, byCost))).toEqual(rows);
    const march = { ...list.period, label: "", days: { from: 20_260_301, until: 20_260_401 } };
    for (const { key, micros } of rows) expect((await loadCost(ctx, march, { workload: key }))?.micros).toBe(micros);
    return rows.map((r) => [r.key, r.micros]);
  };
  expect(await see([18])).toEqual([
    [1010, 500],
    [1008, 100],
  ]);
  expect(await see([17])).toEqual([[1008, 900]]);
  expect(await see([17, 18])).toEqual([
    [1008, 1000],
    [1010, 500],
  ]);
});
