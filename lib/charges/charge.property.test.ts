import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SHARE_METHODS } from "@/lib/allocation/types.ts";
import { PLATFORM_TEAM } from "@/lib/attribution/types.ts";
import { CLASS_PROPERTIES, CLASSES, classProperty } from "@/lib/classes.ts";
import { SKUS } from "@/lib/money.ts";
import { PRICE_CLASSES } from "@/lib/pricing/types.ts";
import { runs } from "@/lib/testing-runs.ts";
import { chargeDay } from "./charge.ts";
import type { DayInput } from "./day.ts";
import { dayInput, priceOfModel, usageRow } from "./testing-day.ts";

const DAY_MILLI = 86_400_000;
const NOBODY = ["unallocated", "unknown", "down"] as const;

/** Random days: up to a dozen rows, prices of every class with awkward digits, a policy, quotas, imported cost. */
const days: fc.Arbitrary<DayInput> = fc
  .record({
    rows: fc.uniqueArray(
      fc.record({
        hardware: fc.constantFrom(1, 2),
        workload: fc.constantFrom(0, 1, 2, 3, 4, 5),
        amounts: fc.array(fc.integer({ min: 0, max: 30 * DAY_MILLI }), { minLength: 10, maxLength: 10 }),
        observed: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { maxLength: 12, selector: (r) => `${r.hardware}/${r.workload}` },
    ),
    prices: fc.uniqueArray(
      fc.record({
        match: fc.constantFrom("H100", "A100"),
        priceClass: fc.constantFrom(...PRICE_CLASSES),
        nanos: fc.integer({ min: 0, max: 99_999_999_999 }),
      }),
      { maxLength: 8, selector: (p) => p.match + p.priceClass },
    ),
    method: fc.constantFrom(...SHARE_METHODS),
    unusedQuota: fc.boolean(),
    costs: fc.array(
      fc.record({
        clusterId: fc.constantFrom("", "c1"),
        teamKey: fc.constantFrom(0, 11, 12),
        amountMicros: fc.integer({ min: -1e9, max: 1e12 }),
      }),
      { maxLength: 5 },
    ),
  })
  .map(({ rows, prices, method, unusedQuota, costs }) => {
    const usage = rows.map(({ hardware, workload, amounts, observed }) => {
      const classes = CLASSES.map((c, i) => {
        const nobodys = (NOBODY as readonly string[]).includes(c);
        const may = workload === 0 ? nobodys : c === "down" || !nobodys;
        return [classProperty(c, "milli"), may ? (amounts[i] as number) : 0] as const;
      });
      const held = classes.reduce((sum, [p, v]) => (p === "downMilli" ? sum : sum + v), 0);
      return usageRow(hardware, workload, Object.fromEntries(classes), {
        observedMilli: workload === 0 ? 0 : Math.floor(held * observed),
      });
    });
    const input = dayInput({
      usage,
      costs,
      method,
      prices: prices.map((p) => priceOfModel(p.match, 0, { priceClass: p.priceClass, unitPriceNanos: p.nanos })),
    });
    const settings = { cpu: "none", memory: "none", gpuMemory: "none", chargeUnusedQuota: unusedQuota } as const;
    return { ...input, rules: { ...input.rules, settings: [{ fromDay: 20200101, settings }] } };
  });

const sum = (values: Iterable<number>) => [...values].reduce((a, b) => a + BigInt(b), 0n);
const RUNS = runs(500);

describe("a charged day", () => {
  it("has every GPU-second in exactly one charge or without a price, in its class", () => {
    fc.assert(
      fc.property(days, (input) => {
        const { charges, unpriced } = chargeDay(input);
        for (const hardwareKey of [1, 2]) {
          const rows = input.usage.filter((u) => u.hardwareKey === hardwareKey);
          const all = sum(rows.flatMap((u) => Object.values(u.classes)));
          const charged = charges.filter((c) => c.hardwareKey === hardwareKey);
          const lacking = unpriced.filter((u) => u.hardwareKey === hardwareKey);
          expect(sum([...charged, ...lacking].map((c) => c.quantity))).toBe(all);
          if (lacking.length === 0)
            for (const c of CLASSES)
              expect(sum(charged.map((x) => x.classes[classProperty(c, "milli")] as number))).toBe(
                sum(rows.map((u) => u.classes[classProperty(c, "milli")] as number)),
              );
        }
        for (const charge of charges) {
          expect(sum(CLASSES.map((c) => charge.classes[classProperty(c, "milli")] as number))).toBe(
            BigInt(charge.quantity),
          );
          expect(sum(CLASSES.map((c) => charge.classes[classProperty(c, "micros")] as number))).toBe(
            BigInt(charge.amountMicros),
          );
          expect(charge.observedMilli).toBeLessThanOrEqual(charge.expectedMilli);
        }
      }),
      RUNS,
    );
  });

  it("comes to capacity × rate with a residual of 0 micro-units, for each hardware and price", () => {
    fc.assert(
      fc.property(days, (input) => {
        const { charges } = chargeDay(input);
        const groups = Map.groupBy(charges, (c) => `${c.hardwareKey}/${c.priceKey}`);
        for (const list of groups.values()) {
          const { unitPriceNanos } = list[0] as (typeof list)[number];
          const product = sum(list.map((c) => c.quantity)) * BigInt(unitPriceNanos);
          const twiceResidual =
            2n * (sum(list.map((c) => c.amountMicros)) * BigInt(SKUS.gpu.perUnit) * 1000n - product);
          // Rounded once for the whole: the sum is the nearest micro-unit, and nothing else is lost.
          expect(twiceResidual <= 3_600_000_000n && twiceResidual >= -3_600_000_000n).toBe(true);
          for (const c of list) {
            const exact = (Number(c.quantity) * unitPriceNanos) / 3.6e9;
            expect(Math.abs(c.amountMicros - exact)).toBeLessThan(11 + exact * 1e-12);
          }
        }
      }),
      RUNS,
    );
  });

  it("has a payer for everything: teams and platform sum to charges and imported cost", () => {
    fc.assert(
      fc.property(days, (input) => {
        const { charges, teamDays, shares } = chargeDay(input);
        expect(sum(teamDays.map((t) => t.amountMicros))).toBe(sum(charges.map((c) => c.amountMicros)));
        for (const property of CLASS_PROPERTIES)
          expect(sum(teamDays.map((t) => t.classes[property] as number))).toBe(
            sum(charges.map((c) => c.classes[property] as number)),
          );
        const capacity = shares.filter((s) => s.costClass !== "shared");
        expect(sum(capacity.map((s) => s.amountMicros))).toBe(0n);
        expect(sum(shares.map((s) => s.amountMicros))).toBe(sum(input.costs.map((c) => c.amountMicros)));
        // Nobody's cost is moved at most once.
        const platform = teamDays.filter((t) => t.teamKey === PLATFORM_TEAM);
        for (const c of NOBODY) {
          const given = -sum(
            capacity.filter((s) => s.costClass === c && s.teamKey === PLATFORM_TEAM).map((s) => s.amountMicros),
          );
          const had = sum(platform.map((t) => t.classes[classProperty(c, "micros")] as number));
          expect(given >= 0n && given <= had).toBe(true);
        }
      }),
      RUNS,
    );
  });

  it("is the same in any order of its rows, and does not change what it is given", () => {
    fc.assert(
      fc.property(days, fc.infiniteStream(fc.nat()), (input, random) => {
        const before = JSON.stringify(input.usage);
        const shuffled = input.usage
          .map((u) => ({ u, at: random.next().value as number }))
          .sort((a, b) => a.at - b.at)
          .map(({ u }) => u);
        expect(chargeDay({ ...input, usage: shuffled })).toEqual(chargeDay(input));
        expect(JSON.stringify(input.usage)).toBe(before);
      }),
      runs(200),
    );
  });
});
