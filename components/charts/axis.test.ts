import { describe, expect, it } from "vitest";
import { isoDay } from "@/lib/format.ts";
import { dateOfKey } from "@/lib/time.ts";
import { axisTicks, labelText } from "./axis.ts";

/** Labels of so many hours from an hour of 24 November. */
const hours = (count: number, from = 0, minutes = "00") =>
  Array.from({ length: count }, (_, i) => {
    const at = new Date(Date.UTC(2026, 10, 24, from + i)).toISOString();
    return `${at.slice(0, 10)} ${at.slice(11, 13)}:${minutes}`;
  });
const texts = (labels: readonly string[], most: number) => axisTicks(labels, most).map((t) => t.text);

describe("ticks of a time axis", () => {
  it.each([
    ["two hours", hours(2, 2), 7, ["24 Nov, 02:00", "03:00"]],
    ["a day from midnight", hours(24), 9, ["24 Nov", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00"]],
    ["a night", hours(12, 20), 4, ["24 Nov, 21:00", "25 Nov", "03:00", "06:00"]],
    ["two days and a half", hours(60, 9), 6, ["24 Nov, 12:00", "25 Nov", "12:00", "26 Nov", "12:00"]],
    ["a week: dates alone", hours(7 * 24, 5), 8, ["25 Nov", "26 Nov", "27 Nov", "28 Nov", "29 Nov", "30 Nov", "1 Dec"]],
    ["a week in a narrow place", hours(7 * 24, 5), 4, ["25 Nov", "27 Nov", "29 Nov", "1 Dec"]],
    [
      "hours of a zone that is half an hour off",
      hours(26, 0, "30"),
      5,
      ["24 Nov", "06:30", "12:30", "18:30", "25 Nov"],
    ],
  ] as const)("%s", (_, labels, most, expected) => expect(texts(labels, most)).toEqual(expected));

  it("counts days and months evenly", () => {
    const days = Array.from({ length: 30 }, (_, i) => `2026-11-${String(i + 1).padStart(2, "0")}`);
    expect(texts(days, 7)).toEqual(["1 Nov", "6 Nov", "11 Nov", "16 Nov", "21 Nov", "26 Nov"]);
    expect(texts(["2026-11", "2026-12", "2027-01"], 5)).toEqual(["Nov 2026", "Dec 2026", "Jan 2027"]);
    expect(texts([], 5)).toEqual([]);
  });
});

it.each([
  ["2026-11-24", "24 Nov 2026"],
  ["2026-11-24 09:00", "24 Nov 2026 09:00"],
  ["2026-11", "Nov 2026"],
  ["3 more", "3 more"],
])("the label %s is read as %s", (label, text) => {
  expect(labelText(label)).toBe(text);
});

it.each([
  [20261129, "2026-11-29"],
  [20260105, "2026-01-05"],
])("the day %d is %s in files", (day, text) => {
  expect([isoDay(day), dateOfKey(day)]).toEqual([text, text]);
});
