import { describe, expect, it } from "vitest";
import { type Instant, parseEdge } from "@/lib/time";
import { backfillRange } from "./backfill-range.ts";

const at = (date: string): Instant => parseEdge(date, "UTC");
const now = at("2026-11-25") + 3600;

describe("the range of a backfill", () => {
  it.each([
    ["0001-01-01", "2026-11-01", /0001-01-01 is before the year 2000/],
    ["1999-12-31", "2000-01-02", /before the year 2000/],
    ["2016-11-25", "2026-11-25", /3652 d at once is more than any source remembers: ask for at most 1100 d/],
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
