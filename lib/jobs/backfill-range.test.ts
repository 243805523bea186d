import { describe, expect, it } from "vitest";
import { DAY, type Instant, parseEdge } from "@/lib/time.ts";
import { askedRange, backfillRange, forgottenPart } from "./backfill-range.ts";

const at = (date: string): Instant => parseEdge(date, "UTC");
const now = at("2026-11-25") + 3600;

describe("the range of a backfill", () => {
  it.each([
    ["0001-01-01", "2026-11-01", /0001-01-01 is before the year 2000/],
    ["1999-12-31", "2000-01-02", /before the year 2000/],
    ["2016-11-25", "2026-11-25", /3652 d is more than any source keeps: choose a range of at most 1100 d/],
    ["2026-11-02", "2026-11-01", /The range is empty/],
    ["2026-11-01", "2026-11-01", /The range is empty/],
    ["2027-01-01", "2027-02-01", /2027-01-01T00:00:00Z is in the future/],
  ])("%s to %s is refused in words", (from, to, sentence) =>
    expect(() => backfillRange({ from: at(from), to: at(to) }, now)).toThrow(sentence),
  );

  it("ends now where it reaches into the future", () => {
    const range = backfillRange({ from: at("2026-11-20"), to: at("2027-01-01") }, now);
    expect(range).toEqual({ start: at("2026-11-20"), end: now });
  });
});

describe("a range as a person writes it", () => {
  const settings = { BILLING_TIME_ZONE: "Europe/Berlin", SOURCE_RETENTION: 30 * DAY };
  const asked = (from: string, to?: string) => askedRange({ from, to }, settings, now);

  it.each<[string, string | undefined, RegExp]>([
    ["0001-01-01", undefined, /0000-12-31 is before the year 2000|0001-01-01 is before the year 2000/],
    ["2016-11", undefined, /is more than any source keeps/],
    ["2026-11-02", "2026-11-01", /^The range is empty: 2026-11-02 is not before 2026-11-01\.$/],
    ["2027-01-01", undefined, /is in the future/],
    ["2027-02-01", "2027-01-01", /The range is empty/],
    ["2026-02-30", "2026-03-01", /"2026-02-30" is not a date of the calendar/],
    ["yesterday", undefined, /"yesterday" is not a date/],
    ["2026-11-01", "soon", /"soon" is not a date/],
    [
      "2026-09-01",
      "2026-10-01",
      /The whole range is older than the 30 d that the sources keep \(SOURCE_RETENTION\): start the range on 2026-10-26/,
    ],
  ])("%s to %s is refused in words", (from, to, sentence) => expect(() => asked(from, to)).toThrow(sentence));

  it("begins and ends with days of the billing time zone, and ends now where nothing else is said", () => {
    expect(asked("2026-11-20", "2026-11-21")).toEqual({ start: at("2026-11-20") - 3600, end: at("2026-11-21") - 3600 });
    expect(asked("2026-11-20").end).toBe(now);
  });

  it("may begin before what the sources keep, and says which part that is", () => {
    const range = asked("2026-10-01", "2026-11-01");
    expect(forgottenPart(range, settings, now)).toEqual({ start: range.start, end: now - 30 * DAY });
    expect(forgottenPart(asked("2026-11-01"), settings, now)).toBeNull();
  });
});
