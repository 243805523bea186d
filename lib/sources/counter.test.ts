import fc from "fast-check";
import { expect, it } from "vitest";
import { increaseOf } from "./counter.ts";

const DAY = 86_400;
const window = { start: DAY, end: 2 * DAY };
const long = { start: 0, end: 9 * DAY };
const points = (from: number, values: readonly number[]) => ({
  at: values.map((_, i) => from + 300 * i),
  value: values,
});
const whole = (first: number, each: number, from = DAY, until = 2 * DAY) =>
  points(
    from,
    Array.from({ length: (until - from) / 300 + 1 }, (_, i) => first + each * i),
  );

it.each([
  ["what it grew by", whole(1000, 2), long, 576],
  [
    "also over a restart",
    { ...whole(1000, 2), value: whole(1000, 2).value.map((v, i) => (i < 100 ? v : v - 1198)) },
    long,
    576,
  ],
  ["from zero where it began in the window", whole(5, 1, DAY + 3600), { start: DAY + 3500, end: 9 * DAY }, 281],
  ["up to its end where it ended in it", whole(10, 1, DAY, DAY + 3600), { start: 0, end: DAY + 3700 }, 12],
  ["0 where it did not live in it", points(0, []), { start: 0, end: DAY }, 0],
  ["unknown without a value", points(0, []), long, null],
  ["unknown where its start in the window is not seen", whole(5, 1, DAY + 900), long, null],
  ["unknown where its end is not seen", whole(5, 1, DAY, 2 * DAY - 900), long, null],
] as const)("is %s", (_, counter, life, expected) => expect(increaseOf(counter, window, life)).toBe(expected));

it("is the sum of its parts, however a window is cut at its values, and never below zero", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { minLength: 3, maxLength: 40 }), fc.nat(), (steps, seed) => {
      let value = 0;
      const values = steps.map((step) => {
        value = step === 7 ? step : value + step;
        return value;
      });
      const counter = points(DAY, values);
      const end = DAY + 300 * (values.length - 1);
      const cut = DAY + 300 * (1 + (seed % (values.length - 2 || 1)));
      const all = increaseOf(counter, { start: DAY, end }, long) as number;
      const parts = [
        { start: DAY, end: cut },
        { start: cut, end },
      ].map((part) => increaseOf(counter, part, long) as number);
      expect(all).toBe(parts.reduce((sum, v) => sum + v, 0));
      expect(all).toBeGreaterThanOrEqual(0);
    }),
  );
});
