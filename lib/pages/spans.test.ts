import { describe, expect, it } from "vitest";
import { parseInstant } from "@/lib/time.ts";
import { spansOf, spanUnit } from "./spans.ts";

const at = (text: string) => parseInstant(text) as number;
const zone = "Europe/Berlin";
const far = at("2030-01-01T00:00:00Z");

describe("spans of a trend", () => {
  it("cover the period once, whatever its length", () => {
    for (const [start, end] of [
      ["2026-03-29T00:00:00Z", "2026-03-30T00:00:00Z"],
      ["2026-03-01T10:00:00Z", "2026-03-31T22:00:00Z"],
      ["2025-01-15T00:00:00Z", "2026-03-29T05:00:00Z"],
    ] as const) {
      const period = { start: at(start), end: at(end) };
      const spans = spansOf(period, { zone }, far);
      expect(spans[0]?.start).toBe(period.start);
      expect(spans.at(-1)?.end).toBe(period.end);
      spans.slice(1).forEach((s, i) => {
        expect(s.start).toBe(spans[i]?.end);
      });
    }
  });

  it("are days of the zone, 23 hours long when the clock goes forward", () => {
    const spans = spansOf({ start: at("2026-03-27T23:00:00Z"), end: at("2026-03-30T22:00:00Z") }, { zone }, far);
    expect(spans.map((s) => [s.label, (s.end - s.start) / 3600])).toEqual([
      ["2026-03-28", 24],
      ["2026-03-29", 23],
      ["2026-03-30", 24],
    ]);
  });

  it("end at the instant until which there can be data", () => {
    const period = { start: at("2026-03-10T00:00:00Z"), end: at("2026-03-11T00:00:00Z") };
    expect(spansOf(period, { zone: "UTC" }, at("2026-03-10T02:30:00Z")).map((s) => s.end - s.start)).toEqual([
      3600, 3600, 1800,
    ]);
    expect(spansOf(period, { zone: "UTC" }, at("2026-03-01T00:00:00Z"))).toEqual([]);
  });

  it.each([
    [1, "hour"],
    [2, "hour"],
    [7, "day"],
    [31, "day"],
    [93, "day"],
    [120, "month"],
  ])("%i days are drawn by %s", (days, unit) => expect(spanUnit({ start: 0, end: days * 86_400 })).toBe(unit));
});
