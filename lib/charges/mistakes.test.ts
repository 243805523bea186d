import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { PLATFORM_TEAM, UNASSIGNED_TEAM } from "@/lib/attribution/types.ts";
import { charge, free, held, MONEY, SETTINGS, seedOctober } from "@/lib/closing/testing-close.ts";
import { importCosts } from "@/lib/costs/import.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { holdings } from "@/lib/metering/held/holding.ts";
import type { WorkloadInput } from "@/lib/metering/held/workload-input.ts";
import { parseNanos, sumExactly } from "@/lib/money.ts";
import { perGpu } from "@/lib/pricing/list-price.ts";
import { LIST_PRICES } from "@/lib/pricing/list-prices.ts";
import { loadStatement, loadStatements } from "@/lib/statements/load.ts";
import { chargeDay } from "./charge.ts";
import type { DayInput } from "./day.ts";
import { forgetCharged } from "./due-store.ts";
import { dayInput, priceOfModel, usageRow } from "./testing-day.ts";
import { ctxOf, GPU_HOUR, meterDay } from "./testing-ledger.ts";

/** What earlier tools got wrong about money (docs/accounting.md), each by its name. Prices: H100 2.50, A100 1.50 for an hour. */
const charged = (given: Parameters<typeof dayInput>[0]) => {
  const { charges, shares, unpriced } = chargeDay(dayInput(given));
  const amount = (workloadKey: number) =>
    charges.filter((c) => c.workloadKey === workloadKey).reduce((sum, c) => sum + c.amountMicros, 0) / 1e6;
  return { charges, shares, unpriced, amount };
};
const H100 = 1;
const JOB: WorkloadInput = {
  ...{ key: 1, id: "w-1", projectKey: 1, category: "Train", phase: "Completed", nodePool: "", createdAt: 0 },
  ...{
    phaseUpdatedAt: null,
    endedAt: 36_000,
    runningSeconds: null,
    gpuRequestMilli: 8000,
    gpuRequestPerPodMilli: null,
  },
  ...{ gpuMemoryRequestMib: null, cpuRequestMilli: null, cpuLimitMilli: null, cpuMemoryRequestMib: null },
  ...{ cpuMemoryLimitMib: null, gpuResources: "", pods: [], phases: [], signals: new Map() },
};

