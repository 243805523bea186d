import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "@/lib/testing-runs.ts";
import { backtest, learnFactors } from "./backtest.ts";
import { BandFactor } from "./calibrate.ts";
import { chooseMethod, DEFAULT, PastFits } from "./choose.ts";
import { forecastSeries, isForecast } from "./forecast.ts";
import { smoothing } from "./methods/smoothing.ts";
import { weekday } from "./methods/weekday.ts";
import { scoresOf, weeklyScale } from "./scores.ts";
import type { Series } from "./types.ts";

const named = (values: Series, name = "a", firstDay = 0) => ({ name, firstDay, values });
const plan = { horizon: 5, every: 3, fromDay: 20 };
const values = fc.array(
  fc.oneof({ weight: 12, arbitrary: fc.integer({ min: 0, max: 1000 }) }, { weight: 1, arbitrary: fc.constant(null) }),
  { minLength: 30, maxLength: 60 },
);

describe("backtest", () => {
  it("has its origins where the whole horizon fits", () => {
    const origins = (length: number) => backtest([named(Array(length).fill(5))], plan).map((p) => p.origin);
    expect(origins(24)).toEqual([]);
    expect(origins(25)).toEqual([20]);
    expect(origins(31)).toEqual([20, 23, 26]);
  });

  it("never looks ahead: days from an origin on change no forecast of that origin", () => {
    fc.assert(
      fc.property(values, values, fc.integer({ min: 20, max: 50 }), (first, second, cut) => {
        const changed = first.map((v, i) => (i < cut ? v : 7777));
        const forecasts = (list: Series[]) =>
          backtest(
            list.map((v) => named(v)),
            plan,
          )
            .filter((p) => p.origin <= cut)
            .map((p) => [p.series, p.origin, p.forecast?.days, p.forecast?.sums, p.forecast?.method.id]);
        expect(forecasts([changed, second])).toEqual(forecasts([first, second]));
      }),
      runs(25),
    );
  });

  it("gives each series the forecast that it would get alone, bands aside", () => {
    fc.assert(
      fc.property(values, values, (first, second) => {
        const paths = (list: Series[]) =>
          backtest(
            list.map((v) => named(v)),
            plan,
          ).map((p) => [p.origin, p.forecast?.days.map((d) => d.expected)]);
        expect(paths([first, second])).toEqual([...paths([first]), ...paths([second])]);
      }),
      runs(15),
    );
  });

  it("learns the same factors, whatever the order of the series", () => {
    fc.assert(
      fc.property(values, values, (first, second) => {
        const learned = (list: Series[]) => {
          const series = list.map((v) => named(v));
          return learnFactors(backtest(series, plan), series);
        };
        const [a, b] = [learned([first, second]), learned([second, first])];
        expect(a.total).toBeCloseTo(b.total, 2);
        expect(a.day).toBeCloseTo(b.day, 2);
      }),
      runs(10),
    );
  });
});

describe("too little data", () => {
  it("under seven known days there is no number", () => {
    expect(forecastSeries([1, 2, 3, null, null, 4, 5, 6], 10)).toEqual({ tooLittle: true, known: 6, needed: 7 });
    expect(isForecast(forecastSeries([1, 2, 3, 4, 5, 6, 7], 10))).toBe(true);
  });
});

describe("chooseMethod", () => {
  it("stays with the default on a short history", () => {
    expect(chooseMethod(new PastFits(Array(30).fill(3)), 30, 14)).toEqual({ method: DEFAULT, errors: [] });
  });

  it("takes weekdays where the past has them", () => {
    const weekly = Array.from({ length: 90 }, (_, i) => (i % 7 > 4 ? 100 : 1000) + ((i * 37) % 50));
    const { method, errors } = chooseMethod(new PastFits(weekly), 90, 14);
    expect(method).toBe(weekday);
    expect(errors.length).toBeGreaterThan(1);
  });
});

describe("BandFactor", () => {
  it("settles where one in five is outside, within its limits", () => {
    const factor = new BandFactor();
    for (let i = 0; i < 5000; i++) factor.learn(i % 5 === 0);
    expect(factor.value).toBeCloseTo(1, 2);
    for (let i = 0; i < 5000; i++) factor.learn(true);
    expect(factor.value).toBe(1.4);
    for (let i = 0; i < 5000; i++) factor.learn(false);
    expect(factor.value).toBe(0.8);
  });
});

describe("scores", () => {
  it("weekly differences need two known days a week apart", () => {
    expect(weeklyScale([1, 1, 1, 1, 1, 1, 1])).toBeNull();
    expect(weeklyScale([0, 0, 0, 0, 0, 0, 0, 10, 20, null])).toBe(15);
    expect(weeklyScale(Array(20).fill(5))).toBeNull();
  });

  it("are those of a worked case", () => {
    // Twenty days of 100, then 110: SES expects 100 and is off by 10 on each of five days.
    const series = [named([...Array(13).fill(100), ...Array(7).fill(100), ...Array(5).fill(110)])];
    const scores = scoresOf(backtest(series, { ...plan, method: smoothing }), series);
    expect(scores.origins).toBe(1);
    expect(scores.wape).toBeCloseTo(50 / 550, 12);
    expect(scores.mase).toBeNull();
    expect(scores.totalCoverage).toBe(0);
  });
});
