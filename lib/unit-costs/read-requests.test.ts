import { afterEach, beforeEach, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { pods } from "@/db/schema/index.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { asViewer, manager, SPEECH, seedSixtyDays, TODAY, VISION } from "@/lib/budgets/testing-ledger.ts";
import { ctxOf, NOW } from "@/lib/charges/testing-ledger.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import type { Readers } from "@/lib/sources/source.ts";
import { addDays, DAY, dayOfKey, HOUR } from "@/lib/time.ts";
import { defineUnit } from "./changes.ts";
import { readDueRequests } from "./read-requests.ts";
import { loadUnitViews } from "./unit-views.ts";

const FIRST = addDays(TODAY, -3);
let store: TestDb;
let ctx: Ctx;
let asked: string[];

const unit = (teamKey: number, name: string) => ({
  ...{ name, noun: "request", per: 1000 as const, scope: { kind: "team" as const, value: String(teamKey) } },
  ...{ source: "requests" as const, category: "Deploy" as const, countsFromDay: FIRST },
});
const pod = (id: string, workloadKey: number, createdAt: number, endedAt = NOW + 99 * DAY) => ({
  ...{ clusterId: "c1", id, workloadKey, name: id, node: "n1", nodePool: "", phase: "Running", createdAt },
  ...{ startedAt: createdAt, boundAt: null, endedAt, gpuMilli: 1000, gpuMemoryRequestMib: null, lastSeenAt: NOW },
});

beforeEach(async () => {
  store = await sqliteFile();
  ctx = ctxOf(store.db);
  asked = [];
  await seedSixtyDays(store.db);
  await store.db.write(async (tx) => {
    await tx.run(sql`update workloads set category = 'Deploy'`);
    await tx.insert(pods, [
      pod("a", 1, NOW - 50 * DAY),
      pod("b", 1, NOW - 50 * DAY, dayOfKey(FIRST, "UTC").end),
      pod("s", 3, 0),
    ]);
  });
});
afterEach(() => store.drop());

const read = (reader: Readers["requests"] | undefined, at = NOW) =>
  readDueRequests({ ...ctx, now: () => at }, () => reader, { horizon: at, retention: 30 * DAY });
/** A thousand of each pod and day. */
const thousand: Readers["requests"] = async (_, podId, window) => {
  asked.push(`${podId} ${(window.start - dayOfKey(FIRST, "UTC").start) / DAY}`);
  return { value: 1000, missing: [] };
};
const days = async (key: number) =>
  (await loadUnitViews(ctx, { from: FIRST, until: TODAY }, key))[0]?.days.map((d) => d.countMilli);

it("are those of the pods of the scope's workloads, once each day that is over; a manager needs no query", async () => {
  const key = await defineUnit(asViewer(ctx, manager), unit(VISION, "Chat"));
  expect(await read(thousand)).toBe(3);
  expect(asked).toEqual(["a 0", "b 0", "a 1", "a 2"]);
  expect(await days(key)).toEqual([2_000_000, 1_000_000, 1_000_000]);
  expect(await read(thousand)).toBe(0);
  // About a hundred dollars a day for one to two thousand requests.
  const [view] = await loadUnitViews(ctx, { from: FIRST, until: TODAY }, key);
  expect((view?.allocation.unitMicros ?? 0) / 1e6).toBeCloseTo(Number(view?.allocation.costMicros ?? 0) / 1e6 / 4, 6);
});

it("are unknown for a day of which a pod's counter is, which is read again for a week", async () => {
  const key = await defineUnit(ctx, unit(VISION, "Chat"));
  const gap: Readers["requests"] = async (workload, podId, window, life) =>
    podId === "b" ? { value: null, missing: [] } : thousand(workload, podId, window, life);
  expect(await read(gap)).toBe(3);
  expect(await days(key)).toEqual([null, 1_000_000, 1_000_000]);
  expect(await read(thousand, NOW + HOUR)).toBe(0);
  expect(await read(thousand, NOW + 7 * HOUR)).toBe(1);
  expect(await days(key)).toEqual([2_000_000, 1_000_000, 1_000_000]);
});

it("are read again for a day that is charged again, with the pods of its cost now; not while the source is away", async () => {
  const key = await defineUnit(ctx, unit(VISION, "Chat"));
  await read(thousand);
  expect(await days(key)).toEqual([2_000_000, 1_000_000, 1_000_000]);
  // A pod is found late, and what it held is charged.
  const late = NOW + 7 * HOUR;
  await store.db.write(async (tx) => {
    await tx.insert(pods, [pod("late", 1, NOW - 50 * DAY, dayOfKey(FIRST, "UTC").end)]);
    await tx.run(sql`update charged_days set charged_at = ${late} where day = ${FIRST}`);
  });
  // It may be charged after each sync: its counters are asked every six hours.
  expect(await read(thousand, NOW + HOUR)).toBe(0);
  const away: Readers["requests"] = () => Promise.reject(new AppError("source_unavailable", "Run:ai is away."));
  expect(await read(away, late)).toBe(0);
  expect(await days(key)).toEqual([2_000_000, 1_000_000, 1_000_000]);
  expect(await read(thousand, late)).toBe(1);
  expect(await days(key)).toEqual([3_000_000, 1_000_000, 1_000_000]);
  expect(await read(thousand, late + 7 * HOUR)).toBe(0);
});

it("need no counter of a day on which a pod only waited to start", async () => {
  const key = await defineUnit(ctx, unit(VISION, "Chat"));
  const waited = { ...pod("w", 1, dayOfKey(FIRST, "UTC").start), startedAt: dayOfKey(addDays(FIRST, 2), "UTC").start };
  await store.db.write((tx) => tx.insert(pods, [waited]));
  await read(thousand);
  expect(asked).toEqual(["a 0", "b 0", "a 1", "a 2", "w 2"]);
  expect(await days(key)).toEqual([2_000_000, 1_000_000, 2_000_000]);
});

it("are zero where none of the workloads ran, and unknown where the source is away or reports none", async () => {
  await store.db.write((tx) => tx.run(sql`update workloads set category = 'Train' where key = 3`));
  const none = await defineUnit(ctx, unit(SPEECH, "None"));
  await read(thousand);
  expect(await days(none)).toEqual([0, 0, 0]);
  const away = await defineUnit(ctx, unit(VISION, "Away"));
  expect(await read(() => Promise.reject(new AppError("source_unavailable", "Run:ai is away.")))).toBe(1);
  expect(await days(away)).toEqual([null, null, null]);
  // The first day waits for its next turn; without a source nobody knows the others.
  expect(await read(undefined)).toBe(2);
  expect(await days(away)).toEqual([null, null, null]);
  await expect(defineUnit(ctx, { ...unit(VISION, "Training"), category: "Train" })).rejects.toThrow(/inference/);
});
