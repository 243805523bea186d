import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "@/lib/testing-runs.ts";
import { bandOf, chanceAbove, deviations, floorOf, winkler } from "./band.ts";
import { flat } from "./methods/smoothing.ts";
import { METHODS } from "./methods.ts";

describe("deviations", () => {
  it("are those of exponential smoothing in closed form: s·√Σ(1 + (h − j)·α)²", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.integer({ min: 1, max: 40 }),
        (alpha, sd, h) => {
          const { days, sums } = deviations(flat(0, alpha, sd), h);
          let squares = 0;
          for (let j = 1; j <= h; j++) squares += (1 + (h - j) * alpha) ** 2;
          expect(sums[h - 1]).toBeCloseTo(sd * Math.sqrt(squares), 3);
          expect(days[h - 1]).toBeCloseTo(sd * Math.sqrt(1 + (h - 1) * alpha * alpha), 3);
        },
      ),
      runs(100),
    );
  });

  it("of a sum grow by the day, are above those of independent days and at most the days' together", () => {
    const history = Array.from({ length: 50 }, (_, i) => 100 + 10 * Math.sin(i) + (i > 25 ? 60 : 0));
    for (const method of METHODS) {
      const fit = method.fit(history);
      if (!fit) throw new Error(method.id);
      const { days, sums } = deviations(fit, 30);
      for (let i = 1; i < 30; i++) {
        expect(sums[i], method.id).toBeGreaterThan(sums[i - 1] ?? 0);
        expect(sums[i], method.id).toBeGreaterThanOrEqual(Math.hypot(...days.slice(0, i + 1)) * 0.999);
        expect(sums[i], method.id).toBeLessThanOrEqual(days.slice(0, i + 1).reduce((a, b) => a + b, 0) * 1.000001);
      }
    }
  });
});

describe("a band", () => {
  it("is not below zero where the series never was", () => {
    expect(bandOf(10, 100, 1)).toMatchObject({ expected: 10, lower80: 0 });
    expect(floorOf([3, null, 9])).toBe(0);
    expect(floorOf([3, -4, 9])).toBe(-4);
  });

  it("widens with the learned factor", () => {
    const { lower80, upper80 } = bandOf(1000, 100, 1.2);
    expect(upper80 - 1000).toBeCloseTo(153.786, 3);
    expect(1000 - lower80).toBeCloseTo(153.786, 3);
  });

  it("scores its width inside, and ten times what is beyond", () => {
    const band = { lower80: 90, upper80: 110 };
    expect(winkler(band, 100)).toBe(20);
    expect(winkler(band, 113)).toBeCloseTo(50, 9);
    expect(winkler(band, 89)).toBeCloseTo(30, 9);
  });
});

describe("chanceAbove", () => {
  it.each([
    [100, 100, 10, 0.5],
    [110, 100, 10, 0.15865525],
    [90, 100, 10, 0.84134475],
    [112.815515655446, 100, 10, 0.1],
    [130, 100, 10, 0.001349898],
  ])("of %d, expected %d ± %d, is %d", (limit, expected, deviation, chance) => {
    expect(chanceAbove(limit, expected, deviation)).toBeCloseTo(chance, 6);
  });

  it("is certain without a deviation", () => {
    expect([chanceAbove(99, 100, 0), chanceAbove(100, 100, 0), chanceAbove(101, 100, 0)]).toEqual([1, 0, 0]);
  });
});
