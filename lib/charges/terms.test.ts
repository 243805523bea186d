import { describe, expect, it } from "vitest";
import { DayPrices } from "@/lib/pricing/price-book.ts";
import { termsOf } from "./terms.ts";
import { dayInput, priceOfModel, usageRow } from "./testing-day.ts";

const prices = [priceOfModel("H100", 2), priceOfModel("H100", 4, { priceClass: "over-quota" })];

/** A workload that held 3 milli-GPU-seconds at work and 1 on a node that was down, on a day of one second with a quota. */
function split(quotaMilli: number) {
  const usage = [usageRow(1, 1, { downMilli: 1, activeMilli: 3 }, { observedMilli: 3 })];
  const [vision] = dayInput().projects;
  const projects = vision ? [{ ...vision, quotaMilli: { default: quotaMilli } }] : [];
  const input = dayInput({ usage, prices, projects, seconds: 1 });
  return termsOf(input, new DayPrices(input.rules.book, input.day)).map((t) => [
    t.priceClass,
    t.classes.downMilli,
    t.classes.activeMilli,
    t.observedMilli,
  ]);
}

describe("what a project holds above its quota", () => {
  it.each([
    [4, [["standard", 1, 3, 3]]],
    [
      3,
      [
        ["over-quota", 0, 1, 1],
        ["standard", 1, 2, 2],
      ],
    ],
    [
      2,
      [
        ["over-quota", 1, 1, 1],
        ["standard", 0, 2, 2],
      ],
    ],
    [
      1,
      [
        ["over-quota", 1, 2, 2],
        ["standard", 0, 1, 1],
      ],
    ],
    [
      0,
      [
        ["over-quota", 1, 3, 3],
        ["standard", 0, 0, 0],
      ],
    ],
  ])(
    "with a quota of %i of 4: samples go with what they could see, never with time that was down",
    (quota, expected) => {
      expect(split(quota)).toEqual(expected);
    },
  );
});
