import { describe, expect, it } from "vitest";
import { daysBefore } from "./period-before.ts";

describe("the period before", () => {
  it.each([
    ["a month that is over", 20261001, 20261101, 20261110, 20260901, 20261001],
    ["the first ten days of a month", 20261101, 20261201, 20261110, 20261001, 20261011],
    ["a March that has 30 days by now", 20260301, 20260401, 20260330, 20260201, 20260301],
    ["January", 20260101, 20260201, 20260301, 20251201, 20260101],
    ["a quarter", 20260101, 20260401, 20260501, 20251001, 20260101],
    ["thirteen months", 20251001, 20261101, 20261110, 20240901, 20251001],
    ["a week", 20261102, 20261109, 20261120, 20261026, 20261102],
    ["a week of which three days have begun", 20261109, 20261116, 20261111, 20261106, 20261109],
  ])("of %s", (_, from, until, today, first, end) => {
    expect(daysBefore({ from, until }, today)?.before).toEqual({ from: first, until: end });
  });

  it("is nothing for what has not begun", () => {
    expect(daysBefore({ from: 20261201, until: 20270101 }, 20261130)).toBeNull();
  });
});
