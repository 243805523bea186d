import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { seedOctober } from "@/lib/closing/testing-close.ts";
import type { Ctx, Viewer } from "@/lib/ctx.ts";
import { findCostScope } from "@/lib/reports/read/cost-scope.ts";
import { runs } from "@/lib/testing-runs.ts";
import { addDays, daysBetween } from "@/lib/time.ts";
import {
  completeDays,
  loadProjectSparks,
  loadSpendSparks,
  loadUserSparks,
  loadWorkloadSparks,
  type Spark,
  sparksOf,
} from "./sparks.ts";
import { loadSpend } from "./spend.ts";
import { loadUsers } from "./users.ts";

const OCTOBER = { from: 20261001, until: 20261101 };
const sumOf = (spark: Spark) => spark.reduce<number>((sum, v) => sum + (v ?? 0), 0);

describe("sparks", () => {
  it("hold every amount once, as the mean of the charged days of its span, and at most 62 points", () => {
    const row = fc.record({
      key: fc.constantFrom("a", "b"),
      at: fc.nat(799),
      micros: fc.integer({ min: -1000, max: 1e6 }),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), fc.integer({ min: 1, max: 800 }), (given, count) => {
        const days = { from: 20260101, until: addDays(20260101, count) };
        const rows = given.map(({ key, at, micros }) => ({ key, day: addDays(days.from, at % count), micros }));
        const charged = new Set(rows.map((r) => r.day));
        const sparks = sparksOf<string>(days, charged, rows);
        const daysIn = (span: number) =>
          [...charged].filter((day) => Math.floor(daysBetween(days.from, day) / sparks.step) === span).length;
        for (const key of ["a", "b"]) {
          const spark = sparks.of(key);
          expect(spark.length).toBeLessThanOrEqual(62);
          expect(spark.length).toBe(Math.ceil(daysBetween(days.from, days.until) / sparks.step));
          const sum = sumOf(spark.map((mean, span) => mean && mean * daysIn(span)));
          expect(sum).toBeCloseTo(sumOf(rows.filter((r) => r.key === key).map((r) => r.micros)));
        }
      }),
      runs(200, 3),
    );
  });

  it("are 0 where a day is charged and has nothing of the key, and unknown where no day is charged", () => {
    const days = { from: 20261001, until: 20261005 };
    const sparks = sparksOf<number>(days, new Set([20261001, 20261002, 20261004]), [
      { key: 1, day: 20261002, micros: 7 },
    ]);
    expect([sparks.of(1), sparks.of(2)]).toEqual([
      [0, 7, null, 0],
      [0, 0, null, 0],
    ]);
  });

  it("do not fall where the last span is short, or a span is charged in part", () => {
    const days = { from: 20260101, until: addDays(20260101, 100) };
    const charged = Array.from({ length: 99 }, (_, i) => addDays(days.from, i)).filter((_, i) => i !== 4);
    const sparks = sparksOf<number>(
      days,
      new Set(charged),
      charged.map((day) => ({ key: 1, day, micros: 10 })),
    );
    expect([sparks.step, new Set(sparks.of(1))]).toEqual([2, new Set([10])]);
  });

  it("end before the day that goes on", () => {
    expect(completeDays(OCTOBER, 20261010)).toEqual({ from: 20261001, until: 20261010 });
    expect(completeDays(OCTOBER, 20261215)).toEqual(OCTOBER);
    expect(completeDays(OCTOBER, 20260901)).toEqual({ from: 20261001, until: 20261001 });
  });
});

describe("sparks of a ledger", () => {
  let db: Db;
  beforeAll(async () => {
    db = await openSqlite(":memory:");
    await seedOctober(db);
    await db.write((tx) => tx.run(sql`update workloads set submitted_by = case key when 1 then 'ada' else 'bob' end`));
  });
  afterAll(() => db.close());
  const as = (viewer?: Partial<Viewer>): Ctx => {
    const person: Viewer = {
      kind: "person",
      id: "x",
      roles: ["engineer"],
      projects: [],
      teams: [],
      manages: [],
      ...viewer,
    };
    return viewer ? { ...ctxOf(db), viewer: person } : ctxOf(db);
  };
  const scoped = async (ctx: Ctx, grain: "team" | "usage" = "usage") => ({
    ctx,
    cost: await findCostScope(ctx, {}, grain),
  });

  it("add up to what the tables beside them say", async () => {
    const { ctx, cost } = await scoped(as());
    const view = await loadSpend(ctx, { days: OCTOBER, today: 20261201, grain: "day" });
    const spend = await loadSpendSparks(ctx, (await scoped(as(), "team")).cost, OCTOBER);
    const projects = await loadProjectSparks(ctx, cost, OCTOBER);
    for (const team of view.teams) {
      expect(sumOf(spend.of(String(team.key)))).toBe(team.micros);
      for (const p of team.projects) expect(sumOf(spend.of(`${team.key}/${p.key}`))).toBe(p.micros);
    }
    const users = await loadUserSparks(ctx, cost, OCTOBER);
    for (const u of await loadUsers(ctx, OCTOBER, 20261201)) expect(sumOf(users.of(u.user))).toBe(u.micros);
    const works = await loadWorkloadSparks(ctx, cost, OCTOBER, [1, 2]);
    expect(sumOf(works.of(1))).toBe(sumOf(users.of("ada")));
    expect(sumOf(projects.of(1))).toBeGreaterThan(0);
  });

  it("hold nothing that the viewer does not see", async () => {
    const { ctx, cost } = await scoped(as({}));
    expect(sumOf((await loadUserSparks(ctx, cost, OCTOBER)).of("ada"))).toBe(0);
    expect(sumOf((await loadWorkloadSparks(ctx, cost, OCTOBER, [1])).of(1))).toBe(0);
    expect(sumOf((await loadProjectSparks(ctx, cost, OCTOBER)).of(1))).toBe(0);
    const own = await scoped(as({ submitters: ["ada"] }));
    expect(sumOf((await loadUserSparks(own.ctx, own.cost, OCTOBER)).of("ada"))).toBeGreaterThan(0);
    expect(sumOf((await loadUserSparks(own.ctx, own.cost, OCTOBER)).of("bob"))).toBe(0);
  });
});
