import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "@/lib/testing-runs.ts";
import { bridgeBar, bridgeScale, bridgeSpans } from "./bridge-scale.ts";

const sums = fc.tuple(
  fc.integer({ min: 0, max: 1e9 }),
  fc.array(fc.integer({ min: -1e8, max: 1e8 }), { maxLength: 8 }),
);

describe("the axis of a bridge", () => {
  it("begins at zero where the parts can be seen beside their totals", () => {
    expect(bridgeScale(bridgeSpans(100, [60, -20], 140))).toEqual({ low: 0, high: 160, isCut: false });
  });

  it("is cut below the lowest level where they would be slivers", () => {
    expect(bridgeScale(bridgeSpans(1000, [40, -20], 1020))).toEqual({ low: 990, high: 1040, isCut: true });
  });

  it("reaches below zero for credits, and is not cut without a change", () => {
    expect(bridgeScale(bridgeSpans(10, [-30], -20))).toEqual({ low: -20, high: 10, isCut: false });
    expect(bridgeScale(bridgeSpans(10, [], 10))).toEqual({ low: 0, high: 10, isCut: false });
    expect(bridgeScale(bridgeSpans(0, [], 0))).toEqual({ low: 0, high: 0, isCut: false });
  });

  it("holds every bar, each as long as its change and beginning where the one before ended", () => {
    fc.assert(
      fc.property(sums, ([before, changes]) => {
        const now = changes.reduce((a, b) => a + b, before);
        const spans = bridgeSpans(before, changes, now);
        const scale = bridgeScale(spans);
        const room = scale.high - scale.low || 1;
        for (const span of spans) {
          const { from, percent } = bridgeBar(span, scale);
          expect(from).toBeGreaterThanOrEqual(-1e-9);
          expect(percent).toBeGreaterThanOrEqual(0);
          expect(from + percent).toBeLessThanOrEqual(100 + 1e-6);
          if (!span.sum) expect((percent / 100) * room).toBeCloseTo(Math.abs(span.until - span.from), 3);
        }
        expect(spans.at(-2)?.until).toBe(now);
      }),
      runs(200, 5),
    );
  });
});
