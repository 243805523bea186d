import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { forecastSeries } from "@/lib/forecast/forecast.ts";
import { runs } from "@/lib/testing-runs.ts";
import { addDays, daysBetween } from "@/lib/time.ts";
import { breachOf } from "./breach.ts";
import { budgetOutlook, type CostDay, outlookOf, withEvents, withoutEvents } from "./outlook.ts";
import { spanOfDay } from "./spans.ts";
import { statusOf } from "./status.ts";
import type { Budget, PlannedEvent } from "./types.ts";
import { chanceText, dayRangeText, sentenceOf } from "./words.ts";

const SPAN = spanOfDay(20261115, "month", { kind: "month", fiscalYearStart: 1, zone: "UTC" });
const TODAY = 20261116;
const THROUGH = 20261115;
const BUDGET: Budget = {
  scope: { kind: "team", value: "11" },
  fromDay: 20260101,
  span: "month",
  amountMicros: 3000e6,
  carryOver: false,
  warningPercent: 80,
  criticalPercent: 95,
  note: "",
};
/** Sixty days of 100 a day up to the fifteenth, unless another value is given. */
const series = (at: (i: number) => number | null = () => 100e6) => Array.from({ length: 60 }, (_, i) => at(i));
const daysOf = (micros: number, count = 15): CostDay[] =>
  Array.from({ length: count }, (_, i) => ({
    day: addDays(20261101, i),
    flowMicros: micros,
    fixedMicros: 0,
    isComplete: true,
  }));
const outlook = (given: Partial<Parameters<typeof outlookOf>[0]> = {}) =>
  outlookOf({
    span: SPAN,
    today: TODAY,
    days: daysOf(100e6),
    throughDay: THROUGH,
    forecast: forecastSeries(series(), 15),
    events: [],
    ...given,
  });
const event = (more: Partial<PlannedEvent>): PlannedEvent => ({
  ...{ id: "e", scope: BUDGET.scope, fromDay: 20261121, untilDay: null, changePercent: 0, perDayMicros: 0, note: "" },
  ...more,
});

describe("an outlook", () => {
  it("is what was spent, and the forecast of the days that are left", () => {
    const found = outlook();
    expect([found.spentMicros, found.past.length, found.ahead.length]).toEqual([1500e6, 15, 15]);
    expect(found.end?.expected).toBeCloseTo(3000e6, 0);
    expect(found.ahead.at(-1)?.day).toBe(20261130);
    expect([found.daysOver, found.days, found.burnMicros]).toEqual([15, 30, 100e6]);
    expect(outlook({ days: daysOf(100e6, 3), throughDay: 20261103, today: 20261104 }).burnMicros).toBe(100e6);
    expect(outlook({ days: [], throughDay: 20261031, today: 20261101 }).burnMicros).toBeNull();
  });

  it("takes today for at least what it has come to already", () => {
    const today = { day: TODAY, flowMicros: 250e6, fixedMicros: 0, isComplete: false };
    const found = outlook({ days: [...daysOf(100e6), today] });
    expect(found.spentMicros).toBe(1750e6);
    expect(found.ahead[0]?.expected).toBeCloseTo(1750e6, 0);
    expect(found.end?.expected).toBeCloseTo(3150e6, 0);
  });

  it("adds known cost of days to come, and does not extrapolate that of days that are over", () => {
    const bill = (day: number): CostDay => ({ day, flowMicros: 0, fixedMicros: 40e6, isComplete: false });
    const found = outlook({
      days: [...daysOf(100e6).map((d) => ({ ...d, fixedMicros: 10e6 })), bill(20261120), bill(20261125)],
    });
    expect(found.committedMicros).toBe(80e6);
    expect(found.end?.expected).toBeCloseTo(1650e6 + 1500e6 + 80e6, 0);
  });

  it("applies planned events to their days alone", () => {
    expect(outlook({ events: [event({ perDayMicros: 50e6 })] }).end?.expected).toBeCloseTo(3000e6 + 10 * 50e6, 0);
    const holiday = event({ changePercent: -100, untilDay: 20261126 });
    expect(outlook({ events: [holiday] }).end?.expected).toBeCloseTo(2500e6, 0);
    expect(withEvents(100, 20261120, [event({ changePercent: 50 })])).toBe(100);
    expect(withEvents(100, 20261121, [event({ changePercent: 50, perDayMicros: -500 })])).toBe(0);
  });

  it("learns from days without what was planned of them: taking events out and putting them back changes nothing", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e12 }),
        fc.array(fc.tuple(fc.integer({ min: -99, max: 300 }), fc.integer({ min: 0, max: 1e9 })), { maxLength: 4 }),
        (micros, effects) => {
          const events = effects.map(([changePercent, perDayMicros]) => event({ changePercent, perDayMicros }));
          const without = withoutEvents(micros, 20261125, events) as number;
          expect(withEvents(without, 20261125, events)).toBeCloseTo(micros, 0);
          expect(withoutEvents(micros, 20261101, events)).toBe(micros);
        },
      ),
      runs(100),
    );
    expect(withoutEvents(100, 20261121, [event({ changePercent: -100 })])).toBeNull();
  });

  it("is as uncertain as what is left of it", () => {
    const noisy = forecastSeries(
      series((i) => (100 + 30 * Math.sin(i * 2.3)) * 1e6),
      15,
    );
    const width = (changePercent: number) => {
      const events = changePercent ? [event({ changePercent, fromDay: TODAY })] : [];
      return outlook({ forecast: noisy, events }).ahead.at(-1)?.deviation ?? 0;
    };
    expect(width(0)).toBeGreaterThan(0);
    expect(width(-50)).toBeCloseTo(width(0) / 2, 3);
    expect(width(-100)).toBe(0);
  });

  it("has no end with too little data, and spending all the same", () => {
    const found = outlook({ forecast: forecastSeries(series().slice(0, 5), 15), throughDay: THROUGH });
    expect([found.end, found.ahead, found.spentMicros]).toEqual([null, [], 1500e6]);
  });

  it("of a period that is over is what it came to", () => {
    const found = outlook({ today: 20261203, throughDay: 20261202, days: daysOf(100e6, 30), forecast: null });
    expect(found.end).toEqual({ expected: 3000e6, lower80: 3000e6, upper80: 3000e6 });
  });
});

