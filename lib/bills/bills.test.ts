import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import type { Team } from "@/lib/attribution/types.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { seedOctober } from "@/lib/closing/testing-close.ts";
import type { Viewer } from "@/lib/ctx.ts";
import { sumMicros } from "@/lib/money.ts";
import { loadBillComparison, loadBilled } from "@/lib/pages/bills/comparison.ts";
import { compareBills, eachDay, onDay } from "./compare.ts";
import { importBill, listVisibleBills, removeBill } from "./import.ts";
import { type BillContext, readBill } from "./read.ts";
import type { BillLine } from "./types.ts";

const team = (key: number, name: string): Team => ({ key, name, costCentre: "", archivedAt: null }) as Team;
const context: BillContext = {
  teams: [team(11, "Vision")],
  book: { currency: "USD", rates: [], prices: [] } as unknown as BillContext["book"],
  billingTimeZone: "UTC",
};
const bytes = (text: string) => new TextEncoder().encode(text);
const csv = (rows: readonly Readonly<Record<string, string>>[]) => {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  return [names.join(), ...rows.map((row) => names.map((name) => quoted(row[name] ?? "")).join())].join("\n");
};
const file = (name: string, rows: Parameters<typeof csv>[0]) => ({ name, bytes: bytes(csv(rows)) });
const sums = (lines: readonly BillLine[]) => ({
  gpu: lines.filter((l) => l.gpu).reduce((sum, l) => sum + l.effectiveMicros, 0) / 1e6,
  effective: lines.reduce((sum, l) => sum + l.effectiveMicros, 0) / 1e6,
  billed: lines.reduce((sum, l) => sum + l.billedMicros, 0) / 1e6,
});

const CUR = {
  bill_payer_account_id: "1",
  bill_billing_period_start_date: "2026-10-01T00:00:00Z",
  line_item_usage_account_id: "2",
  line_item_usage_start_date: "2026-10-30T00:00:00Z",
  line_item_usage_end_date: "2026-10-30T01:00:00Z",
  line_item_currency_code: "USD",
  line_item_product_code: "AmazonEC2",
  product_instance_type: "p5.48xlarge",
  resource_tags: '{"user_team":"Vision"}',
};
/** Every type of line of a Cost and Usage Report: unblended, and what amortised cost makes of it. */
const TYPES: readonly Readonly<Record<string, string>>[] = [
  { line_item_line_item_type: "Usage", line_item_unblended_cost: "98.32" },
  {
    ...{ line_item_line_item_type: "SavingsPlanCoveredUsage", line_item_unblended_cost: "100" },
    savings_plan_savings_plan_effective_cost: "60",
  },
  { line_item_line_item_type: "SavingsPlanNegation", line_item_unblended_cost: "-100" },
  {
    ...{ line_item_line_item_type: "SavingsPlanRecurringFee", line_item_unblended_cost: "70" },
    ...{ savings_plan_total_commitment_to_date: "70", savings_plan_used_commitment: "60", product_instance_type: "" },
  },
  { line_item_line_item_type: "DiscountedUsage", line_item_unblended_cost: "0", reservation_effective_cost: "40" },
  {
    ...{ line_item_line_item_type: "RIFee", line_item_unblended_cost: "44", product_instance_type: "" },
    reservation_unused_amortized_upfront_fee_for_billing_period: "1.5",
    reservation_unused_recurring_fee: "2.5",
  },
];
const CUR_ROWS = TYPES.map((row): Readonly<Record<string, string>> => ({ ...CUR, ...row }));

describe("a Cost and Usage Report", () => {
  it("is read on both bases: as invoiced, and with commitments spread by AWS' rules", () => {
    const { format, lines } = readBill("cur.csv", bytes(csv(CUR_ROWS)), context);
    expect(format).toBe("cur");
    expect(sums(lines)).toEqual({ gpu: 98.32 + 60 + 40, effective: 98.32 + 60 + 10 + 40 + 4, billed: 98.32 + 70 + 44 });
    expect(new Set(lines.map((l) => l.teamKey))).toEqual(new Set([11]));
  });

  it("says the same in the names of legacy reports", () => {
    const legacy = (name: string) =>
      name.replace(/^(line_item|bill|product|savings_plan|reservation|resource_tags)_(.*)$/, (_, group, rest) => {
        const camel = (text: string, first: string) =>
          first + text.slice(1).replaceAll(/_(.)/g, (__, c: string) => c.toUpperCase());
        return `${camel(group, group[0])}/${camel(rest, rest[0].toUpperCase())}`;
      });
    const rows = CUR_ROWS.map(({ resource_tags: _, ...row }) => ({
      ...Object.fromEntries(Object.entries(row).map(([name, value]) => [legacy(name), value])),
      "resourceTags/user:team": "Vision",
    }));
    expect(Object.keys(rows[0] ?? {})).toContain("lineItem/UsageStartDate");
    expect(readBill("cur.csv", bytes(csv(rows)), context).lines).toEqual(
      readBill("cur.csv", bytes(csv(CUR_ROWS)), context).lines,
    );
  });

  it("refuses what is neither, and lists lines that are wrong", () => {
    expect(() => readBill("x.csv", bytes("a,b\n1,2"), context)).toThrow(/neither a FOCUS file nor an AWS/);
    expect(() => readBill("x.csv", bytes(csv([{ ...CUR, line_item_unblended_cost: "1,5" }])), context)).toThrow(
      /Line 2: EffectiveCost: "1,5" is not a number/,
    );
  });
});

