import { afterEach, beforeEach, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { seedOctober } from "@/lib/closing/testing-close.ts";
import type { Ctx, Viewer } from "@/lib/ctx.ts";
import { loadCost } from "./cost.ts";
import { loadUser, loadUsers } from "./users.ts";

const days = { from: 20261001, until: 20261101 };
const period = { start: 0, end: 1, label: "", days };

let db: Db;
beforeEach(async () => {
  db = await openSqlite(":memory:");
  await seedOctober(db);
  await db.write((tx) => tx.run(sql`update workloads set submitted_by = case key when 1 then 'ada' else 'bob' end`));
});
afterEach(() => db.close());

const as = (more: Partial<Viewer>): Ctx => ({
  ...ctxOf(db),
  viewer: { kind: "person", id: "x", roles: ["engineer"], projects: [], teams: [], manages: [], ...more },
});
const user = (ctx: Ctx, name: string) => loadUser(ctx, name, period, days);
const namesOf = async (ctx: Ctx) => (await loadUsers(ctx, days, 20261031)).map((u) => u.user);

it("adds up to what the ledger says of the same workloads, by team, project, day and workload", async () => {
  const page = await user(ctxOf(db), "ada");
  const whole = await loadCost(ctxOf(db), period, { workload: 1 });
  expect(page.sums).toMatchObject({ micros: whole?.micros, idleMicros: whole?.idleMicros, workloads: 1 });
  for (const parts of [page.teams, page.projects, page.days, page.costs]) {
    expect(parts.length).toBeGreaterThan(0);
    expect(parts.reduce((sum, p) => sum + p.micros, 0)).toBe(page.sums.micros);
    expect(parts.reduce((sum, p) => sum + p.idleMicros, 0)).toBe(page.sums.idleMicros);
  }
  expect(page.work).toMatchObject({ micros: whole?.micros, count: 1 });
  const users = await loadUsers(ctxOf(db), days, 20261031);
  expect(users.map((u) => u.user)).toEqual(["ada", "bob"]);
  expect(users[0]).toMatchObject({ ...page.sums });
});

it("shows an engineer themself alone, also where they read the whole project of others", async () => {
  const engineer = as({ submitters: ["ada"], projects: ["c1/p1", "c1/p2", "c1/p3"], teams: [11] });
  expect(await namesOf(engineer)).toEqual(["ada"]);
  expect(await user(engineer, "ada")).toMatchObject({ own: true, partly: false, work: { count: 1 } });
  for (const name of ["bob", "nobody"]) await expect(user(engineer, name)).rejects.toMatchObject({ code: "not_found" });
});

it("shows managers what is charged to their teams, and nobody who was charged to another", async () => {
  const manager = as({ roles: ["manager"], teams: [11], manages: [11] });
  expect(await namesOf(manager)).toEqual(["ada"]);
  expect(await user(manager, "ada")).toMatchObject({
    own: false,
    partly: true,
    teams: [{ key: 11 }],
    work: { count: 1 },
  });
  await expect(user(manager, "bob")).rejects.toMatchObject({ code: "not_found" });
  // What another team is charged for of the same workload is not in the sums.
  await db.write((tx) => tx.run(sql`update charges set team_key = 12 where workload_key = 1 and day < 20261031`));
  const rest = await user(manager, "ada");
  expect(rest.days.map((d) => d.day)).toEqual([20261031]);
  expect(rest.work?.micros).toBe(rest.sums.micros);
});

it("shows finance what was charged, and nothing of how GPUs were used", async () => {
  const finance = as({ roles: ["finance"], projects: "all", teams: "all", workloads: [] });
  expect(await namesOf(finance)).toEqual(["ada", "bob"]);
  const page = await user(finance, "ada");
  expect(page.work).toBe(null);
  expect(page.sums.micros).toBeGreaterThan(0);
});

it("needs a role", async () => {
  await expect(user(as({ roles: [], submitters: ["ada"] }), "ada")).rejects.toMatchObject({ code: "forbidden" });
});
