import { afterAll, beforeAll, expect, it } from "vitest";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { seedSixtyDays, TODAY, VISION } from "@/lib/budgets/testing-ledger.ts";
import { setBurstRate, switchBurst } from "@/lib/burst/changes.ts";
import { ctxOf, NOW } from "@/lib/charges/testing-ledger.ts";
import { type Ctx, jobViewer } from "@/lib/ctx.ts";
import { addDays, HOUR } from "@/lib/time.ts";
import { defineUnit, recordCounts } from "@/lib/unit-costs/changes.ts";
import { burstGroup, unitGroup } from "./units.ts";

let store: TestDb;
let ctx: Ctx;
beforeAll(async () => {
  store = await sqliteFile();
  ctx = ctxOf(store.db);
  await seedSixtyDays(store.db);
});
afterAll(() => store.drop());
const asJob = () => ({ ...ctx, viewer: jobViewer("metrics") });

it("a unit has the cost of one, of the days that are known; no sample where none is", async () => {
  const scope = { kind: "team", value: String(VISION) } as const;
  const unit = { noun: "token", per: 1000, scope, countsFromDay: 20261101, targetMicros: 5_000_000 } as const;
  const key = await defineUnit(ctx, { ...unit, name: "Tokens" });
  await defineUnit(ctx, { ...unit, name: "Nobody counts", targetMicros: null });
  await recordCounts(ctx, key, [{ id: "a", day: addDays(TODAY, -1), countMilli: 50_000_000 }]);
  const found = await unitGroup.read(asJob());
  const labels = { unit: String(key), name: "Tokens" };
  const money = (basis: string) => ({ ...labels, basis, currency: "USD" });
  // 9 November cost $104, and 50,000 tokens were counted.
  expect(found.gpu_ledger_unit_cost).toEqual([
    { labels: money("allocation"), value: expect.closeTo(104 / 50_000, 9) },
    { labels: money("usage"), value: expect.closeTo(104 / 50_000, 9) },
  ]);
  expect(found.gpu_ledger_unit_target).toEqual([{ labels: money("allocation"), value: 0.005 }]);
  expect(found.gpu_ledger_unit_count_week).toEqual([{ labels, value: 50_000 }]);
  expect(found.gpu_ledger_unit_known_ratio.map((s) => s.value)).toEqual([0, 1 / 7]);
});

it("burst capacity is off until it is switched on, and its cost absent while it has no rate", async () => {
  const read = async () =>
    Object.entries(await burstGroup.read(asJob())).map(([name, samples]) => [
      name.slice(17),
      samples[0]?.value ?? null,
    ]);
  expect(Object.fromEntries(await read())).toEqual({ on: 0, cost_per_hour: null, cost_today: 0, cost_month: 0 });
  await switchBurst(ctx, { isOn: true, at: NOW - 2 * HOUR }, "page");
  expect(Object.fromEntries(await read())).toEqual({ on: 1, cost_per_hour: null, cost_today: null, cost_month: null });
  await setBurstRate(ctx, { rateMicros: 3_000_000, fromAt: NOW - 2 * HOUR });
  expect(Object.fromEntries(await read())).toEqual({ on: 1, cost_per_hour: 3, cost_today: 6, cost_month: 6 });
});
