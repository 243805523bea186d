import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "@/lib/testing-runs.ts";
import { dampedHolt } from "./methods/damped-holt.ts";
import { halfLife } from "./methods/half-life.ts";
import { level } from "./methods/level.ts";
import { seasonalNaive } from "./methods/seasonal-naive.ts";
import { smoothing } from "./methods/smoothing.ts";
import { slopeOf, theta } from "./methods/theta.ts";
import { weekday, weekdayDeviations } from "./methods/weekday.ts";
import { METHODS } from "./methods.ts";
import type { Series } from "./types.ts";

/** Daily amounts with gaps. */
const histories: fc.Arbitrary<Series> = fc.array(
  fc.oneof({ weight: 9, arbitrary: fc.integer({ min: 0, max: 1e6 }) }, { weight: 1, arbitrary: fc.constant(null) }),
  { minLength: 1, maxLength: 80 },
);
const FLAT = [smoothing, halfLife, level];
const known = (history: Series) => history.filter((v) => v !== null);

describe("every method", () => {
  it("forecasts a constant as that constant, without doubt", () => {
    for (const method of METHODS) {
      const fit = method.fit(Array(40).fill(250));
      for (const value of fit?.path(20) ?? [0]) expect(value, method.id).toBeCloseTo(250, 8);
      expect(fit?.sd, method.id).toBeCloseTo(0, 8);
    }
  });

  it("scales with the unit: in half of it, everything is twice as much", () => {
    fc.assert(
      fc.property(histories, (history) => {
        for (const method of METHODS) {
          const once = method.fit(history);
          const twice = method.fit(history.map((v) => (v === null ? null : v * 2)));
          expect(twice?.path(9)).toEqual(once?.path(9).map((v) => v * 2));
          expect(twice?.sd).toEqual(once ? once.sd * 2 : undefined);
        }
      }),
      runs(60),
    );
  });

  it("has a full surprise on the day itself, and a spread that is a number", () => {
    fc.assert(
      fc.property(histories, (history) => {
        for (const method of METHODS) {
          const fit = method.fit(history);
          if (!fit) continue;
          expect(fit.psi(0)).toBe(1);
          expect(Number.isFinite(fit.sd) && fit.sd >= 0).toBe(true);
          expect(fit.path(30)).toHaveLength(30);
          expect(fit.path(30).every(Number.isFinite)).toBe(true);
          expect(fit.path(30).slice(0, 5)).toEqual(fit.path(5));
        }
      }),
      runs(60),
    );
  });
});

describe("a level", () => {
  it("lies between the least and the most known day: an unknown day is not zero", () => {
    fc.assert(
      fc.property(histories, (history) => {
        for (const method of FLAT) {
          const [value] = method.fit(history)?.path(1) ?? [];
          if (value === undefined) continue;
          expect(value).toBeGreaterThanOrEqual(Math.min(...known(history)) - 1e-6);
          expect(value).toBeLessThanOrEqual(Math.max(...known(history)) + 1e-6);
        }
      }),
      runs(100),
    );
  });

  it("is not moved by unknown days after the last known one", () => {
    fc.assert(
      fc.property(histories, fc.integer({ min: 1, max: 9 }), (history, days) => {
        for (const method of FLAT) {
          const [now] = method.fit(history)?.path(1) ?? [0];
          const [later] = method.fit([...history, ...Array(days).fill(null)])?.path(1) ?? [0];
          expect(later).toBeCloseTo(now ?? 0, 4);
        }
      }),
      runs(60),
    );
  });

  it("follows a shift within days", () => {
    const shifted = [...Array(30).fill(100), ...Array(6).fill(400)];
    expect(level.fit(shifted)?.path(1)[0]).toBeGreaterThan(380);
  });

  it("counts a day half as much every two days", () => {
    // Weights 1, 2^-½, ½ of the days 30, 20, 10.
    const expected = (30 + 20 * 0.5 ** 0.5 + 10 * 0.5) / (1 + 0.5 ** 0.5 + 0.5);
    expect(halfLife.fit([10, 20, 30])?.path(1)[0]).toBeCloseTo(expected, 12);
  });

  it("takes the factor of the grid with the least one-step squares", () => {
    // A walk: yesterday is the best forecast of tomorrow.
    const walk = Array.from({ length: 60 }, (_, i) => 1000 + 300 * Math.sin(i / 8));
    expect(smoothing.fit(walk)?.psi(1)).toBe(1);
    // A level that moves back at once: the mean is.
    const jitter = Array.from({ length: 60 }, (_, i) => (i % 2 ? 90 : 110));
    expect(smoothing.fit(jitter)?.psi(1)).toBeLessThan(0.15);
  });
});

describe("weeks", () => {
  const week = [100, 110, 120, 130, 140, 20, 10];
  const weeks = (n: number) => Array.from({ length: n }, () => week).flat();

  it("last week's days come again", () => {
    expect(seasonalNaive.fit([...weeks(3), 100, 110])?.path(7)).toEqual([120, 130, 140, 20, 10, 100, 110]);
  });

  it("an unknown day is taken from the week before", () => {
    const history = [...weeks(2), ...week.map((v, i) => (i === 2 ? null : v + 1))];
    expect(seasonalNaive.fit(history)?.path(3)).toEqual([101, 111, 120]);
  });

  it("deviations sum to zero, and need three weeks", () => {
    expect(weekdayDeviations(weeks(2))).toBeNull();
    const deviations = weekdayDeviations(weeks(8)) ?? [];
    expect(deviations.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 9);
    expect(deviations[6]).toBeLessThan(0);
  });

  it("a level with weekdays knows weekends better than one without", () => {
    const [flat] = level.fit(weeks(10))?.path(7).slice(6) ?? [0];
    const [sunday] = weekday.fit(weeks(10))?.path(7).slice(6) ?? [0];
    expect(Math.abs((sunday ?? 0) - 10)).toBeLessThan(Math.abs((flat ?? 0) - 10) / 2);
  });
});

describe("trends", () => {
  const line = Array.from({ length: 60 }, (_, i) => 100 + 5 * i);

  it("finds the slope of a line with gaps", () => {
    expect(slopeOf(line.map((v, i) => (i % 4 === 1 ? null : v)))).toBeCloseTo(5, 9);
  });

  it("Theta goes on with half the slope from where the line is", () => {
    const path = theta.fit(line)?.path(10) ?? [];
    expect((path[9] ?? 0) - (path[0] ?? 0)).toBeCloseTo(9 * 2.5, 6);
    expect(path[0]).toBeGreaterThan(line.at(-1) ?? 0);
  });

  it("a damped trend goes up by less each day", () => {
    const path = dampedHolt.fit(line)?.path(30) ?? [];
    const steps = path.slice(1).map((v, i) => v - (path[i] ?? 0));
    expect(steps[0]).toBeGreaterThan(3);
    expect(steps.at(-1)).toBeLessThan(steps[0] ?? 0);
    expect(steps.every((s) => s > 0)).toBe(true);
  });
});
