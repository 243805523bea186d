import { afterEach, beforeEach, expect, it } from "vitest";
import type { Db } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { seedOctober } from "@/lib/closing/testing-close.ts";
import type { Viewer } from "@/lib/ctx.ts";
import { loadSpend, UNSEEN_PROJECTS } from "./spend.ts";

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
  expect(JSON.stringify(mine)).not.toContain("vision");
  const seen = await spend({ teams: [11], projects: ["c1/p-1"] });
  expect(seen.teams[0]?.projects).toEqual(whole?.projects);
});

it("shows nothing of a team to somebody who is not in it", async () => {
  expect(await spend({ teams: [] })).toMatchObject({ totalMicros: null, teams: [], points: [] });
});
