import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { burstOver, onIntervals, rateAt } from "./amount.ts";
import type { BurstRate, BurstSwitch } from "./types.ts";

const H = 3600;
const on = (at: number): BurstSwitch => ({ at, isOn: true });
const off = (at: number): BurstSwitch => ({ at, isOn: false });

describe("burst capacity", () => {
  it.each([
    ["never", [], []],
    ["on until now", [on(10)], [[10, 100]]],
    ["on and off", [on(10), off(40)], [[10, 40]]],
    [
      "said twice",
      [on(10), on(20), off(40), off(50), on(60)],
      [
        [10, 40],
        [60, 100],
      ],
    ],
    ["in any order", [off(40), on(10)], [[10, 40]]],
    ["off first", [off(5), on(10)], [[10, 100]]],
    ["to come", [on(200)], []],
  ] as const)("was on: %s", (_, switches, expected) => {
    expect(onIntervals(switches, 100).map((i) => [i.start, i.end])).toEqual(expected);
  });

  it("costs its rate for the time that it was on, to the second", () => {
    const rates = [{ fromAt: 0, rateMicros: 500_000 }];
    const was = onIntervals([on(0), off(90 * 60)], 10 * H);
    expect(burstOver(was, rates, { start: 0, end: 10 * H })).toEqual({ micros: 750_000, seconds: 5400 });
    expect(burstOver(was, rates, { start: H, end: 2 * H })).toEqual({ micros: 250_000, seconds: 1800 });
    expect(burstOver(was, rates, { start: 5 * H, end: 6 * H })).toEqual({ micros: 0, seconds: 0 });
  });

  it("costs the rates in force then, and is unknown without a rate", () => {
    const rates = [
      { fromAt: 2 * H, rateMicros: 1_000_000 },
      { fromAt: H, rateMicros: 500_000 },
    ];
    const was = onIntervals([on(H)], 3 * H);
    expect(burstOver(was, rates, { start: 0, end: 3 * H }).micros).toBe(1_500_000);
    expect(burstOver(onIntervals([on(0)], 3 * H), rates, { start: 0, end: 3 * H })).toEqual({
      micros: null,
      seconds: 3 * H,
    });
    expect(burstOver(onIntervals([on(0)], 3 * H), rates, { start: H, end: 3 * H }).micros).toBe(1_500_000);
    expect(burstOver([], [], { start: 0, end: H })).toEqual({ micros: 0, seconds: 0 });
    expect([0, H, 5 * H].map((at) => rateAt(rates, at))).toEqual([null, 500_000, 1_000_000]);
  });

  it("property: any pattern of checks gives the same amount", () => {
    const instants = fc.array(fc.nat(100_000), { maxLength: 30 });
    const switches = fc.array(fc.record({ at: fc.nat(100_000), isOn: fc.boolean() }), { maxLength: 12 });
    const rates = fc
      .uniqueArray(fc.record({ fromAt: fc.nat(100_000), rateMicros: fc.nat(9_999_999) }), {
        maxLength: 5,
        selector: (r) => r.fromAt,
      })
      .map((list): BurstRate[] => [{ fromAt: 0, rateMicros: 333_333 }, ...list.filter((r) => r.fromAt > 0)]);
    fc.assert(
      fc.property(switches, rates, instants, instants, (given, prices, some, others) => {
        const end = 120_000;
        const was = onIntervals(given, end);
        const whole = burstOver(was, prices, { start: 0, end });
        for (const checks of [some, others]) {
          const edges = [0, ...[...checks].sort((a, b) => a - b), end];
          const parts = edges.slice(1).map((to, i) => burstOver(was, prices, { start: edges[i] ?? 0, end: to }));
          expect(parts.reduce((sum, p) => sum + (p.micros ?? Number.NaN), 0)).toBe(whole.micros);
          expect(parts.reduce((sum, p) => sum + p.seconds, 0)).toBe(whole.seconds);
          // What is known at a check does not change by what is said later.
          for (const at of checks) {
            const then = onIntervals(
              given.filter((s) => s.at < at),
              at,
            );
            expect(burstOver(then, prices, { start: 0, end: at })).toEqual(
              burstOver(was, prices, { start: 0, end: at }),
            );
          }
        }
      }),
      { seed: 11 },
    );
  });
});