describe("mistakes of earlier tools", () => {
  it("cost in proportion to utilisation: an idle GPU costs what a GPU costs", () => {
    const idle = usageRow(H100, 1, { deadIdleMilli: 10 * GPU_HOUR }, { observedMilli: 10 * GPU_HOUR });
    const busy = usageRow(H100, 3, { activeMilli: 10 * GPU_HOUR }, { observedMilli: 10 * GPU_HOUR });
    const { amount } = charged({ usage: [idle, busy] });
    expect([amount(1), amount(3)]).toEqual([25, 25]);
  });

  it("price × 24 from one sample: ninety seconds cost ninety seconds", () => {
    const { amount } = charged({ usage: [usageRow(H100, 1, { startingMilli: 90_000 })] });
    expect(amount(1)).toBe(0.0625);
  });

  it("peak allocation × whole span: a job that shrank from 8 GPUs to 1 pays for what it held when", () => {
    const HOUR = 3600;
    const pod = (id: string, hours: number) => {
      const place = { node: "n1", nodePool: "", createdAt: 0, startedAt: 0 };
      const asked = { boundAt: null, gpuResources: "", gpuMemoryRequestMib: null };
      return { id, ...place, ...asked, endedAt: hours * HOUR, gpuMilli: 1000 };
    };
    const pods = [pod("stays", 10), ...Array.from({ length: 7 }, (_, i) => pod(`leaves-${i}`, 1))];
    const held = holdings({ ...JOB, pods }, { start: 0, end: 24 * HOUR }).holdings;
    const activeMilli = sumExactly(held.map((h) => h.milli * (h.end - h.start)));
    const { amount } = charged({ usage: [usageRow(H100, 1, { activeMilli })] });
    // Seven for an hour and one for ten: not eight for ten.
    expect(amount(1)).toBe(17 * 2.5);
  });

  it("missing read as zero: time that no sample covers is charged, as time without data and not as idle", () => {
    const { charges } = charged({ usage: [usageRow(H100, 1, { noDataMilli: 2 * GPU_HOUR })] });
    expect(charges[0]?.classes).toMatchObject({ noDataMicros: 5_000_000, deadIdleMicros: 0, idleHeldMicros: 0 });
    expect(charges[0]).toMatchObject({ observedMilli: 0, expectedMilli: 2 * GPU_HOUR });
  });

  it("a default price that looks real: what has no price has no amount, and is reported with its hours", () => {
    const { charges, unpriced } = charged({
      usage: [usageRow(H100, 1, { activeMilli: GPU_HOUR })],
      prices: [priceOfModel("A100", 1.5)],
    });
    expect(charges).toEqual([]);
    expect(unpriced).toMatchObject([{ hardwareKey: H100, quantity: GPU_HOUR }]);
  });

  it("the price of one model for another: an A10's is not an A100's, a card's not a slice's", () => {
    const hardware = new Map([[H100, { key: H100, clusterId: "c1", nodePool: "", gpuModel: "A100-MIG-1g.5gb" }]]);
    const usage = [usageRow(H100, 1, { activeMilli: GPU_HOUR })];
    const prices = [priceOfModel("A10", 1), priceOfModel("A100", 2)];
    expect(charged({ hardware, usage, prices }).charges).toEqual([]);
    const slice = priceOfModel("A100 MIG 1g.5gb", 0.3);
    expect(charged({ hardware, usage, prices: [...prices, slice] }).amount(1)).toBe(0.3);
  });

  it("idle that vanishes when it is shared: where nobody can take it, the platform keeps it", () => {
    const usage = [usageRow(H100, 0, { unallocatedMilli: 24 * GPU_HOUR })];
    const { shares, amount } = charged({ usage, method: "charges" });
    expect(shares).toEqual([]);
    expect(amount(0)).toBe(60);
  });

  it("negative idle clamped to zero: shares of a class sum to 0, and nobody gets more than there was", () => {
    const usage = [
      usageRow(H100, 0, { unallocatedMilli: 10 * GPU_HOUR }),
      usageRow(H100, 1, { activeMilli: 6 * GPU_HOUR }),
      usageRow(H100, 3, { activeMilli: 3 * GPU_HOUR }),
    ];
    const { shares } = charged({ usage, method: "charges" });
    const byTeam = new Map(shares.map((s) => [s.teamKey, s.amountMicros]));
    expect([byTeam.get(11), byTeam.get(12), byTeam.get(PLATFORM_TEAM)]).toEqual([16_666_667, 8_333_333, -25_000_000]);
  });

  it("a workload that no rule knows is dropped: it is Unassigned's, at its price", () => {
    const { charges } = charged({ usage: [usageRow(H100, 4, { activeMilli: GPU_HOUR })] });
    expect(charges).toMatchObject([{ teamKey: UNASSIGNED_TEAM, amountMicros: 2_500_000 }]);
  });

  it("history that moves with a project: yesterday's team is yesterday's", () => {
    const base = dayInput({ usage: [usageRow(H100, 1, { activeMilli: GPU_HOUR })] });
    const [vision, ...others] = base.rules.teamRules as [DayInput["rules"]["teamRules"][number]];
    const moved = [
      { ...vision, untilDay: 20261002 },
      { ...vision, id: "9", teamKey: 12, fromDay: 20261002 },
      ...others,
    ];
    const team = (day: number) =>
      chargeDay({ ...base, day, rules: { ...base.rules, teamRules: moved } }).charges[0]?.teamKey;
    expect([team(20261001), team(20261002)]).toEqual([11, 12]);
  });

  it("a price change that rewrites the past: each day has the price of its day", () => {
    const prices = [
      priceOfModel("H100", 6.04, { effectiveFrom: 20250101 }),
      priceOfModel("H100 80GB", 99, { effectiveFrom: 20270101 }),
      priceOfModel("H100", 4, { effectiveFrom: 20250601, version: 2 }),
    ];
    const usage = [usageRow(H100, 1, { activeMilli: 24 * GPU_HOUR })];
    const days = Array.from({ length: 21 }, (_, i) => 20250520 + (i < 12 ? i : i + 69));
    expect([days[0], days[11], days[12], days[20]]).toEqual([20250520, 20250531, 20250601, 20250609]);
    const amounts = days.map((day) => charged({ day, usage, prices }).amount(1));
    // NERC's H100 (rates.yaml): 12 days at 6.04 and 9 at 4.
    expect(amounts.reduce((a, b) => a + b, 0)).toBeCloseTo(2603.52, 9);
  });

  it("cost in a currency that nothing converts is taken as the ledger's: it has no price until there is a rate", () => {
    const euro = priceOfModel("H100", 2, { currency: "EUR" });
    const usage = [usageRow(H100, 1, { activeMilli: GPU_HOUR })];
    expect(charged({ usage, prices: [euro] }).unpriced[0]?.reason).toContain("EUR");
    const base = dayInput({ usage, prices: [euro] });
    const rates = [
      { currency: "EUR", day: 20260901, rateNanos: 1_100_000_000, source: "" },
      { currency: "EUR", day: 20261002, rateNanos: 9_000_000_000, source: "" },
    ];
    const { charges } = chargeDay({ ...base, rules: { ...base.rules, book: { ...base.rules.book, rates } } });
    expect(charges).toMatchObject([{ unitPriceNanos: 2_200_000_000, amountMicros: 2_200_000 }]);
  });

  it("several prices for one GPU-second: spot, over-quota and standard share out a project's time, and lose none", () => {
    const prices = [
      priceOfModel("H100", 2),
      priceOfModel("H100", 1, { priceClass: "spot" }),
      priceOfModel("H100", 4, { priceClass: "over-quota" }),
    ];
    // Quota of vision: one GPU, 24 GPU-hours a day. What may be pre-empted is spot; of the rest 6 hours are above the quota.
    const usage = [usageRow(H100, 1, { activeMilli: 30 * GPU_HOUR }), usageRow(H100, 2, { activeMilli: 5 * GPU_HOUR })];
    const { charges, amount } = charged({ usage, prices });
    expect(amount(2)).toBe(5);
    expect(charges.filter((c) => c.workloadKey === 1).map((c) => [c.priceClass, c.quantity / GPU_HOUR])).toEqual([
      ["over-quota", 6],
      ["standard", 24],
    ]);
  });

  it("instance price charged per GPU: a GPU of an instance of eight costs an eighth of it", () => {
    const eight = LIST_PRICES.find((p) => p.gpus === 8 && p.onDemand.length > 0);
    if (!eight) throw new Error("there is no instance of eight GPUs");
    const instance = sumExactly(eight.onDemand.map((part) => parseNanos(part) ?? Number.NaN));
    const each = perGpu(eight.onDemand, 8) ?? Number.NaN;
    expect(each).toBe(Math.round(instance / 8));
    const prices = [{ ...priceOfModel("H100", 1), unitPriceNanos: each }];
    const { amount } = charged({ usage: [usageRow(H100, 1, { activeMilli: 8 * GPU_HOUR })], prices });
    // All eight for an hour are the instance for an hour.
    expect(amount(1)).toBeCloseTo(instance / 1e9, 5);
  });

  it("fabricated hours: who never ran holds nothing, whatever it asked for", () => {
    const waits = { ...JOB, phase: "Pending", endedAt: null };
    expect(holdings(waits, { start: 0, end: 24 * 3600 })).toEqual({ holdings: [], open: [] });
  });
});

