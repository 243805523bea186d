import { describe, expect, it } from "vitest";
import type { CostLine } from "./file.ts";
import { findOverlaps, lossWords, overlapWords, type Standing } from "./overlap.ts";

const line = (more: Partial<CostLine>): CostLine => ({
  ...{ fromDay: 20261101, untilDay: 20261102, teamKey: 0, clusterId: "", category: "Storage", description: "Disks" },
  ...{ amountMicros: 10_000_000, currency: "USD", billedMicros: 10_000_000, source: "Cloud, b1/s1, 2026-11-01" },
  ...more,
});
const standing = (more: Partial<Standing>): Standing => ({
  ...line({}),
  ...{ importId: "a", name: "a.csv", importedAt: 0, lines: 1 },
  ...more,
});
const found = (lines: CostLine[], theirs: Standing[], name = "b.csv") =>
  findOverlaps(name, lines, theirs).map((o) => [o.importId, o.lines, o.amountMicros]);
const ours = { source: "" };

describe("an export that is imported again", () => {
  it("overlaps on its days, whatever its rows are called now", () => {
    const month = [line({}), line({ fromDay: 20261102, untilDay: 20261103, description: "Discs", teamKey: 5 })];
    expect(found(month, [standing({})])).toEqual([["a", 1, 10_000_000]]);
    expect(found(month, [standing({ fromDay: 20261101, untilDay: 20261201 })])).toEqual([["a", 2, 10_000_000]]);
  });
  it("does not overlap with other days, accounts or billing periods", () => {
    for (const other of [
      { fromDay: 20261102, untilDay: 20261103 },
      { source: "Cloud, b1/s2, 2026-11-01" },
      { source: "Cloud, b1/s1, 2026-10-01" },
    ])
      expect(found([line({})], [standing(other)])).toEqual([]);
  });
  it("says what would be lost: other bills, and days of its own that the file does not have", () => {
    const lost = (theirs: Standing[], lines = [line({})]) => {
      const [overlap] = findOverlaps("b.csv", lines, theirs);
      return overlap && [overlap.missingLines, overlap.missingMicros, overlap.missingBills];
    };
    const other = "Cloud, b1/s2, 2026-11-01";
    expect(lost([standing({}), standing({ source: other, lines: 3 })])).toEqual([3, 10_000_000, [other]]);
    expect(lost([standing({}), standing({ fromDay: 20261030, untilDay: 20261031 })])).toEqual([1, 10_000_000, []]);
    // One line of which the file has some days only.
    expect(lost([standing({ untilDay: 20261103 })])).toEqual([1, 10_000_000, []]);
    const next = line({ fromDay: 20261102, untilDay: 20261103 });
    expect(lost([standing({ untilDay: 20261103 })], [line({}), next])).toEqual([0, 0, []]);
    const [overlap] = findOverlaps("b.csv", [line({})], [standing({}), standing({ source: other, lines: 3 })]);
    expect(overlap && lossWords(overlap, "b.csv", "USD")).toBe(
      `a.csv also has 3 lines of 10.000000 USD that b.csv does not have (${other}).`,
    );
  });
  it("is recognised beside an import of a version that kept no bills", () => {
    expect(found([line(ours)], [standing(ours)])).toEqual([["a", 1, 10_000_000]]);
  });
});

describe("a file of our own columns", () => {
  it("overlaps with lines of the same words, team and days", () => {
    expect(found([line(ours)], [standing(ours)])).toEqual([["a", 1, 10_000_000]]);
    for (const other of [{ teamKey: 3 }, { clusterId: "c1" }, { description: "x" }, { category: "x" }])
      expect(found([line(ours)], [standing({ ...ours, ...other })])).toEqual([]);
  });
  it("of the same name overlaps with another version of a line", () => {
    const other = { ...ours, teamKey: 3, description: "x" };
    expect(found([line(ours)], [standing(other)], "a.csv")).toEqual([["a", 1, 10_000_000]]);
    expect(found([line(ours)], [standing({ ...other, category: "x" })], "a.csv")).toEqual([]);
  });
});

it("says an overlap in words", () => {
  const [overlap] = findOverlaps("b.csv", [line({})], [standing({})]);
  expect(overlap && overlapWords(overlap, "USD")).toBe(
    "1 line is on days that a.csv already covers: 2026-11-01 to 2026-11-01, where it has 10.000000 USD.",
  );
});

it("of 100,000 lines is found without comparing each with each", () => {
  const many = Array.from({ length: 50_000 }, (_, i) => line({ ...ours, description: `d${i}` }));
  const theirs = Array.from({ length: 50_000 }, (_, i) => standing({ ...ours, description: `d${i + 25_000}` }));
  expect(found(many, theirs)).toEqual([["a", 25_000, 250_000_000_000]]);
});
