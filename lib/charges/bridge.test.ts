import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { changeMicros, priceOf, sumMicros } from "@/lib/money.ts";
import { runs } from "@/lib/testing-runs.ts";
import { BRIDGE_PARTS, type BridgeCell, type BridgeSide, bridge } from "./bridge.ts";

const HOUR = 3_600_000;
/** Hours at a price in whole currency units. */
function cell(key: string, price: number, working: number, idle = 0, unheld = 0, sku = "gpu"): BridgeCell {
  const hours = working + idle + unheld;
  const money = (h: number) => Math.round(h * price * 1e6);
  return {
    key,
    sku,
    quantity: hours * HOUR,
    amountMicros: money(working) + money(idle) + money(unheld),
    unitPriceNanos: price * 1e9,
    idle: idle * HOUR,
    idleMicros: money(idle),
    unheld: unheld * HOUR,
    unheldMicros: money(unheld),
  };
}
const DAY = 86_400;
const side = (days: number, cells: readonly BridgeCell[], more: Partial<BridgeSide> = {}): BridgeSide => ({
  seconds: days * DAY,
  cells,
  shareMicros: 0,
  costMicros: 0,
  correctionMicros: 0,
  ...more,
});
/** In whole units; only the parts that are not 0. */
const partsOf = (before: BridgeSide, now: BridgeSide) =>
  Object.fromEntries(
    Object.entries(bridge(before, now)?.parts ?? {}).flatMap(([k, v]) => (v === 0 ? [] : [[k, Number(v) / 1e6]])),
  );

it("is exact beyond what a number holds: memory of a large fleet over a quarter", () => {
  const quantity = 8_999_999_999_999_999;
  const cells = (n: number) =>
    Array.from({ length: n }, (_, i) => ({
      ...cell(`m${i}`, 0, 0, 0, 0, "memory"),
      quantity,
      amountMicros: 1_000_000,
    }));
  expect(partsOf(side(30, cells(3)), side(30, cells(4)))).toEqual({ volume: 1 });
});

