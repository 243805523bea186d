import { afterAll, beforeAll, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { seedOctober } from "@/lib/closing/testing-close.ts";
import type { Viewer } from "@/lib/ctx.ts";
import { nameOf, type Titled } from "./titles.ts";

let db: Db;
beforeAll(async () => {
  db = await openSqlite(":memory:");
  await seedOctober(db);
  await db.write((tx) => tx.run(sql`update workloads set submitted_by = case key when 1 then 'ada' else 'bob' end`));
});
afterAll(() => db.close());

const named = (kind: Titled, key: string, viewer?: Partial<Viewer>) => {
  const person: Viewer = { kind: "person", id: "x", roles: [], projects: [], teams: [], manages: [], ...viewer };
  return nameOf(viewer ? { ...ctxOf(db), viewer: person } : ctxOf(db), kind, key);
};

it("names what the page is about, and nothing for what is no key", async () => {
  const [workload] = await db.all<{ name: string }>(sql`select name as "name" from workloads where key = 1`);
  expect(await named("workload", "1")).toBe(workload?.name);
  expect(await named("team", "11")).toMatch(/vision/i);
  expect(await named("project", "1")).toMatch(/vision/i);
  for (const key of ["0", "-1", "1e3", "999999", "12345678901", ""]) expect(await named("workload", key)).toBeNull();
});

it("names nothing that the viewer may not see", async () => {
  const engineer = { roles: ["engineer"], submitters: ["ada"] } as const;
  expect(await named("workload", "1", engineer)).not.toBeNull();
  expect(await named("workload", "2", engineer)).toBeNull();
  expect(await named("project", "1", engineer)).toBeNull();
  expect(await named("team", "11", engineer)).toBeNull();
  const finance = { roles: ["finance"], projects: "all", teams: "all", workloads: [] } as const;
  expect(await named("workload", "1", finance)).toBeNull();
});
