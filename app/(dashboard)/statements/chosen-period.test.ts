import { describe, expect, it } from "vitest";
import { listPeriods } from "@/lib/periods/period.ts";
import { parsePeriod } from "@/lib/reports/period.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { parseInstant } from "@/lib/time.ts";
import { choosePeriod } from "./chosen-period.ts";

const now = parseInstant("2026-11-29T22:00:00Z") as number;
const { calendar } = testLedger();
/** From September on; nothing is closed. */
const periods = listPeriods({ calendar, graceDays: 5, closes: [], firstDay: 20260901, today: 20261129, now });
const choose = (params: Record<string, string>) => {
  const period = parsePeriod(
    { period: params.period, month: params.month, from: params.from, to: params.to },
    "UTC",
    now,
  );
  const choice = choosePeriod({ params, period, now }, periods);
  return [choice?.chosen.period.id, choice?.notice];
};

describe("the billing period of a page", () => {
  it.each([
    [{}, "2026-09", null],
    [{ of: "2026-10" }, "2026-10", null],
    [{ of: "2026-13" }, "2026-09", 'There is no billing period "2026-13". 2026-09 is shown.'],
    [{ period: "last-month" }, "2026-10", null],
    [{ period: "2026-11" }, "2026-11", null],
    [{ month: "2026-10" }, "2026-10", null],
    [{ of: "2026-10", period: "this-month" }, "2026-10", null],
    [
      { period: "this-quarter" },
      "2026-11",
      "Statements are of whole billing periods: 2026-11 is shown, which this-quarter ends in.",
    ],
    [
      { from: "2026-10-03", to: "2026-10-05" },
      "2026-10",
      expect.stringContaining("whole billing periods: 2026-10 is shown"),
    ],
    [{ period: "2025-06" }, "2026-09", "No billing period is in 2025-06. 2026-09 is shown."],
  ])("%j: %s", (params, id, notice) => {
    expect(choose(params as Record<string, string>)).toEqual([id, notice]);
  });

  it("does not exist before anything is metered", () => {
    expect(choosePeriod({ params: {}, period: parsePeriod({}, "UTC", now), now }, [])).toBeNull();
  });
});
