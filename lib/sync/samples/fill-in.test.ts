import { expect, it } from "vitest";
import { fillIn } from "./fill-in.ts";

const fine = (...at: number[]) => ({ at, value: at.map(() => 1) });
const coarse = (...at: number[]) => ({ at, value: at.map(() => 2) });
/** What a value at each instant holds until, in steps of 15 s: `[at, value]`. */
const rows = (finer: number[], coarser: number[]) => {
  const { at, value } = fillIn(fine(...finer), 15, coarse(...coarser), 60, 21_600);
  return at.map((t, i) => [t, value[i]]);
};

it("leaves a silence as it is, because the coarser value is of a sample before it", () => {
  expect(rows([0, 15, 30, 90, 105], [60, 120]).map(([t]) => t)).toEqual([0, 15, 30, 90, 105]);
});

it("fills time of which nothing is known, at the finer step, until the next sample", () => {
  expect(rows([0, 300], [60, 120, 180])).toEqual([
    [0, 1],
    ...[60, 75, 90, 105].map((t) => [t, 2]),
    ...[120, 135, 150, 165].map((t) => [t, 2]),
    ...[180, 195, 210, 225, 240, 255, 270, 285].map((t) => [t, 2]),
    [300, 1],
  ]);
});

it("holds the last value for as long as it would have held: 2.5 coarser steps", () => {
  const { at } = fillIn(fine(0), 15, coarse(120), 60, 21_600);
  // The last point holds 37.5 s.
  expect((at.at(-1) as number) + 37.5).toBeLessThanOrEqual(120 + 150);
  expect((at.at(-1) as number) + 37.5).toBeGreaterThan(120 + 150 - 15);
});

it("repeats no value at or past the end of its span", () => {
  const { at } = fillIn(fine(0), 15, coarse(240), 60, 300);
  expect(at).toEqual([0, 240, 255, 270, 285]);
});
