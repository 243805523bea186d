import { describe, expect, it } from "vitest";
import { nearNames, suggest } from "./near-names.ts";

describe("nearNames", () => {
  it.each([
    ["visoin", ["vision", "speech"], ["vision"]],
    ["VISION", ["vision"], ["vision"]],
    ["vis", ["vision", "television", "speech"], ["television", "vision"]],
    ["team-a-prod", ["team-b-prod", "team-a", "other"], ["team-a", "team-b-prod"]],
    ["zebra", ["vision", ""], []],
  ])("%s among %j: %j", (wanted, names, near) => {
    expect(nearNames(wanted, names)).toEqual(near);
  });

  it("names at most five", () => {
    expect(
      nearNames(
        "p1",
        Array.from({ length: 50 }, (_, i) => `p${i}`),
      ),
    ).toHaveLength(5);
  });
});

describe("suggest", () => {
  it("falls back to the whole list when it is short, and to nothing when it is long", () => {
    expect(suggest("zebra", ["b", "a"])).toBe(" There are: a, b.");
    expect(
      suggest(
        "zebra",
        Array.from({ length: 13 }, (_, i) => `project-${i}`),
      ),
    ).toBe("");
    expect(suggest("zebra", [])).toBe("");
  });
});
