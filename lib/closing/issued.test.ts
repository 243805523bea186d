import { describe, expect, it } from "vitest";
import { closesLost, explains, highestOf, type IssuedClose, undoneToRecord } from "./issued.ts";

const close = (hash: string, first: number, last: number, fiscalYear = 2026): IssuedClose => ({
  ...{ periodId: "2026-10", hash, closedAt: 1, closedBy: "ada" },
  numbers: last < first ? null : { fiscalYear, first, last },
});
const hashes = (list: readonly IssuedClose[]) => list.map((c) => c.hash);
const [a, b, c, d] = [close("a", 1, 8), close("b", 9, 11), close("c", 12, 14), close("d", 1, 0)];

describe("what a restore leaves behind", () => {
  it.each([
    ["the same closes", [a, b], [], [a, b], [], [], []],
    ["a close since", [a, b], [], [a], [], ["b"], ["b"]],
    ["another close of the same period", [a, c], [b], [a, b], [], ["c"], ["c"]],
    ["what was undone before", [a], [b], [a], [], [], ["b"]],
    ["what the backup remembers too", [a], [b], [a], [b], [], []],
    ["both", [a, c], [b], [a], [], ["c"], ["c", "b"]],
    ["a close without statements", [a, d], [], [a], [], ["d"], ["d"]],
  ])("%s", (_, closes, undone, nextCloses, nextUndone, lost, recorded) => {
    const [current, next] = [
      { closes, undone },
      { closes: nextCloses, undone: nextUndone },
    ];
    expect(hashes(closesLost(current, next))).toEqual(lost);
    expect(hashes(undoneToRecord(current, next))).toEqual(recorded);
  });

  it("the highest number is that of its fiscal year, undone or not", () => {
    const issued = { closes: [a, close("x", 1, 40, 2027)], undone: [b, d] };
    expect([2026, 2027, 2028].map((year) => highestOf(issued, year))).toEqual([11, 40, 0]);
  });

  it.each([
    [9, 11, true],
    [9, 14, true],
    [10, 12, true],
    [8, 11, false],
    [9, 15, false],
    [15, 15, false],
  ])("numbers %i to %i are accounted for: %s", (first, last, expected) => {
    expect(explains([c, b, close("y", 1, 99, 2025), d], { fiscalYear: 2026, first, last })).toBe(expected);
  });
});
