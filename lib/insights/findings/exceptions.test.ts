import { afterEach, beforeEach, expect, it } from "vitest";
import type { Db } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import type { Viewer } from "@/lib/ctx.ts";
import { ctxOf, fill, NOW } from "@/lib/pages/testing.ts";
import { DAY, HOUR } from "@/lib/time.ts";
import { createException, endException, loadExceptions } from "./exceptions.ts";

let db: Db;
beforeEach(async () => {
  db = await openSqlite(":memory:");
});
afterEach(() => db.close());

const finance: Viewer = { kind: "person", id: "fin", roles: ["finance"], projects: "all" };
const ctx = (now = NOW) => ({ ...ctxOf(db), now: () => now });
const input = { rule: "keep-alive", kind: "user", pattern: "ci-*", reason: "runs of CI", until: NOW + DAY } as const;

it("are created and ended by administrators, with a reason on record", async () => {
  const id = await createException(ctx(), input);
  expect(await loadExceptions(ctx())).toMatchObject([{ id, kind: "user", pattern: "ci-*", expiresAt: NOW + DAY }]);
  await endException(ctx(NOW + HOUR), { exception: id, reason: "CI has moved" });
  expect(await loadExceptions(ctx())).toMatchObject([{ id, expiresAt: NOW + HOUR }]);
  const again = endException(ctx(NOW + 2 * HOUR), { exception: id, reason: "once more" });
  await expect(again).rejects.toMatchObject({ code: "conflict" });
  const acts = await listActs(db, 10, `exception/${id}`);
  expect(acts.map((a) => a.reason).sort()).toEqual(["CI has moved", "runs of CI"]);
});

it("lists those in force before those that ended, though they ended later", async () => {
  const short = await createException(ctx(), { ...input, until: NOW + HOUR });
  const long = await createException(ctx(), { ...input, until: NOW + DAY });
  const ids = async (now: number) => (await loadExceptions(ctx(now))).map((e) => e.id);
  expect(await ids(NOW)).toEqual([long, short]);
  await endException(ctx(NOW + 60), { exception: long, reason: "not needed" });
  expect(await ids(NOW + 120)).toEqual([short, long]);
});

it.each([
  ["a rule that does not exist", { rule: "no-rule" }, "invalid"],
  ["everything at once", { pattern: "*" }, "invalid"],
  ["one character", { pattern: "a*" }, "invalid"],
  ["no reason", { reason: " " }, "invalid"],
  ["an end in the past", { until: NOW }, "invalid"],
  ["an end in years", { until: NOW + 500 * DAY }, "invalid"],
])("refuses %s", async (_, change, code) => {
  await expect(createException(ctx(), { ...input, ...change })).rejects.toMatchObject({ code });
  expect(await loadExceptions(ctx())).toEqual([]);
});

it("about a project name it, and are stored by its key", async () => {
  await fill(db);
  await createException(ctx(), { ...input, kind: "project", pattern: "project 2" });
  expect(await loadExceptions(ctx())).toMatchObject([{ kind: "project", pattern: "2", name: "project 2" }]);
  const unknown = createException(ctx(), { ...input, kind: "project", pattern: "project 9" });
  await expect(unknown).rejects.toThrow('no project "project 9"');
});

it("are for administrators alone", async () => {
  const theirs = ctxOf(db, finance);
  await expect(createException(theirs, input)).rejects.toMatchObject({ code: "forbidden" });
  expect(() => loadExceptions(theirs)).toThrow(expect.objectContaining({ code: "forbidden" }));
  await expect(endException(theirs, { exception: "x", reason: "why not" })).rejects.toMatchObject({
    code: "forbidden",
  });
});
