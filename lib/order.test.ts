import { describe, expect, it } from "vitest";
import { compareKeys, own } from "./order.ts";

describe("lists of keys", () => {
  it.each([
    [["a", 2], ["a", 10], -1],
    [["a"], ["B"], 1],
    [["a", "b"], ["a"], 1],
    [["a"], ["a", ""], -1],
    [["é"], ["z"], 1],
    [["a", 1], ["a", 1], 0],
  ] as const)("%j compared with %j is %i", (a, b, expected) => {
    expect(Math.sign(compareKeys(a, b))).toBe(expected);
    expect(Math.sign(compareKeys(b, a))).toBe(0 - expected);
  });
});

it("finds own keys alone", () => {
  const words = { a: "A" };
  expect(own(words, "a")).toBe("A");
  for (const key of ["b", "constructor", "toString", "__proto__", "hasOwnProperty"])
    expect(own(words, key)).toBeUndefined();
});
