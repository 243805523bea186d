import { describe, expect, it } from "vitest";
import { NO_FACTORS } from "@/lib/forecast/calibrate.ts";
import { PastFits } from "@/lib/forecast/choose.ts";
import { addDays } from "@/lib/time.ts";
import { reportCardOf, wholeSpans } from "./report-card.ts";
import { spansOver } from "./spans.ts";

const CALENDAR = { kind: "month", fiscalYearStart: 1, zone: "UTC" } as const;
const FIRST = 20260801;
const months = (days: number) => spansOver({ fromDay: FIRST, untilDay: addDays(FIRST, days) }, "month", CALENDAR);
/** August to October: 92 days. */
const series = (at: (i: number) => number | null) => new PastFits(Array.from({ length: 92 }, (_, i) => at(i)));
const card = (past: PastFits) => reportCardOf(past, FIRST, months(92), NO_FACTORS);

describe("a report card", () => {
  it("of a constant is without error, and says how many forecasts it is from", () => {
    const found = card(series(() => 100e6));
    // August has no origin before its fifteenth day; September and October have all of theirs.
    expect(found.origins).toBe(17 + 30 + 31);
    expect(found.rows.map((r) => [r.mostLeft, r.leastLeft])).toEqual([
      [Number.POSITIVE_INFINITY, 29],
      [28, 21],
      [20, 14],
      [13, 7],
      [6, 1],
    ]);
    for (const row of found.rows) expect([row.errorPercent, row.baselinePercent]).toEqual([0, 0]);
    expect([found.coverage, found.maseRatio]).toEqual([1, null]);
  });

  it("has smaller errors the fewer days are left", () => {
    const errors = card(series((i) => (100 + 40 * Math.sin(i * 1.7) + (i > 70 ? 50 : 0)) * 1e6)).rows.map(
      (r) => r.errorPercent ?? 0,
    );
    expect(errors[1]).toBeGreaterThan(errors.at(-1) ?? 0);
  });

  it("compares with the same day last week", () => {
    const found = card(series((i) => (i < 60 ? 100e6 : 200e6)));
    const october = found.rows.reduce((sum, r) => sum + (r.baselinePercent ?? 0), 0);
    expect(october).toBeGreaterThan(0);
    expect(found.maseRatio).toBeGreaterThan(0);
    const ratios = found.rows.flatMap((r) => r.maseRatio ?? []);
    expect(ratios.length).toBeGreaterThan(0);
    expect(found.maseRatio).toBeGreaterThanOrEqual(Math.min(...ratios));
    expect(found.maseRatio).toBeLessThanOrEqual(Math.max(...ratios));
  });

  it("leaves out months with an unknown day, and months that are not over", () => {
    const past = series((i) => (i === 40 ? null : 100e6));
    expect(wholeSpans(past, FIRST, months(92)).map((m) => m.id)).toEqual(["2026-08", "2026-10"]);
    expect(wholeSpans(new PastFits(Array(70).fill(1)), FIRST, months(92)).map((m) => m.id)).toEqual([
      "2026-08",
      "2026-09",
    ]);
  });
});
