import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sumMicros } from "@/lib/money.ts";
import { dayOfKey } from "@/lib/time.ts";
import { countOfDay } from "./count-day.ts";
import { perText } from "./types.ts";
import { changePercent, newestKnown, statusOf, sumDays, type UnitDay, unitMicros } from "./unit-cost.ts";

const day = (countMilli: number | null, allocationMicros: number | null, usageMicros = allocationMicros): UnitDay => ({
  ...{ day: 20261101, countMilli, allocationMicros, usageMicros },
});

describe("the cost of a unit", () => {
  it.each([
    ["$120 for 60 leads", 120e6, 60_000, 1, 2e6],
    ["for a million tokens", 30e6, 15_000_000_000, 1e6, 2e6],
    ["half a micro-unit is rounded to even", 1, 2000, 1, 0],
    ["nothing was counted", 5e6, 0, 1, null],
    ["unknown count", 5e6, null, 1, null],
    ["unknown cost", null, 1000, 1, null],
    ["free", 0, 1000, 1, 0],
    ["too large to be exact", 9e15, 1, 1e6, null],
  ])("%s", (_, cost, count, per, expected) => {
    expect(unitMicros(cost, count, per)).toBe(expected);
  });

  it("of a period is its cost by its count, of known days alone", () => {
    const days = [day(10_000, 20e6), day(null, 90e6), day(5000, null), day(0, 10e6), day(10_000, 30e6, 12e6)];
    expect(sumDays(days, "allocation", 1)).toEqual({
      unitMicros: 3e6,
      costMicros: 60e6,
      countMilli: 20_000,
      known: 3,
      days: 5,
    });
    expect(sumDays([day(null, 1)], "allocation", 1).unitMicros).toBeNull();
    expect(sumDays([], "usage", 1).unitMicros).toBeNull();
    expect(newestKnown(days, "usage", 1)).toEqual({ day: 20261101, micros: 1.2e6 });
    expect(newestKnown([day(null, 1), day(0, 1)], "usage", 1)).toBeUndefined();
  });

  it("property: however days are split, costs and counts of the parts sum to those of the whole", () => {
    const amount = fc.option(fc.integer({ min: 0, max: 1e12 }), { nil: null });
    const anyDay = fc.tuple(amount, amount, amount).map(([count, cost, usage]) => day(count, cost, usage ?? undefined));
    fc.assert(
      fc.property(fc.array(anyDay, { maxLength: 40 }), fc.nat(40), (days, cut) => {
        for (const basis of ["allocation", "usage"] as const) {
          const [whole, a, b] = [days, days.slice(0, cut), days.slice(cut)].map((part) => sumDays(part, basis, 1000));
          if (!whole || !a || !b) throw new Error("three sums");
          expect([sumMicros([a.costMicros, b.costMicros]), a.countMilli + b.countMilli, a.known + b.known]).toEqual([
            whole.costMicros,
            whole.countMilli,
            whole.known,
          ]);
          if (whole.unitMicros === null) expect(whole.countMilli === 0 || whole.known === 0).toBe(true);
        }
      }),
      { seed: 7 },
    );
  });

  it("changes against an earlier period only where both are known", () => {
    const [now, before] = [sumDays([day(1000, 3e6)], "usage", 1), sumDays([day(1000, 2e6)], "usage", 1)];
    expect(changePercent(now, before)).toBe(50);
    expect(changePercent(now, sumDays([day(1000, 0)], "usage", 1))).toBeNull();
    expect(changePercent(now, sumDays([day(null, 1)], "usage", 1))).toBeNull();
  });

  it.each([
    [5, 4, 6, "above_target"],
    [7, 4, 6, "above_threshold"],
    [4, 4, 6, "on_target"],
    [6, null, 6, "on_target"],
    [null, 4, 6, null],
    [5, null, null, null],
  ] as const)(
    "%s against a target of %s and a threshold of %s is %s",
    (micros, targetMicros, thresholdMicros, expected) => {
      expect(statusOf(micros, { targetMicros, thresholdMicros })).toBe(expected);
    },
  );

  it("is named after what it is for", () => {
    expect([1, 1000, 1e6].map((per) => perText({ noun: "query", per }))).toEqual([
      "query",
      "1,000 queries",
      "million queries",
    ]);
  });
});

describe("the count of a day", () => {
  const berlin = dayOfKey(20261025, "Europe/Berlin");
  const hours = (n: number) =>
    Array.from({ length: n }, (_, i) => ({
      ...{ day: 20261025, countMilli: 1000, fromAt: berlin.start + i * 3600, untilAt: berlin.start + (i + 1) * 3600 },
    }));
  const reported = (countMilli: number) => ({ day: 20261025, countMilli, fromAt: 0, untilAt: 0 });

  it("of a source is known when its windows cover all of it, 25 hours included", () => {
    expect(countOfDay(hours(25), berlin)).toBe(25_000);
    expect(countOfDay(hours(24), berlin)).toBeNull();
    expect(countOfDay(hours(25).toReversed(), berlin)).toBe(25_000);
    expect(
      countOfDay(hours(25).with(3, { ...reported(0), ...hours(4)[3], countMilli: null } as never), berlin),
    ).toBeNull();
    expect(countOfDay([], berlin)).toBeNull();
  });

  it("that was reported goes before what a source counted, zero included", () => {
    expect(countOfDay([...hours(25), reported(500), reported(250)], berlin)).toBe(750);
    expect(countOfDay([...hours(3), reported(0)], berlin)).toBe(0);
  });
});
