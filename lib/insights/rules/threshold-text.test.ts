import { expect, it } from "vitest";
import { thresholdText } from "./threshold-text.ts";

it.each([
  ["after_minutes", 60, "after 60 min"],
  ["window_hours", 24, "window 24 h"],
  ["mean_percent", 10, "mean 10 %"],
  ["requested_gib", 10, "requested 10 GiB"],
  ["card_minutes", 10, "card 10 min"],
  ["restarts", 5, "restarts 5"],
])("%s of %d is %s", (name, value, text) => {
  expect(thresholdText(name, value)).toBe(text);
});
