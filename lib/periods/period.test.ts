import { describe, expect, it } from "vitest";
import type { BillingCalendar } from "./calendar.ts";
import { booksCorrections, type ClosedPeriod, listPeriods, needPeriod, nextToClose } from "./period.ts";

const months: BillingCalendar = { kind: "month", fiscalYearStart: 1, zone: "UTC" };
const at = (text: string) => Date.parse(text) / 1000;
const closed = (periodId: string, fromDay: number, untilDay: number, sequence = 1): ClosedPeriod => ({
  periodId,
  sequence,
  fromDay,
  untilDay,
  closedBy: "ada",
  closedAt: 0,
  currency: "USD",
  billingTimeZone: "UTC",
  totalMicros: 0,
  overrides: [],
  hash: "",
  previousHash: "",
});
const known = (given: Partial<Parameters<typeof listPeriods>[0]> = {}) =>
  listPeriods({
    calendar: months,
    graceDays: 5,
    closes: [],
    firstDay: 20260914,
    today: 20261103,
    now: at("2026-11-03T12:00:00Z"),
    ...given,
  });
const described = (list: ReturnType<typeof listPeriods>) =>
  list.map(({ period, state }) => [period.id, state, period.fromDay, period.untilDay]);

describe("the periods there are", () => {
  it("go from the first known day's to today's: over is draft until it is closed", () => {
    expect(described(known({ closes: [closed("2026-09", 20260901, 20261001)] }))).toEqual([
      ["2026-09", "closed", 20260901, 20261001],
      ["2026-10", "draft", 20261001, 20261101],
      ["2026-11", "open", 20261101, 20261201],
    ]);
    expect(described(known({ firstDay: null }))).toEqual([]);
  });

  it("are open up to the last second, and wait for late data as many days as the settings say", () => {
    const [october] = known({ firstDay: 20261001, today: 20261031, now: at("2026-10-31T23:59:59Z") });
    expect(october).toMatchObject({ state: "open", graceUntil: at("2026-11-06T00:00:00Z") });
    expect(known({ firstDay: 20261001, now: at("2026-11-01T00:00:00Z") })[0]?.state).toBe("draft");
  });

  it("begin where the last closed one ended when the calendar was changed", () => {
    const calendar: BillingCalendar = { ...months, kind: "4-4-5" };
    const list = known({ calendar, closes: [closed("2026-09", 20260901, 20261001)] });
    expect(described(list)).toEqual([
      ["2026-09", "closed", 20260901, 20261001],
      ["FY2026-P10", "draft", 20261001, 20261026],
      ["FY2026-P11", "open", 20261026, 20261123],
    ]);
  });

  it("end before one that was closed earlier than they are known", () => {
    const list = known({ firstDay: 20260820, closes: [closed("FY2026-P09", 20260928, 20261026)] });
    expect(described(list).slice(0, 3)).toEqual([
      ["2026-08", "draft", 20260801, 20260901],
      ["2026-09", "draft", 20260901, 20260928],
      ["FY2026-P09", "closed", 20260928, 20261026],
    ]);
    expect(nextToClose(list)?.period.id).toBe("2026-08");
    expect(list.filter((p) => booksCorrections(list, p)).map((p) => p.period.fromDay)).toEqual([20261026]);
  });

  it("are named when one is asked for that does not exist", () => {
    expect(() => needPeriod(known(), "2027-01")).toThrow(/There are 2026-09 to 2026-11/);
    expect(needPeriod(known(), "2026-10").state).toBe("draft");
  });
});
