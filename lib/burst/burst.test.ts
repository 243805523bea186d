import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { teamDays } from "@/db/schema/index.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { ctxOf, NOW } from "@/lib/charges/testing-ledger.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { HOUR } from "@/lib/time.ts";
import { loadBurst } from "./burst-days.ts";
import { applyBurst, setBurstRate, switchBurst } from "./changes.ts";

const days = { from: 20261109, until: 20261111 };

describe.each(engines)("burst capacity on $name", (engine) => {
  let ledger: TestDb;
  let ctx: Ctx;
  beforeAll(async () => {
    if (isAbsent(engine)) return;
    ledger = (await engine.open()) as TestDb;
    ctx = ctxOf(ledger.db);
  });
  afterAll(() => (isAbsent(engine) ? undefined : ledger.drop()));
  const at = (now: number): Ctx => ({ ...ctx, now: () => now });

  it.skipIf(isAbsent(engine))(
    "is off and costs nothing until it is switched on, and unknown without a rate",
    async () => {
      expect(await loadBurst(ctx, days)).toMatchObject({
        isOn: false,
        since: null,
        rateMicros: null,
        today: { micros: 0, seconds: 0 },
      });
      expect(await switchBurst(ctx, { isOn: true, at: NOW - 18 * HOUR, note: "batch" }, "page")).toMatchObject({
        changed: true,
        isOn: true,
      });
      expect(await switchBurst(ctx, { isOn: true }, "api")).toMatchObject({ changed: false });
      expect(await loadBurst(ctx, days)).toMatchObject({
        isOn: true,
        since: NOW - 18 * HOUR,
        today: { micros: null, seconds: 12 * HOUR },
      });
    },
  );

  it.skipIf(isAbsent(engine))("costs its rate by the second, day by day, no matter who looks", async () => {
    await setBurstRate(ctx, { rateMicros: 500_000, fromAt: NOW - 18 * HOUR }, "agreed");
    const view = await loadBurst(ctx, days);
    expect(view.days.map((d) => [d.day, d.micros, d.seconds])).toEqual([
      [20261109, 3_000_000, 6 * HOUR],
      [20261110, 6_000_000, 12 * HOUR],
    ]);
    expect([view.month.micros, view.today.micros, view.rateMicros]).toEqual([9_000_000, 6_000_000, 500_000]);
    expect(await switchBurst(at(NOW + 900), { isOn: false }, "api")).toMatchObject({ changed: true, until: null });
    expect(await switchBurst(at(NOW + 950), { isOn: true, at: NOW - 18 * HOUR }, "api")).toEqual({
      ...{ changed: false, at: NOW - 18 * HOUR, until: NOW + 900, isOn: false },
    });
    expect(await loadBurst(at(NOW + 5 * HOUR), days)).toMatchObject({ isOn: false, month: { micros: 9_125_000 } });
    expect((await listActs(ctx.db, 9, "burst")).map((a) => a.action)).toEqual(Array(3).fill("burst.switch"));
  });

  it.skipIf(isAbsent(engine))("follows its settings when they change, and people in between", async () => {
    const later = at(NOW + 10 * HOUR);
    await applyBurst(later, { flag: true, rateMicros: 700_000 });
    expect(await loadBurst(later, days)).toMatchObject({
      isOn: true,
      rateMicros: 700_000,
      month: { micros: 9_125_000 },
    });
    await switchBurst(at(NOW + 11 * HOUR), { isOn: false }, "page");
    // A restart with the same settings changes nothing.
    await applyBurst(at(NOW + 12 * HOUR), { flag: true, rateMicros: 700_000 });
    expect((await loadBurst(at(NOW + 12 * HOUR), days)).isOn).toBe(false);
    await applyBurst(at(NOW + 13 * HOUR), { flag: false, rateMicros: null });
    await applyBurst(at(NOW + 14 * HOUR), { flag: true, rateMicros: null });
    const view = await loadBurst(at(NOW + 15 * HOUR), { from: 20261111, until: 20261112 });
    expect([view.isOn, view.today.micros, view.switches.length]).toEqual([true, 700_000, 5]);
  });

  it.skipIf(isAbsent(engine))("shows use above the quota beside it, which the ledger charged", async () => {
    const row = {
      ...{
        day: 20261109,
        teamKey: 2,
        projectKey: 1,
        hardwareKey: 1,
        sku: "gpu",
        priceClass: "over-quota",
        priceKey: 1,
      },
      ...{ unitPriceNanos: 0, quantity: 7_200_000, amountMicros: 3_000_000, observedMilli: 0, expectedMilli: 0 },
    };
    const zeros = Object.fromEntries(Object.keys(teamDays).map((key) => [key, 0]));
    await ledger.db.write((tx) => tx.insert(teamDays, [{ ...zeros, ...row } as never]));
    const [first] = (await loadBurst(ctx, days)).days;
    expect(first).toMatchObject({ micros: 3_000_000, overQuotaMicros: 3_000_000, overQuotaMilli: 7_200_000 });
  });

  it.skipIf(isAbsent(engine))("is for finance and administrators", async () => {
    const as = (roles: Ctx["viewer"]["roles"], scopes?: readonly string[]): Ctx => ({
      ...ctx,
      viewer: { kind: "person", id: "x", roles, projects: "all", ...(scopes ? { scopes } : {}) },
    });
    await expect(loadBurst(as(["manager"]), days)).rejects.toThrow(/You may not read the cost of burst/);
    await expect(switchBurst(as(["engineer"]), { isOn: true }, "page")).rejects.toThrow(/You may not switch burst/);
    await expect(switchBurst(as(["finance"], ["read"]), { isOn: true }, "api")).rejects.toThrow(
      /lacks the scope "write"/,
    );
    await expect(setBurstRate(as(["viewer"]), { rateMicros: 1 })).rejects.toThrow(/You may not/);
    expect((await loadBurst(as(["finance"]), days)).days).toHaveLength(2);
  });

  it.skipIf(isAbsent(engine))("refuses what cannot be", async () => {
    await expect(switchBurst(ctx, { isOn: false, at: NOW + 60 }, "page")).rejects.toThrow(/not in the future/);
    await expect(switchBurst(ctx, { isOn: "yes" as never }, "api")).rejects.toThrow(/true or false/);
    await expect(setBurstRate(ctx, { rateMicros: -1 })).rejects.toThrow(/not negative/);
    await expect(switchBurst(ctx, { isOn: true, at: 5 }, "page")).rejects.toThrow(/before the year 2000/);
  });
});
