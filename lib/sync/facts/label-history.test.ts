import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "@/lib/testing-runs.ts";
import { DAY } from "@/lib/time.ts";
import { changedSince, type LabelHistory, labelsOn, withLabels } from "./label-history.ts";

const report = fc.record({
  day: fc.integer({ min: 1, max: 12 }),
  labels: fc.dictionary(fc.constantFrom("team", "env"), fc.constantFrom("x", "y", "z")),
});
type Report = typeof report extends fc.Arbitrary<infer T> ? T : never;
const read = (list: readonly Report[]) => list.reduce((h: LabelHistory, t) => withLabels(h, t.labels, t.day * DAY), {});
const days = Array.from({ length: 14 }, (_, i) => i * DAY);

describe("labels over time", () => {
  it("leave the labels of a day as they were when a label is changed later", () => {
    const history = read([
      { day: 3, labels: { team: "x" } },
      { day: 5, labels: { team: "x" } },
      { day: 6, labels: { team: "y" } },
    ]);
    const team = (day: number) => labelsOn(history, day * DAY).team;
    expect([1, 3, 4, 5, 6, 9].map(team)).toEqual(["x", "x", "x", "x", "y", "y"]);
  });

  it("that come back are those of the days after, and what was between is of its own days", () => {
    const history = read(
      [1, 2, 5, 6, 7, 8, 10].map((day) => ({ day, labels: { team: day > 4 && day < 8 ? "y" : "x" } })),
    );
    const team = (day: number) => labelsOn(history, day * DAY).team;
    expect([1, 3, 4, 5, 6, 7, 8, 9, 10].map(team)).toEqual(["x", "x", "x", "y", "y", "y", "x", "x", "x"]);
  });

  it("come to the same in whatever order windows are read, and how often", () => {
    fc.assert(
      fc.property(fc.array(report, { maxLength: 8 }), fc.array(fc.nat()), (list, order) => {
        const shuffled = [...list, ...list].map((t, i) => ({ t, at: order[i] ?? i })).sort((a, b) => a.at - b.at);
        expect(JSON.stringify(read(shuffled.map(({ t }) => t)))).toBe(JSON.stringify(read(list)));
      }),
    );
  });

  it("are found to have changed from the first day on which they did", () => {
    fc.assert(
      fc.property(fc.array(report, { maxLength: 6 }), report, (list, next) => {
        const before = read(list);
        const after = withLabels(before, next.labels, next.day * DAY);
        const differ = days.find((d) => JSON.stringify(labelsOn(before, d)) !== JSON.stringify(labelsOn(after, d)));
        const since = changedSince(before, after);
        if (since === null) expect(differ).toBe(undefined);
        else expect(Math.ceil(since / DAY) * DAY).toBe(differ);
      }),
      runs(500),
    );
  });
});