const FOCUS = {
  ...{ BillingCurrency: "USD", ChargePeriodStart: "2026-10-30T00:00:00Z", ChargePeriodEnd: "2026-10-31T00:00:00Z" },
  ...{ BillingPeriodStart: "2026-10-01T00:00:00Z", ProviderName: "Azure", BillingAccountId: "a", ServiceName: "VM" },
  ...{ ChargeCategory: "Usage", ServiceCategory: "Compute", ChargeDescription: "Standard_ND96isr_H100_v5" },
  ...{ Tags: '{"team":"Vision"}', EffectiveCost: "30", BilledCost: "50" },
};

describe.each(engines)("bills on $name", (engine) => {
  let store: TestDb;
  beforeEach(async () => {
    if (isAbsent(engine)) return;
    store = (await engine.open()) as TestDb;
    await seedOctober(store.db);
  });
  afterEach(() => (isAbsent(engine) ? undefined : store.drop()));

  it.skipIf(isAbsent(engine))("are compared on days that have both, and replaced by later versions", async () => {
    const ctx = ctxOf(store.db);
    const october = { from: 20261001, until: 20261101 };
    const rows = [FOCUS, { ...FOCUS, Tags: "{}", EffectiveCost: "5" }, { ...FOCUS, ChargeDescription: "Disk" }];
    await importBill(ctx, [file("october.csv", rows)]);
    const found = await loadBillComparison(ctx, october, "effective");
    // Of 30 October alone: the ledger charged 12 of 24 hours × 2.5 to Vision and Unassigned, the rest to the platform.
    expect(found.days).toEqual([20261030]);
    expect(found.withoutBill).toHaveLength(30);
    expect(found.withoutCharges).toHaveLength(28);
    expect(found).toMatchObject({ actualMicros: 35e6, estimatedMicros: 60e6, otherMicros: 30e6 });
    expect(found.teams.map((t) => [found.teamName(t.teamKey), Number(t.actualMicros) / 1e6])).toContainEqual([
      "Vision",
      30,
    ]);
    expect(found.teams.map((t) => [t.teamKey, Number(t.actualMicros) / 1e6])).toContainEqual([0, 5]);
    expect(await loadBillComparison(ctx, october, "billed")).toMatchObject({ actualMicros: 100e6 });

    await expect(importBill(ctx, [file("again.csv", rows)])).rejects.toThrow(/imported already, as october.csv/);
    const later = await importBill(ctx, [file("final.csv", [{ ...FOCUS, EffectiveCost: "31" }])], { replace: true });
    expect(later.replaced).toBe(3);
    expect(await listVisibleBills(ctx)).toMatchObject([{ name: "final.csv", gpuMicros: 31e6 }]);
    expect((await loadBilled(ctx, october, "effective")).rows).toMatchObject([{ day: 20261030, micros: 31e6 }]);
    await removeBill(ctx, later.id);
    expect(await loadBillComparison(ctx, october, "effective")).toMatchObject({ days: [], actualMicros: 0 });
  });

  it.skipIf(isAbsent(engine))("lose nothing to another part of the same export", async () => {
    const ctx = ctxOf(store.db);
    const [one, two] = [file("part-1.csv", [FOCUS]), file("part-2.csv", [{ ...FOCUS, EffectiveCost: "50" }])];
    await importBill(ctx, [one]);
    await expect(importBill(ctx, [two])).rejects.toThrow(
      /part-1\.csv has 1 line of 30\.000000 USD of Azure, a, 2026-10-01.*several files.*replace/s,
    );
    expect(await listVisibleBills(ctx)).toMatchObject([{ name: "part-1.csv", effectiveMicros: 30e6 }]);
    // Both at once are one import, which has all that is there.
    await expect(importBill(ctx, [one, one])).rejects.toThrow(/part-1\.csv is named twice/);
    expect(await importBill(ctx, [two, one], { replace: true })).toMatchObject({ lines: 2, replaced: 1 });
    expect(await listVisibleBills(ctx)).toMatchObject([{ name: "part-2.csv and 1 more", effectiveMicros: 80e6 }]);
    await expect(importBill(ctx, [one, two])).rejects.toThrow(/imported already/);
  });

  it.skipIf(isAbsent(engine))(
    "are replaced by a file of the same name that has all days and services of them",
    async () => {
      const ctx = ctxOf(store.db);
      const next = { ...FOCUS, ChargePeriodStart: "2026-10-31T00:00:00Z", ChargePeriodEnd: "2026-11-01T00:00:00Z" };
      const disk = { ...FOCUS, ServiceName: "Disk", ChargeDescription: "Disk" };
      await importBill(ctx, [file("cur.csv", [FOCUS])]);
      expect(await importBill(ctx, [file("cur.csv", [{ ...FOCUS, Tags: "" }, next, disk])])).toMatchObject({
        replaced: 1,
      });
      await expect(importBill(ctx, [file("cur.csv", [next, disk])])).rejects.toThrow(
        /does not have 1 line of 30\.000000 USD/,
      );
      await expect(importBill(ctx, [file("cur.csv", [FOCUS, next])])).rejects.toThrow(
        /does not have 1 line of 30\.000000 USD/,
      );
      expect(await listVisibleBills(ctx)).toMatchObject([{ effectiveMicros: 90e6 }]);
      const other = { ...disk, BillingAccountId: "b" };
      expect(await importBill(ctx, [file("cur.csv", [other])])).toMatchObject({ replaced: 0 });
    },
  );

  it.skipIf(isAbsent(engine))("may be imported again after the version that replaced them was removed", async () => {
    const ctx = ctxOf(store.db);
    const [a, b] = [file("cur.csv", [FOCUS]), file("cur.csv", [{ ...FOCUS, EffectiveCost: "31" }])];
    const first = await importBill(ctx, [a]);
    const { id } = await importBill(ctx, [b]);
    await expect(removeBill(ctx, first.id)).rejects.toThrow(/There is no bill/);
    await removeBill(ctx, id);
    expect(await importBill(ctx, [a])).toMatchObject({ lines: 1, replaced: 0 });
    expect(await listVisibleBills(ctx)).toMatchObject([{ name: "cur.csv", effectiveMicros: 30e6 }]);
  });

  it.skipIf(isAbsent(engine))("are for people who see all teams", async () => {
    const lead: Viewer = { kind: "person", id: "lead", roles: ["manager"], projects: [], teams: [11] };
    const ctx = { ...ctxOf(store.db), viewer: lead };
    await expect(importBill(ctx, [file("x.csv", [FOCUS])])).rejects.toThrow(/may not import cost/);
    await expect(loadBillComparison(ctx, { from: 20261001, until: 20261101 }, "billed")).rejects.toThrow();
  });
});

