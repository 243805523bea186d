import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runs } from "./testing-runs.ts";
import { divideToDecimal, gpuHours, gpuHoursDecimal, percentOf } from "./units.ts";

describe("half to even", () => {
  test.each([
    [5n, 10n, 0, "0"],
    [15n, 10n, 0, "2"],
    [25n, 10n, 0, "2"],
    [35n, 10n, 0, "4"],
    [251n, 100n, 0, "3"],
    [249n, 100n, 0, "2"],
    [-5n, 10n, 0, "0"],
    [-15n, 10n, 0, "-2"],
    [-25n, 10n, 0, "-2"],
    [1n, 8n, 2, "0.12"],
    [3n, 8n, 2, "0.38"],
    [1n, 3n, 6, "0.333333"],
    [2n, 3n, 6, "0.666667"],
    [0n, 7n, 3, "0.000"],
    [10n ** 24n, 3n, 1, "333333333333333333333333.3"],
  ])("%d / %d with %i places is %s", (numerator, denominator, places, expected) => {
    expect(divideToDecimal(numerator, denominator, places)).toBe(expected);
  });

  test("is never off by more than half a unit, and even when it is half", () => {
    const any = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n });
    const positive = fc.bigInt({ min: 1n, max: 10n ** 12n });
    fc.assert(
      fc.property(any, positive, fc.integer({ min: 0, max: 9 }), (numerator, denominator, places) => {
        const result = BigInt(divideToDecimal(numerator, denominator, places).replace(".", ""));
        const error = numerator * 10n ** BigInt(places) - result * denominator;
        const twice = (error < 0n ? -error : error) * 2n;
        expect(twice <= denominator).toBe(true);
        if (twice === denominator) expect(result % 2n).toBe(0n);
      }),
      runs(100),
    );
  });
});

describe("GPU-hours", () => {
  test("one GPU for one hour", () => {
    expect(gpuHoursDecimal(3_600_000)).toBe("1.000000");
    expect(gpuHours(3_600_000)).toBe(1);
  });
  test("half a card for ninety seconds", () => {
    expect(gpuHoursDecimal(500 * 90)).toBe("0.012500");
  });
  test("one milli-GPU-second is not zero hours where there are places for it", () => {
    expect(gpuHoursDecimal(1)).toBe("0.000000");
    expect(gpuHoursDecimal(1, 9)).toBe("0.000000278");
  });
  test("100,000 GPUs for a year, exactly", () => {
    expect(gpuHoursDecimal(100_000n * 1000n * 31_536_000n)).toBe("876000000.000000");
  });
  test("parts printed add up to the whole within half a unit each", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1e12 }), { minLength: 1, maxLength: 20 }), (parts) => {
        const printed = parts.reduce((sum, p) => sum + BigInt(gpuHoursDecimal(p).replace(".", "")), 0n);
        const whole = BigInt(gpuHoursDecimal(parts.reduce((a, b) => a + b, 0)).replace(".", ""));
        const off = printed - whole;
        expect((off < 0n ? -off : off) * 2n <= BigInt(parts.length) + 1n).toBe(true);
      }),
      runs(100),
    );
  });
});

test("a share of nothing is unknown, not zero", () => {
  expect(percentOf(1, 4)).toBe(25);
  expect(percentOf(0, 4)).toBe(0);
  expect(percentOf(0, 0)).toBeNull();
});
