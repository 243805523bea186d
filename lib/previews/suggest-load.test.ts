import { afterEach, beforeEach, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import type { TeamRule } from "@/lib/attribution/types.ts";
import { seedInventory } from "@/lib/charges/testing-ledger.ts";
import { suggestTeam } from "./suggest-load.ts";

let db: Db;
beforeEach(async () => {
  db = await openSqlite(":memory:");
  await seedInventory(db);
  await db.write((tx) =>
    tx.run(sql`update projects set name = 'p' || key, department_name = 'nlp-research' where key = 1`),
  );
});
afterEach(() => db.close());

const teams = [
  { key: 11, name: "Vision" },
  { key: 12, name: "NLP research" },
];
const rule = { kind: "department", pattern: "nlp-research", teamKey: 11 } as TeamRule;

it("suggests the team that a rule gives the department to, else the one that is called like it", async () => {
  expect(await suggestTeam(db, "p1", [rule], teams)).toEqual({ department: "nlp-research", team: teams[0] });
  expect(await suggestTeam(db, "p1", [], teams)).toEqual({ department: "nlp-research", team: teams[1] });
});

it("suggests nothing where no department, no team, or more than one department speaks", async () => {
  expect(await suggestTeam(db, "p1", [], teams.slice(0, 1))).toBe(null);
  expect(await suggestTeam(db, "p*", [rule], teams)).toBe(null);
  await db.write((tx) => tx.run(sql`update projects set name = 'p1', department_name = 'other' where key = 2`));
  expect(await suggestTeam(db, "p1", [rule], teams)).toBe(null);
});
