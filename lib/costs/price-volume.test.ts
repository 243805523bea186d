import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sumMicros } from "@/lib/money.ts";
import { priceAndVolume } from "./price-volume.ts";

describe("a difference as price and volume", () => {
  it.each([
    ["the same time at another price", [300, 10], [200, 10], { volumeMicros: 0, priceMicros: 100 }],
    ["more time at the same price", [300, 15], [200, 10], { volumeMicros: 100, priceMicros: 0 }],
    ["both", [300, 20], [100, 10], { volumeMicros: 100, priceMicros: 100 }],
    ["nothing in the first", [0, 0], [100, 10], { volumeMicros: -100, priceMicros: 0 }],
  ] as const)("%s", (_, [a, x], [b, y], expected) => {
    expect(priceAndVolume({ micros: a, milliHours: x }, { micros: b, milliHours: y })).toEqual(expected);
  });

  it("is unknown where a time is, and where the second has no price", () => {
    expect(priceAndVolume({ micros: 1, milliHours: null }, { micros: 1, milliHours: 1 })).toBeNull();
    expect(priceAndVolume({ micros: 1, milliHours: 1 }, { micros: 1, milliHours: null })).toBeNull();
    expect(priceAndVolume({ micros: 1, milliHours: 1 }, { micros: 0, milliHours: 0 })).toBeNull();
  });

  it("adds up to the difference, whatever the amounts", () => {
    const amount = fc.integer({ min: -1_000_000_000, max: 1_000_000_000 });
    const hours = fc.integer({ min: 1, max: 10_000_000 });
    fc.assert(
      fc.property(amount, hours, amount, hours, (a, x, b, y) => {
        const parts = priceAndVolume({ micros: a, milliHours: x }, { micros: b, milliHours: y });
        expect(parts).not.toBeNull();
        expect(sumMicros([parts?.priceMicros ?? 0, parts?.volumeMicros ?? 0])).toBe(a - b);
      }),
    );
  });
});
