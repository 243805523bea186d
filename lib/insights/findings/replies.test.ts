import { expect, it } from "vitest";
import { countReplies, measuredText, repliedPrecision, repliesText, type Said } from "./replies.ts";

const said = (findingKey: number, kind: string, verdict = "", rule = "hung"): Said => ({
  ...{ findingKey, kind, verdict, rule },
});

it.each<[string, Said[], unknown]>([
  ["resolved: it was real", [said(1, "resolved", "real")], { real: 1, expected: 0, wrong: 0 }],
  [
    "disputed as wrong, and accepted",
    [said(1, "disputed", "wrong"), said(1, "answered", "accepted")],
    { real: 0, expected: 0, wrong: 1 },
  ],
  [
    "disputed as expected, and accepted",
    [said(1, "disputed", "expected"), said(1, "answered", "accepted")],
    { real: 0, expected: 1, wrong: 0 },
  ],
  [
    "disputed as wrong, and refused",
    [said(1, "disputed", "wrong"), said(1, "answered", "real")],
    { real: 1, expected: 0, wrong: 0 },
  ],
  ["disputed, and not answered yet", [said(1, "disputed", "wrong")], undefined],
  ["snoozed", [said(1, "snoozed")], undefined],
  [
    "the last decision counts, once",
    [said(1, "resolved", "real"), said(1, "disputed", "wrong"), said(1, "answered", "accepted")],
    { real: 0, expected: 0, wrong: 1 },
  ],
])("%s", (_, list, expected) => {
  expect(countReplies(list).get("hung")).toEqual(expected);
});

it("is counted for each rule, and put into words", () => {
  const list = [said(1, "resolved", "real"), said(2, "resolved", "real"), said(3, "resolved", "real", "dead-idle")];
  const wrong = [said(4, "disputed", "wrong"), said(4, "answered", "accepted")];
  const counts = countReplies([...list, ...wrong]);
  const hung = counts.get("hung") ?? { real: 0, expected: 0, wrong: 0 };
  expect(repliedPrecision(hung)).toBeCloseTo(66.67, 1);
  expect(repliesText(hung)).toBe("2 of 3 answered findings right (67 %)");
  expect(repliesText({ real: 0, expected: 1, wrong: 0 })).toBe(
    "1 of 1 answered finding right (100 %), 1 of them expected",
  );
  expect(repliesText({ real: 0, expected: 0, wrong: 0 })).toBe("No finding answered yet");
});

it("says what a rule reaches, and nothing of a rule of another version", () => {
  expect(measuredText({ measured: { precision: 1, recall: 0.989 } })).toBe(
    "On labelled workloads 100 % of its findings are right, and it finds 98.9 % of the cases",
  );
  expect(measuredText({})).toBe("");
});
