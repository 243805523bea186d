import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "@/lib/testing-runs.ts";
import { dateOfKey, daysBetween, daysOf, formatInstant, HOUR } from "@/lib/time.ts";
import { type BillingCalendar, cutPeriod, nextPeriod, periodOfDay, periodOfId, previousPeriod } from "./calendar.ts";

const months = (zone = "UTC", fiscalYearStart = 1): BillingCalendar => ({ kind: "month", fiscalYearStart, zone });
const weeks = (fiscalYearStart = 1, zone = "UTC"): BillingCalendar => ({ kind: "4-4-5", fiscalYearStart, zone });

describe("months of the billing time zone", () => {
  it.each([
    ["2026-03", "America/New_York", "2026-03-01T05:00:00Z", "2026-04-01T04:00:00Z", 743],
    ["2026-11", "America/New_York", "2026-11-01T04:00:00Z", "2026-12-01T05:00:00Z", 721],
    ["2026-10", "Asia/Kolkata", "2026-09-30T18:30:00Z", "2026-10-31T18:30:00Z", 744],
    ["2026-10", "Asia/Kathmandu", "2026-09-30T18:15:00Z", "2026-10-31T18:15:00Z", 744],
    ["2026-04", "Australia/Lord_Howe", "2026-03-31T13:00:00Z", "2026-04-30T13:30:00Z", 720.5],
    ["2026-10", "Australia/Lord_Howe", "2026-09-30T13:30:00Z", "2026-10-31T13:00:00Z", 743.5],
  ])("%s in %s: %s to %s, %d hours", (id, zone, start, end, hours) => {
    const period = periodOfId(id, months(zone));
    expect([formatInstant(period.start), formatInstant(period.end)]).toEqual([start, end]);
    expect((period.end - period.start) / HOUR).toBe(hours);
    expect(daysOf(period, zone)).toHaveLength(daysBetween(period.fromDay, period.untilDay));
  });

  it.each([
    ["2026-09", 10, 2026],
    ["2026-10", 10, 2027],
    ["2027-09", 10, 2027],
    ["2026-12", 1, 2026],
    ["2027-01", 1, 2027],
    ["2026-04", 4, 2027],
  ])("%s is in the fiscal year that starts in month %d and is called %d", (id, start, fiscalYear) => {
    expect(periodOfId(id, months("UTC", start)).fiscalYear).toBe(fiscalYear);
  });

  it.each(["2026-13", "2026", "october", "FY2026-P10", ""])("refuses %j", (id) => {
    expect(() => periodOfId(id, months())).toThrow(/for example, 2026-10/);
  });
});

describe("4-4-5", () => {
  it.each([
    // The Monday nearest to 1 January: fiscal years are those of ISO weeks.
    [1, 2025, "2024-12-30", "2025-12-29", 52],
    [1, 2026, "2025-12-29", "2027-01-04", 53],
    [1, 2027, "2027-01-04", "2028-01-03", 52],
    [10, 2026, "2025-09-29", "2026-09-28", 52],
    [10, 2027, "2026-09-28", "2027-10-04", 53],
    [2, 2027, "2026-02-02", "2027-02-01", 52],
  ])("from month %d on, %d runs from %s to %s: %d weeks", (start, fiscalYear, from, until, count) => {
    const first = periodOfId(`FY${fiscalYear}-P01`, weeks(start));
    const last = periodOfId(`FY${fiscalYear}-P12`, weeks(start));
    expect([dateOfKey(first.fromDay), dateOfKey(last.untilDay)]).toEqual([from, until]);
    expect(daysBetween(first.fromDay, last.untilDay) / 7).toBe(count);
  });

  it("has quarters of 4, 4 and 5 weeks; the 53rd week is the twelfth period's", () => {
    const lengths = (fiscalYear: number) =>
      Array.from({ length: 12 }, (_, i) => {
        const { fromDay, untilDay } = periodOfId(`FY${fiscalYear}-P${String(i + 1).padStart(2, "0")}`, weeks());
        return daysBetween(fromDay, untilDay) / 7;
      });
    expect(lengths(2025)).toEqual([4, 4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 5]);
    expect(lengths(2026)).toEqual([4, 4, 5, 4, 4, 5, 4, 4, 5, 4, 4, 6]);
  });

  it("refuses a month", () => {
    expect(() => periodOfId("2026-10", weeks())).toThrow(/for example, FY2026-P10/);
  });
});

describe("any calendar", () => {
  const calendars = fc.record({
    kind: fc.constantFrom("month" as const, "4-4-5" as const),
    fiscalYearStart: fc.integer({ min: 1, max: 12 }),
    zone: fc.constantFrom("UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe"),
  });
  const days = fc
    .date({ min: new Date("2000-01-01"), max: new Date("2099-12-31"), noInvalidDate: true })
    .map((date) => Number(date.toISOString().slice(0, 10).replaceAll("-", "")));

  it("puts each day in exactly one period, whose id names it, and leaves no hole between two", () => {
    fc.assert(
      fc.property(calendars, days, (calendar, day) => {
        const period = periodOfDay(day, calendar);
        expect(period.fromDay <= day && day < period.untilDay).toBe(true);
        expect(periodOfId(period.id, calendar)).toEqual(period);
        const next = nextPeriod(period, calendar);
        expect(next.fromDay).toBe(period.untilDay);
        expect(next.start).toBe(period.end);
        expect(previousPeriod(next, calendar)).toEqual(period);
      }),
      runs(100),
    );
  });

  it("has twelve periods in each fiscal year", () => {
    fc.assert(
      fc.property(calendars, days, (calendar, day) => {
        const years: number[] = [];
        let period = periodOfDay(day, calendar);
        for (let i = 0; i < 36; i++) {
          years.push(period.fiscalYear);
          period = nextPeriod(period, calendar);
        }
        const whole = years.filter((y) => y !== years[0] && y !== years.at(-1));
        for (const list of Map.groupBy(whole, (y) => y).values()) expect(list).toHaveLength(12);
      }),
      runs(100),
    );
  });

  it("can be cut where another calendar's last period ended", () => {
    const cut = cutPeriod(periodOfId("FY2027-P01", weeks()), 20270115, weeks());
    expect(cut).toMatchObject({ id: "FY2027-P01", fromDay: 20270115, untilDay: 20270201 });
    expect(formatInstant(cut.start)).toBe("2027-01-15T00:00:00Z");
  });
});
