import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatMoney } from "./format.ts";
import {
  absMicros,
  addExactly,
  decimalWords,
  divideHalfEven,
  exactMicros,
  formatDecimal,
  formatMicros,
  formatNanos,
  formatQuantity,
  minorDigits,
  parseDecimal,
  parseMicros,
  parseNanos,
  priceOf,
  roundSumToMinor,
  roundToMinor,
  splitExactly,
  sumExactly,
  sumMicros,
} from "./money.ts";
import { runs } from "./testing-runs.ts";

describe("divideHalfEven", () => {
  it.each([
    [5n, 2n, 2n],
    [7n, 2n, 4n],
    [-5n, 2n, -2n],
    [-7n, 2n, -4n],
    [6n, 4n, 2n],
    [2n, 3n, 1n],
    [-2n, 3n, -1n],
    [0n, 3n, 0n],
  ])("%d / %d = %d", (n, d, expected) => {
    expect(divideHalfEven(n, d)).toBe(expected);
  });
});

describe("splitExactly", () => {
  it("gives what is left to the largest remainders, the earlier first", () => {
    expect(splitExactly(10, [1, 1, 1])).toEqual([4, 3, 3]);
    expect(splitExactly(100, [50, 30, 19, 1])).toEqual([50, 30, 19, 1]);
    expect(splitExactly(-10, [1, 1, 1])).toEqual([-3, -3, -4]);
    expect(splitExactly(7, [0, 2, 0])).toEqual([0, 7, 0]);
    expect(splitExactly(0, [0, 0])).toEqual([0, 0]);
  });

  it("refuses what has no answer", () => {
    expect(() => splitExactly(5, [0, 0])).toThrow("cannot be split");
    expect(() => splitExactly(5, [])).toThrow("cannot be split");
    expect(() => splitExactly(5, [2, -1])).toThrow("cannot be split");
  });

  it("conserves the total, and no part is 1 or more from its exact share", () => {
    const weights = fc.array(fc.bigInt({ min: 0n, max: 10n ** 20n }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(fc.maxSafeInteger(), weights, (total, list) => {
        const sum = list.reduce((a, b) => a + b, 0n);
        fc.pre(sum > 0n);
        const parts = splitExactly(total, list);
        expect(parts.reduce((a, p) => a + BigInt(p), 0n)).toBe(BigInt(total));
        parts.forEach((part, i) => {
          const distance = BigInt(part) * sum - BigInt(total) * (list[i] as bigint);
          expect(distance < sum && distance > -sum).toBe(true);
        });
      }),
      runs(500),
    );
  });
});

describe("decimals", () => {
  it.each([
    ["2.50", 2, 250],
    ["-0.125", 3, -125],
    ["7", 6, 7_000_000],
    ["1.2300", 2, 123],
    ["1.234", 2, null],
    ["1e3", 2, null],
    ["1,000", 2, null],
    ["", 2, null],
    ["NaN", 2, null],
    ["9007199254740993", 0, null],
  ])("%s with %d places is %s", (text, places, expected) => {
    expect(parseDecimal(text, places)).toBe(expected);
  });

  it("print exactly and read back", () => {
    expect(formatMicros(-1)).toBe("-0.000001");
    expect(formatNanos(6_040_000_000)).toBe("6.04");
    expect(formatNanos(8_789)).toBe("0.000008789");
    expect(formatDecimal(5, 0)).toBe("5");
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(parseMicros(formatMicros(value))).toBe(value);
        expect(parseNanos(formatNanos(value))).toBe(value);
      }),
      runs(100),
    );
  });
});

describe("currencies", () => {
  it("round half away from zero to their minor unit", () => {
    expect(roundToMinor(1_005_000, "USD")).toBe(1_010_000);
    expect(roundToMinor(-1_005_000, "USD")).toBe(-1_010_000);
    expect(roundToMinor(1_004_999, "USD")).toBe(1_000_000);
    expect(roundToMinor(1_500_000, "JPY")).toBe(2_000_000);
    expect(roundToMinor(1_000_500, "KWD")).toBe(1_001_000);
  });

  it("have the decimals of ISO 4217", () => {
    expect([minorDigits("USD"), minorDigits("JPY"), minorDigits("KWD")]).toEqual([2, 0, 3]);
    // As ISO 4217 has them, which is not how Intl writes prices.
    expect(["HUF", "IDR", "COP", "PKR", "IQD", "CLP", "TND", "CLF"].map(minorDigits)).toEqual([2, 2, 2, 2, 3, 0, 3, 4]);
    for (const wrong of ["usd", "XYZ", "", "US"]) expect(() => minorDigits(wrong)).toThrow("ISO 4217");
  });
});

