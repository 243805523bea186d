import { describe, expect, it } from "vitest";
import { stripOf } from "./strips.ts";

describe("a strip", () => {
  const range = { start: 0, end: 100 };

  it("has the mean over time and the most of each step, and null where nothing is known", () => {
    const strip = stripOf(
      "m",
      [
        [0, 10, 25],
        [5, 30, 25],
        [90, 7, 25],
      ],
      range,
      10,
    );
    expect(strip.points[0]).toEqual([0, 20, 30]);
    expect(strip.points[2]).toEqual([20, 30, 30]);
    expect(strip.points[3]).toEqual([30, null, null]);
    expect(strip.points[9]).toEqual([90, 7, 7]);
    expect([strip.min, strip.mean, strip.max]).toEqual([7, (10 * 5 + 30 * 25 + 7 * 10) / 40, 30]);
  });

  it("holds a sparse series between its samples, and no longer than it says", () => {
    const values = (hold: number) =>
      stripOf(
        "m",
        [
          [0, 50, hold],
          [60, 50, hold],
        ],
        range,
        10,
      ).points.map((p) => p[1]);
    expect(values(60)).toEqual(Array(10).fill(50));
    expect(values(20)).toEqual([50, 50, null, null, null, null, 50, 50, null, null]);
  });

  it("of no sample is unknown, not zero", () => {
    expect(stripOf("m", [], range, 4)).toMatchObject({ min: null, mean: null, max: null });
  });
});
