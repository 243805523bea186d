import { afterAll, beforeAll, expect, it } from "vitest";
import type { Db } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { listBudgetVersions } from "@/lib/budgets/store.ts";
import { manager, SPEECH, seedSixtyDays, VISION } from "@/lib/budgets/testing-ledger.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { putBudgets } from "./budget-put.ts";

let db: Db;
let ctx: Ctx;
beforeAll(async () => {
  db = await openSqlite(":memory:");
  await seedSixtyDays(db);
  ctx = { ...ctxOf(db), viewer: { ...manager, kind: "token", id: "token/t", scopes: ["write"] } };
});
afterAll(() => db.close());

const budget = { scope: `team:${VISION}`, from: "2026-12-01", span: "month", amount: "2500.50" };
const put = (...budgets: object[]) => putBudgets(ctx, { budgets, reason: "plan" });

it("sets what the token's person may set, once, on record", async () => {
  const set = await put({ ...budget, carry_over: true, note: "agreed" });
  expect(set.budgets).toEqual([
    {
      ...{ ...budget, amount: "2500.500000", carry_over: true, warning_percent: 80, critical_percent: 95 },
      note: "agreed",
    },
  ]);
  expect(set).toMatchObject({ added: 1, replaced: 0, unchanged: 0 });
  const again = await put({ ...budget, carry_over: true, note: "agreed" });
  expect(again).toEqual({ ...set, added: 0, unchanged: 1 });
  expect((await listBudgetVersions(db)).map((v) => [v.version, v.recordedBy])).toEqual([[1, "token/t"]]);
  expect((await listActs(db, 9, `budget/team:${VISION}`)).map((a) => a.reason)).toEqual(["plan"]);
  expect((await put({ ...budget, amount: null })).budgets[0]?.amount).toBe(null);
});

it.each([
  ["of another team", [{ ...budget, scope: `team:${SPEECH}` }], /no team "12" that you may see/],
  ["of everything", [{ ...budget, scope: "all" }], /that you may see/],
  ["without a scope", [{ ...budget, scope: "vision" }], /Budget 1: "vision" is not a scope/],
  ["with an amount in words", [{ ...budget, amount: "a lot" }], /Budget 1: "a lot" is not an amount/],
  ["below zero", [{ ...budget, amount: -1 }], /not negative/],
  ["with a field that is unknown", [{ ...budget, amout: 5 }], /budgets 2: "amout" is no field/],
  [
    "with a text for yes",
    [{ ...budget, carry_over: "yes" }],
    /budgets 2, carry_over: "carry_over" must be true or false/,
  ],
  [
    "of the same day as the first",
    [{ ...budget, from: "2027-01-01", amount: "7" }],
    /^Nothing was saved:\nBudget 2: Vision has a budget from 2027-01-01 on at budget 1 already: keep one of the two\.$/,
  ],
  ["of the year 9999", [{ ...budget, from: "9999-01-01" }], /Budget 1: A budget begins on 2036-12-31 or before/],
  ["without a day", [{ ...budget, from: undefined }], /budgets 2, from: From which day/],
  ["that are not budgets", [], /at least one/],
] as const)("sets none of several with one %s", async (_, wrong, problem) => {
  const before = await listBudgetVersions(db);
  await expect(put(...(wrong.length ? [{ ...budget, from: "2027-01-01" }] : []), ...wrong)).rejects.toThrow(
    wrong.length ? new RegExp(problem.source.replace("Budget 1", "Budget 2")) : problem,
  );
  expect(await listBudgetVersions(db)).toEqual(before);
});

it("refuses what is not JSON, and a token that may not write", async () => {
  ctx = { ...ctx, viewer: { ...ctx.viewer, scopes: ["read"] } };
  await expect(put(budget)).rejects.toMatchObject({ code: "forbidden" });
});
