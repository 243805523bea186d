import { expect, test } from "vitest";
import { MOST_ATTEMPTS, waitSeconds } from "./backoff.ts";

test("waits grow, are at most a fifth longer by chance, and end", () => {
  const waits = Array.from({ length: MOST_ATTEMPTS }, (_, i) => waitSeconds(i + 1, undefined, 0));
  expect(waits.slice(0, 3)).toEqual([5, 30, 120]);
  expect(waits.at(-1)).toBe(null);
  const known = waits.slice(0, -1) as number[];
  expect([...known].sort((a, b) => a - b)).toEqual(known);
  expect(known.reduce((a, b) => a + b)).toBeGreaterThan(2 * 86_400);
  expect(waitSeconds(1, undefined, 0.999)).toBe(6);
});

test("what a receiver asks for is the least, and never more than a day", () => {
  expect(waitSeconds(1, 3, 0)).toBe(5);
  expect(waitSeconds(1, 90, 0)).toBe(90);
  expect(waitSeconds(1, 9e9, 0)).toBe(86_400);
});