describe("a breach", () => {
  const ahead = (values: readonly number[], deviation = 10) =>
    values.map((expected, i) => ({ day: addDays(20261201, i), expected, deviation: deviation * (i + 1) }));

  it("has the chance of the last day, and days around the middle", () => {
    const found = breachOf(ahead([100, 200, 300, 400, 500, 600]), 450);
    expect(found.chance).toBeGreaterThan(0.99);
    expect(found.middleDay).toBe(20261205);
    expect(found.fromDay).toBeLessThanOrEqual(found.middleDay ?? 0);
    expect(found.throughDay).toBeGreaterThanOrEqual(found.middleDay ?? 0);
  });

  it("falls with a larger budget, and its days come later", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 2, maxLength: 30 }),
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 1, max: 500 }),
        (steps, budget, more) => {
          let sum = 0;
          const list = ahead(
            steps.map((s) => (sum += s)),
            7,
          );
          const [small, large] = [breachOf(list, budget), breachOf(list, budget + more)];
          expect(large.chance).toBeLessThanOrEqual(small.chance + 1e-6);
          if (small.middleDay !== null) expect(small.fromDay).toBeLessThanOrEqual(small.throughDay ?? 0);
        },
      ),
      runs(100),
    );
  });

  it("that is improbable has no date; nor has one without days to come", () => {
    expect(breachOf(ahead([100]), 500)).toMatchObject({ fromDay: null, middleDay: null });
    expect(breachOf([], 1)).toMatchObject({ chance: 0, fromDay: null });
  });
});

describe("status", () => {
  const of = (spent: number, daysOver: number, chance: number | null = 0) =>
    statusOf({ budgetMicros: 1000, spentMicros: spent, daysOver, days: 30, chance, thresholds: BUDGET });
  it.each([
    [1001, 30, null, "exceeded"],
    [1000, 30, null, "on_track"],
    [960, 20, null, "critical"],
    [850, 20, null, "warning"],
    [850, 29, null, "on_track"],
    [100, 20, 0.6, "critical"],
    [100, 20, 0.3, "warning"],
    [100, 20, 0.19, "on_track"],
    [0, 0, null, "on_track"],
  ] as const)("of %i spent after %i days with a chance of %s is %s", (spent, over, chance, status) => {
    expect(of(spent, over, chance)).toBe(status);
  });
});

