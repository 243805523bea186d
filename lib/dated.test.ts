import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { holdsOn, latestOn } from "./dated.ts";

describe("the entry in force on a day", () => {
  const list = [
    { fromDay: 20261001, value: "a" },
    { fromDay: 20260101, value: "b" },
    { fromDay: 20261015, value: "c" },
    { fromDay: 20261015, value: "d" },
  ];
  it.each([
    [20251231, undefined],
    [20260101, "b"],
    [20260930, "b"],
    [20261001, "a"],
    [20261014, "a"],
    [20261015, "c"],
    [20991231, "c"],
  ])("on %i it is %s, in whatever order they stand", (day, value) => {
    expect(latestOn(list, day)?.value).toBe(value);
  });

  it("takes days of another name, and another order of those that begin on one day", () => {
    const day = (e: { fromDay: number }) => e.fromDay;
    const byValue = (a: (typeof list)[number], b: (typeof list)[number]) =>
      a.fromDay > b.fromDay || (a.fromDay === b.fromDay && a.value > b.value);
    expect(latestOn(list, 20261101, day, byValue)?.value).toBe("d");
  });

  it("is one that has begun, and none that has begun is later", () => {
    fc.assert(
      fc.property(fc.array(fc.record({ fromDay: fc.nat(20) })), fc.nat(20), (entries, day) => {
        const found = latestOn(entries, day);
        const begun = entries.filter((e) => e.fromDay <= day).map((e) => e.fromDay);
        expect(found?.fromDay).toBe(begun.length ? Math.max(...begun) : undefined);
      }),
    );
  });
});

describe("an interval of days", () => {
  it.each([
    [20261001, 20261003, [20261001, 20261002]],
    [20261002, null, [20261002, 20261003, 20261004]],
    [20261004, 20261004, []],
  ])("from %i until %s has %j", (fromDay, untilDay, days) => {
    const all = [20260930, 20261001, 20261002, 20261003, 20261004];
    expect(all.filter((day) => holdsOn({ fromDay, untilDay }, day))).toEqual(days);
  });
});
