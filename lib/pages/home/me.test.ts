import { afterEach, beforeEach, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { fleet } from "@/db/schema/index.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { ctxOf, NOW } from "@/lib/charges/testing-ledger.ts";
import { seedOctober } from "@/lib/closing/testing-close.ts";
import type { Ctx, Viewer } from "@/lib/ctx.ts";
import { loadCost } from "@/lib/pages/cost.ts";
import { HOUR_MILLI } from "@/lib/pages/testing.ts";
import { loadMine } from "./me.ts";

const OCTOBER = { start: 0, end: 1, label: "", days: { from: 20261001, until: 20261101 } };

let db: Db;
beforeEach(async () => {
  db = await openSqlite(":memory:");
  await seedOctober(db);
  await db.write((tx) => tx.run(sql`update workloads set submitted_by = case key when 1 then 'ada' else 'bob' end`));
});
afterEach(() => db.close());

const as = (submitters: readonly string[], teams: readonly number[] = []): Ctx => {
  const viewer: Viewer = { kind: "person", id: "x", roles: [], projects: [], teams, manages: [], submitters };
  return { ...ctxOf(db), viewer };
};

it("adds up to what the ledger says of the same workloads, without any role", async () => {
  const mine = await loadMine(as(["ada"]), OCTOBER);
  const whole = await loadCost(ctxOf(db), OCTOBER, { workload: 1 });
  expect(mine).toMatchObject({ micros: whole?.micros, idleMicros: whole?.idleMicros, count: 1 });
  expect(mine.total.allocatedMilli).toBe(30 * HOUR_MILLI);
  expect(mine.recent.map((w) => w.key)).toEqual([1]);
  const both = await loadMine(as(["ada", "bob"]), OCTOBER);
  expect(both.micros).toBe(both.recent.reduce((sum, w) => sum + (w.micros ?? 0), 0));
  expect(both.micros).toBeGreaterThan(mine.micros ?? 0);
});

it("has nothing, and says that no name is known, for somebody who submits under none", async () => {
  for (const names of [[], ["ada' or '1'='1"]]) {
    const mine = await loadMine(as(names), OCTOBER);
    expect(mine).toMatchObject({ names, micros: null, idleMicros: null, hourMicros: null, count: 0, teams: [] });
    expect([...mine.running, ...mine.recent]).toEqual([]);
  }
});

it("shows the part of a team that the viewer is in, and nothing of a team that they are not in", async () => {
  const inside = await loadMine(as(["ada"], [11]), OCTOBER);
  expect(inside.teams).toEqual([
    { key: 11, name: "Vision", micros: inside.micros, teamMicros: inside.teams[0]?.teamMicros },
  ]);
  expect(inside.teams[0]?.teamMicros).toBeGreaterThanOrEqual(inside.micros ?? 0);
  expect((await loadMine(as(["ada"]), OCTOBER)).teams).toEqual([]);
});

it("says what runs now, since when it is idle, and what an hour of it costs", async () => {
  const slot = { clusterId: "c1", node: "n1", hardwareKey: 1, gpu: "", milli: 1000, asOfAt: NOW };
  await db.write((tx) =>
    tx.insert(fleet, [
      { ...slot, position: 0, class: "active", workloadKey: 1, sinceAt: NOW - 60 },
      { ...slot, position: 1, class: "idle-held", workloadKey: 1, sinceAt: NOW - 7200 },
      { ...slot, position: 2, class: "active", workloadKey: 3, sinceAt: NOW - 60 },
    ]),
  );
  const mine = await loadMine(as(["ada"]), OCTOBER);
  expect(mine.running).toMatchObject([{ key: 1, idleSinceAt: NOW - 7200, hourMicros: 5_000_000 }]);
  expect(mine).toMatchObject({ hourMicros: 5_000_000, now: { active: 1000, "idle-held": 1000 }, recent: [] });
});

it("does not price what has no price", async () => {
  const unpriced = await openSqlite(":memory:");
  await seedOctober(unpriced, false);
  await unpriced.write((tx) => tx.run(sql`update workloads set submitted_by = 'ada' where key = 1`));
  const mine = await loadMine({ ...as(["ada"]), db: unpriced }, OCTOBER);
  await unpriced.close();
  expect(mine).toMatchObject({ micros: null, count: 2 });
  expect(mine.recent[0]).toMatchObject({ micros: null, idleMicros: null, hourMicros: null });
});