describe("against a budget", () => {
  const noisy = forecastSeries(
    series((i) => (100 + 30 * Math.sin(i * 2.3)) * 1e6),
    15,
  );
  it("says when it is used up, and how probably", () => {
    const found = budgetOutlook(outlook({ forecast: noisy }), BUDGET, 2500e6, 0, TODAY);
    expect(found.status).toBe("critical");
    expect(found.breach?.chance).toBeGreaterThan(0.9);
    expect(found.daysLeft).toBeGreaterThan(6);
    expect(found.daysLeft).toBeLessThan(13);
    expect(found.leftMicros).toBe(1000e6);
    expect(sentenceOf("Vision", outlook({ forecast: noisy }), found, "USD")).toMatch(
      /^Vision will pass its budget about \d+–\d+ November, (more than 19 in 20|9 in 10)\.$/,
    );
  });

  it("is used up on the day that the chart marks, where a breach is more likely than not", () => {
    const seen = new Set<string>();
    for (let budget = 1500; budget <= 4500; budget += 25) {
      const found = budgetOutlook(outlook({ forecast: noisy }), BUDGET, budget * 1e6, 0, TODAY);
      const { chance = 0, fromDay, middleDay, throughDay } = found.breach ?? {};
      const marked = middleDay ? daysBetween(TODAY, middleDay) : null;
      expect([budget, found.daysLeft]).toEqual([budget, found.passedOn ? 0 : chance >= 0.5 ? marked : null]);
      if (middleDay) expect(fromDay && fromDay <= middleDay && middleDay <= (throughDay ?? 0)).toBe(true);
      seen.add(found.daysLeft === null ? "lasts" : found.daysLeft === marked ? "marked" : "passed");
    }
    expect(seen).toEqual(new Set(["marked", "lasts"]));
  });

  it("counts what was carried over", () => {
    const found = budgetOutlook(outlook(), BUDGET, 2500e6, 1000e6, TODAY);
    expect([found.totalMicros, found.carriedMicros, found.status, found.daysLeft]).toEqual([
      3500e6,
      1000e6,
      "on_track",
      null,
    ]);
    expect(sentenceOf("Vision", outlook(), found, "USD")).toBe("Vision stays within its budget, more than 19 in 20.");
  });

  it("that is spent is exceeded, with no day left", () => {
    const found = budgetOutlook(outlook(), BUDGET, 1400e6, 0, TODAY);
    expect([found.status, found.daysLeft]).toEqual(["exceeded", 0]);
    expect(sentenceOf("Vision", outlook(), found, "USD")).toMatch(
      /^Vision passed its budget on 15 November: \$1,500.* of \$1,400/,
    );
  });

  it("that there is not is no budget", () => {
    expect(sentenceOf("Vision", outlook(), null, "USD")).toMatch(
      /^Vision has no budget\. It is expected to come to \$3,000.* by 30 November\.$/,
    );
  });
});

describe("words", () => {
  it.each([
    [0.01, "less than 1 in 20"],
    [0.06, "1 in 10"],
    [0.68, "7 in 10"],
    [0.94, "9 in 10"],
    [0.97, "more than 19 in 20"],
  ])("%d is %s", (chance, text) => expect(chanceText(chance)).toBe(text));
  it.each([
    [20261219, 20261224, "19–24 December"],
    [20261219, 20261219, "19 December"],
    [20261129, 20261203, "29 November – 3 December"],
  ])("%i to %i is %s", (from, through, text) => expect(dayRangeText(from, through)).toBe(text));
});

describe("amounts near the largest that one figure holds", () => {
  const BOUND = Number.MAX_SAFE_INTEGER;
  const amount = fc.integer({ min: BOUND - 1000, max: BOUND });
  it("sum to every digit in what is spent and known, however many days there are", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(amount, amount), { minLength: 1, maxLength: 15 }), (drawn) => {
        const days = drawn.map(([flowMicros, fixedMicros], i) => ({
          ...{ day: addDays(20261101, i), flowMicros, fixedMicros: i % 2 ? fixedMicros : -fixedMicros },
          isComplete: true,
        }));
        const sums = days.map((_, i) =>
          days.slice(0, i + 1).reduce((sum, d) => sum + BigInt(d.flowMicros) + BigInt(d.fixedMicros), 0n),
        );
        const found = outlook({ days });
        expect(found.past.map((p) => BigInt(p.exact))).toEqual(sums);
        expect(BigInt(found.exact.spentMicros)).toBe(sums.at(-1));
        const later = outlook({ days: [], forecast: outlook().forecast });
        expect(later.exact.committedMicros).toBe(0);
      }),
      runs(100, 323),
    );
    const ahead = Array.from({ length: 4 }, (_, i) => ({
      ...{ day: addDays(TODAY, i + 1), flowMicros: 0, fixedMicros: BOUND, isComplete: false },
    }));
    expect(outlook({ days: [...daysOf(100e6), ...ahead] }).exact.committedMicros).toBe(4n * BigInt(BOUND));
  });

  it("have the status that exact products give", () => {
    const status = (spentMicros: number, budgetMicros: number) =>
      statusOf({ budgetMicros, spentMicros, daysOver: 1, days: 30, chance: null, thresholds: BUDGET });
    // 80 % of it is no whole micro-unit: just below, and just above.
    const budget = BOUND;
    const exact = (BigInt(budget) * 80n) / 100n;
    expect(status(Number(exact), budget)).toBe("on_track");
    expect(status(Number(exact) + 1, budget)).toBe("warning");
    expect(status(BOUND, BOUND)).toBe("critical");
    expect(status(BOUND, BOUND - 1)).toBe("exceeded");
  });
});
