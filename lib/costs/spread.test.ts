import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { splitExactly, sumExactly } from "@/lib/money.ts";
import { addDays, daysBetween } from "@/lib/time.ts";
import { amountBefore, daysOf, joinSpans, spanProblem, spreadOf, spreadWords } from "./spread.ts";

const BOUNDS = { today: 20261110, firstDay: 20261001 };
const line = (fromDay: number, untilDay: number, amountMicros = 0) => ({ fromDay, untilDay, amountMicros });

describe("the days of a line", () => {
  it.each<[string, number, number, RegExp | null]>([
    ["a month", 20261001, 20261101, null],
    ["a leap year", 20240101, 20250101, null],
    ["a year that ends in a year", 20261110, 20271110, null],
    ["a mistyped year of the end", 20261001, 20621101, /are 13180 days, and a line may have 366: check the year/],
    ["a day more than a leap year", 20240101, 20250102, /are 367 days/],
    ["the last day that can be written", 20261001, 99991231, /are \d+ days/],
    ["a mistyped year of both", 20621001, 20621101, /ends more than a year after today, 2026-11-10: check the year/],
    ["a day too far ahead", 20271101, 20271112, /2027-11-01 up to 2027-11-12 ends more than a year after today/],
    ["a mistyped year that is past", 20061001, 20061101, /begins more than three years before today/],
  ])("%s", (_, fromDay, untilDay, expected) => {
    const problem = spanProblem({ fromDay, untilDay }, BOUNDS);
    if (expected === null) expect(problem).toBe(null);
    else expect(problem).toMatch(expected);
  });

  it("may be older than three years where something was metered", () => {
    const old = { fromDay: 20201001, untilDay: 20201101 };
    expect(spanProblem(old, { ...BOUNDS, firstDay: 20201001 })).toBe(null);
    expect(spanProblem(old, { ...BOUNDS, firstDay: 20201002 })).toMatch(/begins more than three years/);
    expect(spanProblem(old, { ...BOUNDS, firstDay: null })).toMatch(/begins more than three years/);
  });

  it("are each counted once, however many lines share them", () => {
    const ends = Array.from({ length: 365 }, (_, i) => line(20261001, addDays(20261002, i)));
    const spans = Array.from({ length: 100_000 }, (_, i) => ends[i % 365] as (typeof ends)[number]);
    expect(joinSpans(spans)).toEqual([{ fromDay: 20261001, untilDay: 20271001 }]);
    expect(daysOf(spans)).toHaveLength(365);
    expect(daysOf([line(20261105, 20261107), line(20261101, 20261102), line(20261106, 20261108)])).toEqual([
      20261101, 20261105, 20261106, 20261107,
    ]);
  });

  it("before a day have the amount that they are charged", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1_000_000_000_007, max: 1_000_000_000_007 }),
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: -3, max: 403 }),
        (amountMicros, count, at) => {
          const whole = line(20261001, addDays(20261001, count), amountMicros);
          const parts = splitExactly(
            amountMicros,
            Array.from({ length: daysBetween(whole.fromDay, whole.untilDay) }, () => 1),
          );
          expect(amountBefore(whole, addDays(20261001, at))).toBe(sumExactly(parts.slice(0, Math.max(0, at))));
        },
      ),
    );
  });
});

describe("what an import says of its days", () => {
  it("is all of it, where it lies in open periods", () => {
    const spread = spreadOf([line(20261001, 20261101, 5_000_000), line(20261103, 20261104, 7)], 20261201);
    expect(spreadWords(spread, 5_000_007, "USD")).toBe(
      "Spread over 32 days, 2026-10-01 to 2026-11-03: all of it in open periods.",
    );
  });
  it("is the part in open periods, and the rest", () => {
    const spread = spreadOf([line(20261101, 20271101, 365_000_000)], 20261201);
    expect(spreadWords(spread, 365_000_000, "USD")).toBe(
      "Spread over 365 days, 2026-11-01 to 2027-10-31: 30.000000 USD in open periods, which end with 2026-11-30, and 335.000000 USD in later ones.",
    );
  });
});
