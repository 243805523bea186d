import { afterEach, beforeEach, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { closes, statements } from "@/db/schema/index.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { seedOctober } from "@/lib/closing/testing-close.ts";
import type { Viewer } from "@/lib/ctx.ts";
import { loadSpend } from "@/lib/pages/spend.ts";
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

it("shows the newest statement, also where the calendar changed and numbers no longer sort by time", async () => {
  const seal = { fromDay: 0, untilDay: 0, closedBy: "ada", closedAt: 0, currency: "USD", billingTimeZone: "UTC" };
  const more = { totalMicros: 0, overrides: "[]", hash: "", previousHash: "" };
  await db.write(async (tx) => {
    const rest = { teamKey: 11, kind: "statement", header: "{}", hash: "" };
    await tx.insert(statements, [
      { ...rest, number: "GL-FY2026-P12-0007", periodId: "FY2026-P12", totalMicros: 1 },
      { ...rest, number: "GL-2027-01-0008", periodId: "2027-01", totalMicros: 2 },
    ]);
    await tx.insert(closes, [
      { ...seal, ...more, periodId: "FY2026-P12", sequence: 1 },
      { ...seal, ...more, periodId: "2027-01", sequence: 2 },
    ]);
  });
  expect((await loadTeamHome(ctxOf(db), 11, days)).statement).toMatchObject({ periodId: "2027-01", totalMicros: 2 });
});