describe("mistakes of earlier tools, in a ledger", () => {
  let db: Db;
  let ctx: Ctx;
  beforeEach(async () => {
    db = await openSqlite(":memory:");
    ctx = ctxOf(db);
    await seedOctober(db);
  });
  afterEach(() => db.close());
  const days = () =>
    db.all(sql`select day, cast(sum(amount_micros) as bigint) as micros from team_days group by day order by day`);

  it("random event ids (a retry bills twice): a day that is charged again, and a file that is imported again, bill once", async () => {
    const before = await days();
    await db.write((tx) => forgetCharged(tx, 20200101));
    await charge(db);
    expect(await days()).toEqual(before);
    const place = { ...MONEY, openUntilDay: 20261201 };
    const text = "from,until,team,amount,currency\n2026-11-01,2026-11-02,Vision,10,USD\n";
    await importCosts(ctx, { name: "bill.csv", text }, place);
    await expect(importCosts(ctx, { name: "again.csv", text }, place)).rejects.toMatchObject({ code: "conflict" });
    await charge(db);
    const { statements } = await loadStatements(ctx, SETTINGS, "2026-11");
    expect(sumExactly(statements.map((s) => s.header.costMicros))).toBe(10_000_000);
  });

  it("event time = now (wrong month): what is read in November of October is October's", async () => {
    await meterDay(db, 20261031, [held(1, 12), free(12)]);
    await charge(db);
    const { statement } = await loadStatement(ctx, SETTINGS, "2026-10", 11);
    // Ten hours on two days, twelve on the one that was read again, at 2.50.
    expect(statement.header.usageMicros).toBe(32 * 2_500_000);
    expect((await loadStatement(ctx, SETTINGS, "2026-11", 11)).statement.header.usageMicros).toBe(24 * 2_500_000);
  });

  it("“last month” impossible: every month that was metered has its statements", async () => {
    const { periods } = await loadStatements(ctx, SETTINGS, "2026-11");
    expect(periods.map((p) => p.period.id)).toEqual(["2026-10", "2026-11"]);
    for (const { period } of periods)
      expect((await loadStatements(ctx, SETTINGS, period.id)).statements.length).toBeGreaterThan(0);
  });

  it("team filter only in the UI: the loader gives a viewer their teams alone, whatever is asked for", async () => {
    const viewer = { ...ctx.viewer, kind: "person" as const, projects: [], teams: [11], manages: [11] };
    const { statements } = await loadStatements({ ...ctx, viewer }, SETTINGS, "2026-10");
    expect(statements.map((s) => s.header.team.key)).toEqual([11]);
    await expect(loadStatement({ ...ctx, viewer }, SETTINGS, "2026-10", 2)).rejects.toMatchObject({
      code: "not_found",
    });
  });

  it("default budget that looks real: a statement without a budget has none", async () => {
    const { statement } = await loadStatement(ctx, SETTINGS, "2026-10", 11);
    expect(statement.header.budgetMicros ?? null).toBe(null);
  });
});
