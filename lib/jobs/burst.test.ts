import { afterAll, beforeAll, expect, it } from "vitest";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { changeRule } from "@/lib/alerts/index.ts";
import { listRules } from "@/lib/alerts/rule-store.ts";
import { setBudget } from "@/lib/budgets/changes.ts";
import { entriesOf } from "@/lib/budgets/in-force.ts";
import { listBudgetVersions } from "@/lib/budgets/store.ts";
import { EVERYTHING } from "@/lib/budgets/types.ts";
import { loadBurst } from "@/lib/burst/burst-days.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { parseEnv } from "@/lib/env.ts";
import { applyBurstSettings } from "./burst.ts";

let ledger: TestDb;
let ctx: Ctx;
beforeAll(async () => {
  ledger = await sqliteFile();
  ctx = ctxOf(ledger.db);
});
afterAll(() => ledger.drop());

const BATCH = {
  ...{ GPU_BURST: "1", GPU_BURST_COST_DOLLARS: "0.50", GPU_COST_DAILY_THRESHOLD: "25" },
  ...{ GPU_COST_MONTHLY_THRESHOLD: "100", MONTHLY_BUDGET: "250", ALERT_EMAIL_TO: "ops@example.com" },
};
const apply = (settings: Readonly<Record<string, string>>) => applyBurstSettings(ctx, parseEnv(settings));
const rules = async () => (await listRules(ctx.db)).map((r) => [r.name, r.kind, r.threshold, r.people]);
const budget = async () =>
  entriesOf(await listBudgetVersions(ctx.db), EVERYTHING).map((b) => [b.fromDay, b.amountMicros]);

it("nothing is set without settings: no flag, no limit, no budget", async () => {
  await apply({});
  expect([await rules(), await budget()]).toEqual([[], []]);
  expect(await loadBurst(ctx, { from: 20261110, until: 20261111 })).toMatchObject({ isOn: false, rateMicros: null });
});

it("the settings of a batch become a flag, a rate, rules that reach the address, and a budget of everything", async () => {
  await apply(BATCH);
  expect(await loadBurst(ctx, { from: 20261110, until: 20261111 })).toMatchObject({ isOn: true, rateMicros: 500_000 });
  expect(await rules()).toEqual([
    ["GPU_COST_DAILY_THRESHOLD", "burst-daily-cost", 25_000_000, 0],
    ["GPU_COST_MONTHLY_THRESHOLD", "burst-monthly-cost", 100_000_000, 0],
    ["MONTHLY_BUDGET", "budget-status", 0, 0],
  ]);
  expect(await budget()).toEqual([[20261101, 250_000_000]]);
});

it("what people change stays, until a setting changes", async () => {
  const [daily] = await listRules(ctx.db);
  await changeRule(ctx, daily?.key ?? 0, {
    ...{
      kind: "burst-daily-cost",
      name: "GPU_COST_DAILY_THRESHOLD",
      threshold: 30_000_000,
      severity: "critical",
      people: true,
    },
  });
  await setBudget(ctx, { scope: EVERYTHING, fromDay: 20261101, span: "month", amountMicros: 300_000_000 });
  await apply(BATCH);
  expect([(await rules())[0], await budget()]).toEqual([
    ["GPU_COST_DAILY_THRESHOLD", "burst-daily-cost", 30_000_000, 1],
    [[20261101, 300_000_000]],
  ]);
  await apply({ ...BATCH, GPU_COST_DAILY_THRESHOLD: "40", MONTHLY_BUDGET: "400" });
  expect((await listRules(ctx.db))[0]).toMatchObject({ threshold: 40_000_000, severity: "critical", people: 1 });
  expect([(await rules()).length, await budget()]).toEqual([3, [[20261101, 400_000_000]]]);
});
