import { describe, expect, it } from "vitest";
import { nearNames, shortName, suggest } from "./near-names.ts";

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

  it("looks at 200 letters, and compares no name that is much longer or shorter", () => {
    const long = "a".repeat(15_000);
    expect(nearNames(long, ["a".repeat(200), "a".repeat(5000), "a".repeat(100), "b"])).toEqual(
      ["a".repeat(200), "a".repeat(5000), "a".repeat(100)].sort(),
    );
    expect(nearNames(`b${long}`, [`c${"a".repeat(250)}`, `c${"a".repeat(400)}`])).toEqual([`c${"a".repeat(250)}`]);
    expect(shortName(long)).toBe(`${"a".repeat(80)}…`);
    expect(shortName("vision")).toBe("vision");
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
