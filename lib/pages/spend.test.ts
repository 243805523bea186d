import { inspect } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Db } from "@/db/client.ts";
import { capacity } from "@/db/schema/index.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { seedOctober } from "@/lib/closing/testing-close.ts";
import type { Viewer } from "@/lib/ctx.ts";
import { dayOfKey } from "@/lib/time.ts";
import { loadCost } from "./cost.ts";
import { loadProjects } from "./projects.ts";
import { loadSpend, UNSEEN_PROJECTS } from "./spend.ts";
import { loadWorkloads, type WorkloadsInput } from "./workloads.ts";

const INPUT = { days: { from: 20261001, until: 20261101 }, today: 20261031, grain: "day" } as const;

let db: Db;
beforeEach(async () => {
  db = await openSqlite(":memory:");
  await seedOctober(db);
});
afterEach(() => db.close());

const spend = (viewer: Partial<Viewer>) =>
  loadSpend(
    { ...ctxOf(db), viewer: { kind: "person", id: "x", roles: ["engineer"], projects: [], manages: [], ...viewer } },
    INPUT,
  );

it("shows somebody in a team its total, and its projects that they do not see as one sum", async () => {
  const whole = (await loadSpend(ctxOf(db), INPUT)).teams.find((t) => t.key === 11);
  const mine = await spend({ teams: [11] });
  expect(mine.teams.map(({ key, micros }) => ({ key, micros }))).toEqual([{ key: 11, micros: whole?.micros }]);
  expect(mine.teams[0]?.projects).toMatchObject([{ key: UNSEEN_PROJECTS, name: "", micros: whole?.micros }]);
  expect(inspect(mine, { depth: null })).not.toContain("vision");
  const seen = await spend({ teams: [11], projects: ["c1/p-1"] });
  expect(seen.teams[0]?.projects).toEqual(whole?.projects);
});

it("shows nothing of a team to somebody who is not in it", async () => {
  expect(await spend({ teams: [] })).toMatchObject({ totalMicros: null, teams: [], points: [] });
});

it("shows the same cost beside a workload in the list as on its own page, and sorts by it", async () => {
  const list: WorkloadsInput = {
    ...{ period: { start: dayOfKey(20261001, "UTC").start, end: dayOfKey(20261101, "UTC").start }, zone: "UTC" },
    sort: "cost",
    ...{ descending: true, limit: 10, offset: 0 },
  };
  const { rows, count } = await loadWorkloads(ctxOf(db), list);
  expect(count).toBe(rows.length);
  expect(rows.map((r) => r.micros)).toEqual(rows.map((r) => r.micros ?? 0).sort((a, b) => b - a));
  for (const { key, micros, idleMicros } of rows) {
    const cost = await loadCost(ctxOf(db), { ...list.period, label: "", days: INPUT.days }, { workload: key });
    expect({ micros, idleMicros }).toEqual({ micros: cost?.micros ?? null, idleMicros: cost?.idleMicros ?? null });
  }
  expect(rows.length).toBeGreaterThan(1);
  const hours = { ...list, period: { start: list.period.start, end: list.period.start + 3600 * 12 } };
  expect((await loadWorkloads(ctxOf(db), hours)).rows.every((r) => r.micros === null)).toBe(true);
});

it("shows beside a project what spend shows for it", async () => {
  const { from, until } = INPUT.days;
  const period = { start: dayOfKey(from, "UTC").start, end: dayOfKey(until, "UTC").start, days: INPUT.days };
  const rows = await loadProjects(ctxOf(db), { period });
  const { teams } = await loadSpend(ctxOf(db), INPUT);
  for (const { key, micros, idleMicros } of rows) {
    const parts = teams.flatMap((t) => t.projects).filter((p) => p.key === key);
    expect(micros ?? 0).toBe(parts.reduce((sum, p) => sum + p.micros, 0));
    expect(idleMicros ?? 0).toBe(parts.reduce((sum, p) => sum + p.idleMicros, 0));
  }
  expect(rows.some((r) => (r.micros ?? 0) > 0)).toBe(true);
});

it("has what teams were charged on each of the days before, over the days that they are compared with", async () => {
  // Only what is metered to its end is compared.
  const at = dayOfKey(20261101, "UTC").start;
  const metered = { bucketAt: at, hardwareKey: 99, capacityMilli: 0, overlapMilli: 0, rulesId: "", throughAt: at };
  await db.write((tx) => tx.insert(capacity, [metered]));
  const days = { from: 20261031, until: 20261101 };
  const view = await loadSpend(ctxOf(db), { ...INPUT, days, today: 20261101 });
  expect(view.pair).toEqual({ now: days, before: { from: 20261030, until: 20261031 } });
  const before = await loadSpend(ctxOf(db), { ...INPUT, days: { from: 20261030, until: 20261031 }, today: 20261101 });
  const ofTeams = before.teams.filter((t) => t.key !== 1).reduce((sum, t) => sum + t.micros, 0);
  expect(view.daysBefore).toHaveLength(1);
  expect(view.daysBefore?.reduce((a, b) => a + b, 0)).toBe(ofTeams);
  expect(ofTeams).toBeGreaterThan(0);
  // Of one team it is all of the team.
  const team = await loadSpend(ctxOf(db), { ...INPUT, days, today: 20261101, team: "11" });
  const one = before.teams.find((t) => t.key === 11);
  expect(team.daysBefore?.reduce((a, b) => a + b, 0)).toBe(one?.micros);
  expect((await loadSpend(ctxOf(db), { ...INPUT, days, today: 20261101, grain: "week" })).daysBefore).toBeNull();
});