const line = fc.record({
  fromDay: fc.constantFrom(20261029, 20261030, 20261031),
  length: fc.integer({ min: 1, max: 3 }),
  teamKey: fc.constantFrom(0, 11, 12),
  gpu: fc.constantFrom("", "H100"),
  effectiveMicros: fc.integer({ min: -1_000_000, max: 1_000_000 }),
});

it("a comparison loses no micro-unit: its teams add up to it, and lines to their days", () => {
  const DAYS = [20261028, 20261029, 20261030, 20261031, 20261101, 20261102, 20261103];
  fc.assert(
    fc.property(fc.array(line, { maxLength: 12 }), fc.subarray(DAYS), (drawn, charged) => {
      const lines = drawn.map(({ length, ...l }) => ({
        ...{ ...l, untilDay: DAYS[DAYS.indexOf(l.fromDay) + length] as number },
        ...{ service: "", category: "", source: "", billedMicros: 0, gpuMilliHours: null, estimated: 0 },
      }));
      for (const l of lines)
        expect(eachDay(l).reduce((sum, day) => sum + onDay(l, "effective", day), 0)).toBe(l.effectiveMicros);
      const amounts = charged.map((day) => ({ day, teamKey: 11, micros: 100, milliHours: 1 }));
      const span = { fromDay: 20261028, untilDay: 20261104 };
      const found = compareBills(span, lines, "effective", amounts, (day) => charged.includes(day));
      expect(sumMicros(found.teams.map((t) => t.actualMicros))).toBe(found.actualMicros);
      expect(found.estimatedMicros).toBe(100 * found.days.length);
      const all = lines.flatMap((l) =>
        eachDay(l)
          .filter((d) => found.days.includes(d))
          .map((d) => onDay(l, "effective", d)),
      );
      expect(sumMicros([found.actualMicros, found.otherMicros])).toBe(all.reduce((sum, micros) => sum + micros, 0));
    }),
    { numRuns: 100, seed: 3 },
  );
});
