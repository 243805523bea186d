import { afterEach, beforeEach, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { seedOctober } from "@/lib/closing/testing-close.ts";
import type { Viewer } from "@/lib/ctx.ts";
import { loadSpend } from "./spend.ts";
import { loadTeamHome } from "./team-home.ts";

const days = { from: 20261001, until: 20261101 };

let db: Db;
beforeEach(async () => {
  db = await openSqlite(":memory:");
  await seedOctober(db);
  await db.write((tx) => tx.run(sql`update workloads set submitted_by = case key when 1 then 'ada' else 'bob' end`));
});
afterEach(() => db.close());

it("names who and what a team's usage cost is of, and the parts add up to it", async () => {
  const home = await loadTeamHome(ctxOf(db), 11, days);
  const { sums, idleMicros } = await loadSpend(ctxOf(db), { days, today: 20261031, grain: "day", team: "11" });
  for (const parts of [home.users, home.workloads]) {
    expect(parts.reduce((sum, u) => sum + u.micros, 0)).toBe(sums.usageMicros);
    expect(parts.reduce((sum, u) => sum + u.idleMicros, 0)).toBe(idleMicros);
  }
  expect(home.users).toMatchObject([{ user: "ada", workloads: 1 }]);
  expect(home.workloads).toMatchObject([{ key: 1, user: "ada" }]);
});

it("names nobody to people who see the team's total alone", async () => {
  const viewer: Viewer = { kind: "person", id: "x", roles: ["engineer"], projects: [], teams: [11], manages: [] };
  expect(await loadTeamHome({ ...ctxOf(db), viewer }, 11, days)).toEqual({ users: [], workloads: [], statement: null });
  const manager: Viewer = { ...viewer, roles: ["manager"], manages: [11] };
  expect((await loadTeamHome({ ...ctxOf(db), viewer: manager }, 11, days)).users).toHaveLength(1);
  expect((await loadTeamHome({ ...ctxOf(db), viewer: manager }, 12, days)).users).toEqual([]);
});
