import { afterAll, beforeAll, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { seedOctober } from "@/lib/closing/testing-close.ts";
import type { Viewer } from "@/lib/ctx.ts";
import { searchEverything } from "./search.ts";

let db: Db;
beforeAll(async () => {
  db = await openSqlite(":memory:");
  await seedOctober(db);
  await db.write((tx) => tx.run(sql`update workloads set submitted_by = case key when 1 then 'ada' else 'bob' end`));
  await db.write((tx) => tx.run(sql`update teams set cost_centre = 'CC-7100' where key = 11`));
});
afterAll(() => db.close());

const find = async (text: string, viewer?: Partial<Viewer>) => {
  const person: Viewer = { kind: "person", id: "x", roles: [], projects: [], teams: [], manages: [], ...viewer };
  return (await searchEverything(viewer ? { ...ctxOf(db), viewer: person } : ctxOf(db), text)).map((f) => f.path);
};

it.each([
  ["vision", "/teams/11"],
  ["VISION", "/projects/1"],
  ["cc-7100", "/teams/11"],
  ["ada", "/users/ada"],
  ["idle cost", "/reports/idle-cost"],
  ["2026-10", "/statements?of=2026-10"],
])("%s finds %s", async (text, path) => {
  expect(await find(text)).toContain(path);
});

it("finds for nobody what they may not see", async () => {
  const engineer = { roles: ["engineer"], teams: [11], submitters: ["ada"] } as const;
  expect(await find("vision", engineer)).toEqual(["/spend?team=11"]);
  expect(await find("cc-7100", engineer)).toEqual([]);
  expect(await find("bob", engineer)).toEqual([]);
  expect(await find("ada", engineer)).toEqual(["/users/ada"]);
  expect(await find("2026-10", engineer)).toEqual([]);
  const manager = { roles: ["manager"], teams: [11], manages: [11] } as const;
  expect(await find("cc-7100", manager)).toEqual(["/teams/11"]);
  // A user's page is of what was charged to the viewer's teams: elsewhere the list of workloads has what they may see.
  expect(await find("ada", manager)).toEqual(["/users/ada"]);
  // Finance reads what every user cost, and no workload one by one.
  const finance = { roles: ["finance"], projects: "all", teams: "all", workloads: [] } as const;
  for (const name of ["ada", "bob"]) expect(await find(name, finance)).toEqual([`/users/${name}`]);
  expect(await find("job", finance)).toEqual([]);
  const reader = { roles: ["engineer"], projects: ["c1/p-1"] } as const;
  expect(await find("ada", reader)).toEqual(["/workloads?user=ada"]);
  for (const text of ["vision", "ada", "bob", "7100"]) expect(await find(text, { roles: ["manager"] })).toEqual([]);
});

it("takes a percent sign, a quote and a backslash as letters", async () => {
  for (const text of ["%", "_", "' or '1'='1", "\\"]) expect(await find(text)).toEqual([]);
});
