import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { seedOctober } from "@/lib/closing/testing-close.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { sumMicros } from "@/lib/money.ts";
import { loadBillComparison } from "@/lib/pages/bills/comparison.ts";
import { listReadings } from "@/lib/readings/index.ts";
import {
  type Explorer,
  type ExplorerGroup,
  type ExplorerOptions,
  startCostExplorer,
} from "@/simulator/cost-explorer.ts";
import { withoutTwice } from "./compare.ts";
import { callsThisMonth, type ExplorerMeans, readExplorerDue, readExplorerMonth } from "./explorer.ts";
import { importBill, listVisibleBills } from "./import.ts";
import { type BillLine, EXPLORER } from "./types.ts";

const OCTOBER = { from: 20261001, until: 20261101 };
const HOUR = 3600;
const group = (date: string, more: Partial<ExplorerGroup> = {}): ExplorerGroup => ({
  ...{ date, tag: "Vision", instanceType: "p5.48xlarge", unblended: "60.0000000000", amortised: "48.5" },
  ...{ quantity: "2.0000000000", unit: "Hrs" },
  ...more,
});

describe.each(engines)("AWS Cost Explorer on $name", (engine) => {
  let store: TestDb;
  let ctx: Ctx;
  let peer: Explorer;
  let groups: ExplorerGroup[];
  let faults: ReturnType<NonNullable<ExplorerOptions["fault"]>>[];
  beforeAll(() => {
    vi.stubEnv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "an-example");
  });
  afterAll(() => {
    vi.unstubAllEnvs();
  });
  beforeEach(async () => {
    if (isAbsent(engine)) return;
    store = (await engine.open()) as TestDb;
    await seedOctober(store.db);
    ctx = ctxOf(store.db);
    faults = [];
    groups = [
      group("2026-10-30"),
      group("2026-10-30", {
        tag: "",
        instanceType: "NoInstanceType",
        unblended: "7",
        amortised: "7",
        quantity: "9",
        unit: "N/A",
      }),
      group("2026-10-31"),
      group("2026-10-31", { tag: "", unblended: "5", amortised: "5", quantity: "0.5" }),
      group("2026-11-01"),
    ];
    peer = await startCostExplorer({
      ...{ groups: () => groups, tag: "team", estimatedFrom: "2026-11-01", pageSize: 2 },
      fault: () => faults.shift() ?? null,
    });
  });
  afterEach(async () => {
    await peer?.close();
    if (!isAbsent(engine)) await store.drop();
  });
  const means = (more: Partial<ExplorerMeans> = {}): ExplorerMeans => ({
    ...{ endpoint: peer.url, region: "us-east-1", tag: "team", net: false, timeoutMs: 5000, retryWaitMs: 1 },
    ...{ mostCalls: 300, everySeconds: 6 * HOUR },
    ...more,
  });
  const at = (seconds: number): Ctx => ({ ...ctx, now: () => ctx.now() + seconds });

  it.skipIf(isAbsent(engine))(
    "is read page by page, and compared on both bases with price and time apart",
    async () => {
      const done = await readExplorerMonth(ctx, means(), "2026-10");
      expect(done).toMatchObject({
        rows: 4,
        detail: "2026-10: 2 days, 0 of them not final. 109.00 USD, 102.00 USD of it for GPUs.",
      });
      // Two pages, both billed, and both counted.
      expect([peer.billed(), await callsThisMonth(ctx)]).toEqual([2, 2]);
      const found = await loadBillComparison(ctx, OCTOBER, "effective");
      expect(found.days).toEqual([20261030, 20261031]);
      const vision = found.teams.find((t) => found.teamName(t.teamKey) === "Vision");
      // 16 hours of 8 GPUs twice, and 10 hours at 2.5 charged on each of two days.
      expect(vision).toMatchObject({ actualMicros: 97e6, actualMilliHours: 32_000, estimatedMilliHours: 20_000 });
      const { parts, estimatedMicros = 0 } = vision ?? {};
      expect(parts).not.toBeNull();
      expect(sumMicros([parts?.priceMicros ?? 0, parts?.volumeMicros ?? 0, estimatedMicros])).toBe(97e6);
      expect(found.teams.find((t) => t.teamKey === 0)).toMatchObject({ actualMicros: 5e6, actualMilliHours: 4000 });
      expect(found.otherMicros).toBe(7e6);
      expect(await loadBillComparison(ctx, OCTOBER, "billed")).toMatchObject({ actualMicros: 125e6, notFinal: [] });
    },
  );

  it.skipIf(isAbsent(engine))("is asked at most every six hours, and no longer for a month that is final", async () => {
    expect((await readExplorerDue(ctx, means())).map((m) => m.month)).toEqual(["2026-11", "2026-10"]);
    const calls = peer.billed();
    expect(await readExplorerDue(at(5 * HOUR), means())).toEqual([]);
    await expect(readExplorerMonth(at(5 * HOUR), means(), "2026-10")).rejects.toThrow(/again in 1 h/);
    expect(peer.billed()).toBe(calls);
    const later = await readExplorerDue(at(7 * HOUR), means());
    expect(later).toMatchObject([
      { month: "2026-11", detail: "2026-11: 1 day, 1 of them not final. Nothing has changed." },
    ]);
    groups = [...groups.slice(0, 4), group("2026-11-01", { amortised: "50" })];
    await readExplorerDue(at(14 * HOUR), means());
    const november = await loadBillComparison(ctx, { from: 20261101, until: 20261102 }, "effective");
    expect(november).toMatchObject({ actualMicros: 50e6, notFinal: [20261101] });
    expect((await listVisibleBills(ctx)).map((b) => b.name).sort()).toEqual([
      "AWS Cost Explorer 2026-10",
      "AWS Cost Explorer 2026-11",
    ]);
  });

  it.skipIf(isAbsent(engine))("counts every try before it is sent, and stops at the most of a month", async () => {
    faults = ["ThrottlingException", "500"];
    await readExplorerMonth(ctx, means(), "2026-10");
    expect([peer.billed(), await callsThisMonth(ctx)]).toEqual([4, 4]);
    await expect(readExplorerMonth(ctx, means({ mostCalls: 4 }), "2026-11")).rejects.toThrow(
      /The 4 calls of this month to AWS Cost Explorer \(0\.040000 USD\) are used up/,
    );
    expect(peer.billed()).toBe(4);
    expect((await listReadings(ctx.db, "cost-explorer", 9)).map((r) => [r.name, r.calls, r.status])).toEqual([
      ["cost-explorer/2026-10", 4, "done"],
      ["cost-explorer/2026-11", 0, "failed"],
    ]);
  });

  it.skipIf(isAbsent(engine))(
    "stores nothing of an answer that failed or repeats itself, and says what to do",
    async () => {
      const november = means({ everySeconds: 6 * HOUR });
      faults = ["AccessDeniedException"];
      await expect(readExplorerMonth(ctx, november, "2026-10")).rejects.toThrow(
        /needs the permission ce:GetCostAndUsage/,
      );
      await expect(readExplorerMonth(at(60), november, "2026-10")).rejects.toThrow(/read .* lately/);
      faults = [null, "twice"];
      await expect(readExplorerMonth(at(2 * HOUR), november, "2026-10")).rejects.toThrow(/twice on 2026-10-30/);
      faults = ["DataUnavailableException"];
      await expect(readExplorerMonth(at(4 * HOUR), november, "2026-10")).rejects.toThrow(/no data of this time yet/);
      expect(await listVisibleBills(ctx)).toEqual([]);
      const other = await readExplorerMonth(at(6 * HOUR), means({ tag: "cost-center" }), "2026-10");
      expect(other?.detail).toMatch(/tag cost-center is not activated/);
    },
  );

  it.skipIf(isAbsent(engine))(
    "gives way to an exported bill of AWS on its days: the two are the same cost",
    async () => {
      await readExplorerMonth(ctx, means(), "2026-10");
      const header =
        "line_item_usage_start_date,line_item_usage_end_date,line_item_unblended_cost,line_item_currency_code,line_item_line_item_type,line_item_usage_amount,pricing_unit,product_instance_type,bill_payer_account_id,bill_billing_period_start_date,resource_tags";
      const row = `2026-10-30T00:00:00Z,2026-10-30T02:00:00Z,61,USD,Usage,2,Hrs,p5.48xlarge,1,2026-10-01T00:00:00Z,"{""user_team"":""Vision""}"`;
      const credit = row.replace(",61,", ",-11,").replace(",Usage,2,", ",Credit,2,");
      await importBill(ctx, [{ name: "cur.csv", bytes: new TextEncoder().encode([header, row, credit].join("\n")) }]);
      const found = await loadBillComparison(ctx, OCTOBER, "effective");
      // 61 − 11 of the export on the 30th; 48.5 and 5 of Cost Explorer on the 31st.
      expect(found).toMatchObject({
        actualMicros: 103.5e6,
        actualMilliHours: 16_000 + 16_000 + 4000,
        days: [20261030, 20261031],
      });
    },
  );

  it.skipIf(isAbsent(engine))("is refused to people who may not import cost, without a call", async () => {
    const viewer = { ...ctx.viewer, kind: "person" as const, roles: ["engineer" as const] };
    await expect(readExplorerMonth({ ...ctx, viewer }, means(), "2026-10")).rejects.toThrow(/may not import cost/);
    await expect(readExplorerMonth(ctx, means(), "2026-12")).rejects.toThrow(/No day of 2026-12 is over/);
    expect(peer.billed()).toBe(0);
  });
});

it("leaves out the days that an export has, and none for a fee of its whole month", () => {
  const line = (source: string, fromDay: number, untilDay: number): BillLine => ({
    ...{ fromDay, untilDay, teamKey: 0, gpu: "", service: "", category: "", source, gpuMilliHours: null, estimated: 0 },
    ...{ effectiveMicros: 1, billedMicros: 1 },
  });
  const lines = [
    line("AWS 123", 20261001, 20261101),
    line("AWS 123", 20261001, 20261002),
    line(`${EXPLORER} 2026-10`, 20261001, 20261002),
    line(`${EXPLORER} 2026-10`, 20261002, 20261003),
  ];
  expect(withoutTwice(lines)).toEqual([lines[0], lines[1], lines[3]]);
});