describe("prices", () => {
  it("are per unit and hour", () => {
    // NERC's H100, 2025-05-20 to 2025-06-09: 12 days at 6.04, 9 at 4 (nerc-rates, rates.yaml).
    const day = 24 * 3_600_000;
    expect(priceOf(12 * day, "gpu", 6_040_000_000) + priceOf(9 * day, "gpu", 4_000_000_000)).toBe(2_603_520_000);
    expect(priceOf(500, "gpu", 2_000_000_000)).toBe(278);
    expect(priceOf(3_686_400, "memory", 15_000_000)).toBe(15_000);
  });

  it("quantities print in priced units", () => {
    expect(formatQuantity(5_400_000, "gpu")).toBe("1.500000");
    expect(formatQuantity(3_686_400 * 3, "memory", 2)).toBe("3.00");
  });
});

it("sums stay exact or are refused", () => {
  expect(sumExactly([1, 2, 3])).toBe(6);
  expect(() => sumExactly([Number.MAX_SAFE_INTEGER, 2])).toThrow(
    "too large to be kept exactly: one figure holds at most 9007199254740991, as money 9,007,199,254.740991",
  );
  expect(() => formatMicros(2 ** 53)).toThrow("too large");
});

it("sums of safe integers are those of BigInt, whatever they are on the way, or refused", () => {
  const near = fc.oneof(fc.maxSafeInteger(), fc.constantFrom(Number.MAX_SAFE_INTEGER, -Number.MAX_SAFE_INTEGER, 1, -1));
  fc.assert(
    fc.property(fc.array(near, { maxLength: 12 }), (list) => {
      const exact = list.reduce((sum, v) => sum + BigInt(v), 0n);
      if (Number.isSafeInteger(Number(exact))) expect(BigInt(sumExactly(list))).toBe(exact);
      else expect(() => sumExactly(list)).toThrow("too large");
    }),
    runs(1000, 222),
  );
  // A line that lost digits when it was read is refused, also where another brings the sum back.
  expect(() => sumExactly([2 ** 53, -5])).toThrow("too large");
});

it("sums of any size are those of BigInt, as is what is printed of them", () => {
  const amounts = fc.array(fc.maxSafeInteger(), { maxLength: 40 });
  fc.assert(
    fc.property(amounts, amounts, (some, more) => {
      const exact = (list: readonly number[]) => list.reduce((sum, v) => sum + BigInt(v), 0n);
      const sum = sumMicros(some);
      expect(BigInt(sum)).toBe(exact(some));
      expect(typeof sum).toBe(Number.isSafeInteger(Number(exact(some))) ? "number" : "bigint");
      expect(BigInt(sumMicros([sum, ...more]))).toBe(exact([...some, ...more]));
      expect(BigInt(formatMicros(sum).replace(".", ""))).toBe(exact(some));
      const rounded = BigInt(roundSumToMinor(sum, "USD"));
      expect(rounded % 10_000n).toBe(0n);
      const apart = rounded - exact(some);
      expect(apart >= -5000n && apart <= 5000n).toBe(true);
      const shown = formatMoney(sum, "USD").replace(/[^0-9]/g, "");
      if (!formatMoney(sum, "USD").includes("<"))
        expect(BigInt(shown) * 10_000n).toBe(rounded < 0n ? -rounded : rounded);
    }),
    runs(500, 221),
  );
});

describe("addExactly", () => {
  const near = fc.oneof(
    fc.maxSafeInteger(),
    fc.integer({ min: Number.MAX_SAFE_INTEGER - 3, max: Number.MAX_SAFE_INTEGER }),
    fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: -Number.MAX_SAFE_INTEGER + 3 }),
    fc.constantFrom(0, 1, -1),
  );
  it("is the sum, or an error with every digit of it", () => {
    fc.assert(
      fc.property(near, near, (a, b) => {
        const exact = BigInt(a) + BigInt(b);
        const isSafe = exact <= BigInt(Number.MAX_SAFE_INTEGER) && exact >= -BigInt(Number.MAX_SAFE_INTEGER);
        if (isSafe) expect(BigInt(addExactly(a, b))).toBe(exact);
        else expect(() => addExactly(a, b)).toThrow(`${exact} is too large to be kept exactly`);
      }),
      runs(2000, 321),
    );
    for (const lost of [2 ** 53, -(2 ** 53), 0.5, Number.NaN])
      for (const [a, b] of [
        [lost, 0],
        [0, lost],
      ] as const)
        expect(() => addExactly(a, b)).toThrow(/too large/);
  });
});

it("absMicros takes the sign of an amount of any size", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), (value) => {
      expect(BigInt(absMicros(exactMicros(value)))).toBe(value < 0n ? -value : value);
    }),
    runs(300, 322),
  );
});

it("says of a decimal that is too large what the largest is, and of anything else what to write", () => {
  const otherwise = "is not an amount.";
  expect(decimalWords("9007199254.740992", 6, otherwise)).toBe(
    "is too large: one figure holds at most 9007199254.740991.",
  );
  expect(decimalWords("-9999999999999", 9, otherwise)).toBe(
    "is too large: one figure holds at most 9007199.254740991.",
  );
  for (const text of ["", "1,5", "1e30", "99999999999.1234567", "x"])
    expect(decimalWords(text, 6, otherwise)).toBe(otherwise);
});