describe("the bridge, as an accountant reads it", () => {
  it.each([
    ["nothing but a longer month", side(30, [cell("a", 2, 300)]), side(31, [cell("a", 2, 310)]), { calendar: 20 }],
    ["more work a day", side(30, [cell("a", 2, 300)]), side(30, [cell("a", 2, 360)]), { volume: 120 }],
    [
      "more days, and less work on each",
      side(28, [cell("a", 2, 280)]),
      side(31, [cell("a", 2, 280)]),
      { calendar: 60, volume: -60 },
    ],
    ["a new price", side(30, [cell("a", 2, 300)]), side(30, [cell("a", 3, 300)]), { price: 300 }],
    [
      "the same hours on dearer cards",
      side(30, [cell("a", 1, 100), cell("b", 3, 100)]),
      side(30, [cell("a", 1, 50), cell("b", 3, 150)]),
      { mix: 100 },
    ],
    ["cards that were not there before", side(30, [cell("a", 1, 100)]), side(30, [cell("b", 3, 100)]), { mix: 200 }],
    ["more idle time", side(30, [cell("a", 2, 100, 10)]), side(30, [cell("a", 2, 100, 60)]), { idle: 100 }],
    [
      "work in capacity that was free",
      side(30, [cell("a", 2, 100, 0, 50)]),
      side(30, [cell("a", 2, 150, 0, 0)]),
      { volume: 100, unheld: -100 },
    ],
    [
      "another policy, and a bill",
      side(30, [cell("a", 2, 100)], { shareMicros: 10e6, costMicros: 5e6 }),
      side(30, [cell("a", 2, 100)], { shareMicros: 40e6, costMicros: 6e6 }),
      { policy: 30, imported: 1 },
    ],
    [
      "what was booked of closed periods",
      side(30, [cell("a", 2, 100)], { correctionMicros: -2e6 }),
      side(30, [cell("a", 2, 100)], { correctionMicros: 5e6 }),
      { corrections: 7 },
    ],
    [
      "a SKU that is charged now",
      side(30, [cell("a", 2, 1)]),
      side(30, [cell("a", 2, 1), cell("c", 1, 7, 0, 0, "cpu")]),
      { volume: 7 },
    ],
  ])("explains %s", (_, before, now, parts) => {
    expect(partsOf(before, now)).toEqual(parts);
  });

  it("compares with nothing where nothing was charged", () => {
    expect(bridge(side(0, []), side(30, [cell("a", 1, 1)]))).toBeNull();
  });

  const cells = fc.uniqueArray(
    fc
      .record({
        key: fc.constantFrom("a", "b", "c", "d"),
        working: fc.nat(1e11),
        idle: fc.nat(1e10),
        unheld: fc.nat(1e10),
        price: fc.oneof(fc.integer({ min: 0, max: 20_000_000_000 }), fc.constantFrom(2_990_000_001, 1_234_567_891)),
        off: fc.integer({ min: -1, max: 1 }),
      })
      .map(({ key, working, idle, unheld, price, off }): BridgeCell => {
        // As charges are: each within a micro-unit of its product.
        const money = (quantity: number) => (quantity === 0 ? 0 : Math.max(0, priceOf(quantity, "gpu", price) + off));
        return {
          key,
          sku: key === "d" ? "cpu" : "gpu",
          quantity: working + idle + unheld,
          amountMicros: money(working) + money(idle) + money(unheld),
          unitPriceNanos: price,
          idle,
          idleMicros: money(idle),
          unheld,
          unheldMicros: money(unheld),
        };
      }),
    { maxLength: 4, selector: (c) => c.key },
  );
  const sides = fc.record({
    seconds: fc.integer({ min: DAY, max: 400 * DAY }),
    cells,
    shareMicros: fc.integer({ min: -1e12, max: 1e12 }),
    costMicros: fc.integer({ min: -1e9, max: 1e12 }),
    correctionMicros: fc.integer({ min: -1e9, max: 1e9 }),
  });

  it("has parts that sum to the change, to the micro-unit", () => {
    fc.assert(
      fc.property(sides, sides, (before, now) => {
        const change = bridge(before, now);
        if (!change) return;
        const total = (s: BridgeSide) =>
          sumMicros([...s.cells.map((c) => c.amountMicros), s.shareMicros, s.costMicros, s.correctionMicros]);
        expect(change.beforeMicros).toBe(total(before));
        expect(change.nowMicros).toBe(total(now));
        expect(sumMicros(BRIDGE_PARTS.map((p) => change.parts[p]))).toBe(
          changeMicros(change.nowMicros, change.beforeMicros),
        );
      }),
      runs(500, 30),
    );
  });

  it("has no part for prices where no price changed, however the amounts were rounded", () => {
    fc.assert(
      fc.property(sides, sides, (before, now) => {
        const prices = new Map(before.cells.map((c) => [c.key, c.unitPriceNanos]));
        const change = bridge(before, {
          ...now,
          cells: now.cells.filter((c) => prices.get(c.key) === c.unitPriceNanos),
        });
        expect(change?.parts.price ?? 0).toBe(0);
      }),
      runs(500, 32),
    );
  });

  it("is nothing but calendar, volume and price where two periods hold one thing alike", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e9 }),
        fc.integer({ min: 1, max: 1e9 }),
        fc.integer({ min: 1, max: 60 }),
        (q, r, days) => {
          const one = (quantity: number): BridgeCell => ({ ...cell("a", 0, 0), quantity, amountMicros: quantity * 3 });
          const change = bridge(side(30, [one(q)]), side(days, [one(r)]));
          expect(change?.parts).toMatchObject({ mix: 0, idle: 0, unheld: 0, price: 0, policy: 0, imported: 0 });
        },
      ),
      runs(200, 31),
    );
  });
});

/** Amounts near the largest that one figure holds: their sums and levels are beyond it. */
const large = fc.integer({ min: Number.MAX_SAFE_INTEGER - 1e6, max: Number.MAX_SAFE_INTEGER });
const largeSides = fc.record({
  seconds: fc.integer({ min: DAY, max: 400 * DAY }),
  cells: fc.uniqueArray(
    fc.record({
      key: fc.constantFrom("a", "b", "c", "d"),
      sku: fc.constant("gpu"),
      quantity: fc.integer({ min: 1, max: 1e11 }),
      amountMicros: fc.oneof(
        large,
        large.map((v) => 3n * BigInt(v)),
      ),
      unitPriceNanos: fc.constant(null),
      idle: fc.constant(0),
      idleMicros: fc.constant(0),
      unheld: fc.constant(0),
      unheldMicros: fc.constant(0),
    }),
    { minLength: 1, maxLength: 4, selector: (c) => c.key },
  ),
  shareMicros: large.map((v) => -v),
  costMicros: large,
  correctionMicros: large.map((v) => -5n * BigInt(v)),
});

it("has every digit of sums beyond nine billion, and its parts sum to them", () => {
  const exact = (s: BridgeSide) =>
    [...s.cells.map((c) => c.amountMicros), s.shareMicros, s.costMicros, s.correctionMicros].reduce<bigint>(
      (sum, v) => sum + BigInt(v),
      0n,
    );
  fc.assert(
    fc.property(largeSides, largeSides, (before, now) => {
      const change = bridge(before, now);
      expect(BigInt(change?.beforeMicros ?? 0)).toBe(exact(before));
      expect(BigInt(change?.nowMicros ?? 0)).toBe(exact(now));
      const parts = Object.values(change?.parts ?? {}).reduce<bigint>((sum, v) => sum + BigInt(v), 0n);
      expect(parts).toBe(exact(now) - exact(before));
    }),
    runs(500, 320),
  );
});
