import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DAY } from "@/lib/time";
import { type LabelHistory, labelsAt, tellsAnew, withLabels } from "./label-history.ts";

const told = fc.record({
  day: fc.integer({ min: 1, max: 12 }),
  second: fc.nat(DAY - 1),
  labels: fc.dictionary(fc.constantFrom("team", "env"), fc.constantFrom("x", "y", "z")),
});
type Told = typeof told extends fc.Arbitrary<infer T> ? T : never;
const read = (list: readonly Told[]) =>
  list.reduce((h: LabelHistory, t) => withLabels(h, t.labels, t.day * DAY + t.second), {});
const days = Array.from({ length: 14 }, (_, i) => (i + 1) * DAY - 1);

describe("labels over time", () => {
  it("leave a day what it was told when a label is changed later", () => {
    const history = read([
      { day: 3, second: 0, labels: { team: "x" } },
      { day: 5, second: 0, labels: { team: "x" } },
      { day: 6, second: 0, labels: { team: "y" } },
    ]);
    const team = (day: number) => labelsAt(history, (day + 1) * DAY - 1).team;
    expect([1, 3, 4, 5, 6, 9].map(team)).toEqual(["x", "x", "x", "x", "y", "y"]);
  });

  it("come to the same in whatever order windows are read, and how often", () => {
    fc.assert(
      fc.property(fc.array(told, { maxLength: 8 }), fc.array(fc.nat()), (list, order) => {
        const shuffled = [...list, ...list].map((t, i) => ({ t, at: order[i] ?? i })).sort((a, b) => a.at - b.at);
        expect(JSON.stringify(read(shuffled.map(({ t }) => t)))).toBe(JSON.stringify(read(list)));
      }),
    );
  });

  it("are told to have changed wherever those of any day did", () => {
    fc.assert(
      fc.property(fc.array(told, { maxLength: 6 }), told, (list, next) => {
        const before = read(list);
        const after = withLabels(before, next.labels, next.day * DAY + next.second);
        const differ = days.some((d) => JSON.stringify(labelsAt(before, d)) !== JSON.stringify(labelsAt(after, d)));
        if (differ) expect(tellsAnew(before, after)).toBe(true);
      }),
    );
  });
});
