import { describe, expect, it } from "vitest";
import { stripOf } from "./strips.ts";

describe("a strip", () => {
  const range = { start: 0, end: 100 };

  it("has the mean and the most of each step, and null where nothing was observed", () => {
    const strip = stripOf(
      "m",
      [
        [0, 10],
        [5, 30],
        [90, 7],
      ],
      range,
      10,
    );
    expect(strip.points[0]).toEqual([0, 20, 30]);
    expect(strip.points[1]).toEqual([10, null, null]);
    expect(strip.points[9]).toEqual([90, 7, 7]);
    expect([strip.min, strip.mean, strip.max]).toEqual([7, 47 / 3, 30]);
  });

  it("of no sample is unknown, not zero", () => {
    expect(stripOf("m", [], range, 4)).toMatchObject({ min: null, mean: null, max: null });
  });
});
