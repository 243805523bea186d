import { describe, expect, it } from "vitest";
import { formatInstant, parseInstant } from "@/lib/time.ts";
import { listRecentPeriods, type PeriodInput, parseBillingPeriod, parsePeriod } from "./period.ts";

const at = (text: string) => parseInstant(text) as number;
const now = at("2026-10-15T09:30:00Z");
const edges = (input: PeriodInput, zone = "UTC", when = now) => {
  const { start, end } = parsePeriod(input, zone, when);
  return [formatInstant(start), formatInstant(end)];
};

describe("parsePeriod", () => {
  it.each([
    ["today", "2026-10-15", "2026-10-16"],
    ["yesterday", "2026-10-14", "2026-10-15"],
    ["last-7-days", "2026-10-09", "2026-10-16"],
    ["last-30-days", "2026-09-16", "2026-10-16"],
    ["this-month", "2026-10-01", "2026-11-01"],
    ["last-month", "2026-09-01", "2026-10-01"],
    ["2025-12", "2025-12-01", "2026-01-01"],
    ["this-quarter", "2026-10-01", "2027-01-01"],
    ["last-quarter", "2026-07-01", "2026-10-01"],
    ["this-year", "2026-01-01", "2027-01-01"],
    ["last-year", "2025-01-01", "2026-01-01"],
    ["2026-Q1", "2026-01-01", "2026-04-01"],
    ["2026-Q4", "2026-10-01", "2027-01-01"],
    ["2025", "2025-01-01", "2026-01-01"],
  ])("%s is whole days, half-open", (period, from, to) => {
    expect(edges({ period })).toEqual([`${from}T00:00:00Z`, `${to}T00:00:00Z`]);
    const { days, label } = parsePeriod({ period }, "UTC", now);
    expect(days).toEqual({ from: Number(from.replaceAll("-", "")), until: Number(to.replaceAll("-", "")) });
    expect(label).toBe(period);
  });

  it("knows quarters around a new year", () => {
    const january = at("2027-01-31T12:00:00Z");
    expect(edges({ period: "last-quarter" }, "UTC", january)).toEqual(["2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z"]);
    expect(edges({ period: "last-month" }, "UTC", january)).toEqual(["2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"]);
  });

  it("is a fiscal period of the ledger that bills by them, and of no other", () => {
    const weeks = { kind: "4-4-5", fiscalYearStart: 1, zone: "UTC" } as const;
    const { days, label } = parsePeriod({ period: "FY2026-P10" }, "UTC", now, weeks);
    expect([label, days]).toEqual(["FY2026-P10", { from: 20260928, until: 20261026 }]);
    expect(parsePeriod({ month: "FY2026-P10" }, "UTC", now, weeks).days).toEqual(days);
    expect(parsePeriod({ month: "2026-10" }, "UTC", now, weeks).days).toEqual({ from: 20261001, until: 20261101 });
    expect(parseBillingPeriod({}, weeks, now).days).toEqual(days);
    expect(parseBillingPeriod({ month: "FY2026-P09" }, weeks, now).label).toBe("FY2026-P09");
    expect(parseBillingPeriod({}, { ...weeks, kind: "month" }, now).label).toBe("2026-10");
    expect(() => parsePeriod({ period: "FY2026-P10" }, "UTC", now, { ...weeks, kind: "month" })).toThrow("2026-10");
    expect(() => parsePeriod({ period: "FY2026-P10" }, "UTC", now)).toThrow("is not a period");
    expect(listRecentPeriods(weeks, now, 3)).toEqual(["FY2026-P10", "FY2026-P09", "FY2026-P08"]);
    for (const id of listRecentPeriods(weeks, now))
      expect(parsePeriod({ period: id }, "UTC", now, weeks).label).toBe(id);
    expect(listRecentPeriods({ ...weeks, kind: "month" }, now, 2)).toEqual(["2026-10", "2026-09"]);
  });

  it("is this month when nothing is given", () => {
    expect(edges({})).toEqual(edges({ period: "this-month" }));
    expect(edges({ period: "", from: undefined })).toEqual(edges({}));
  });

  it("takes dates as day starts of the zone: the end is not counted", () => {
    const berlin = parsePeriod({ from: "2026-10-25", to: "2026-10-26" }, "Europe/Berlin", now);
    expect(berlin.end - berlin.start).toBe(25 * 3600);
    expect(berlin.days).toEqual({ from: 20261025, until: 20261026 });
    expect(berlin.label).toBe("2026-10-25 to 2026-10-26");
    expect(edges({ from: "2026-10", to: "2026-11" })).toEqual(edges({ month: "2026-10" }));
    expect(edges({ period: "today" }, "Asia/Kolkata")).toEqual(["2026-10-14T18:30:00Z", "2026-10-15T18:30:00Z"]);
  });

  it("is today of the zone, not of UTC", () => {
    expect(edges({ period: "today" }, "Pacific/Auckland", at("2026-10-14T12:00:00Z"))[0]).toBe("2026-10-14T11:00:00Z");
  });

  it("takes instants at the edges of buckets", () => {
    const hour = parsePeriod({ from: "2026-10-01T03:00:00Z", to: "2026-10-01T06:00:00+02:00" }, "UTC", now);
    expect(hour.end - hour.start).toBe(3600);
    expect(hour.days).toBeUndefined();
    expect(edges({ from: "2026-10-01T03:15:00Z", to: "2026-10-01T03:30:00Z" }, "Asia/Kolkata")).toHaveLength(2);
  });

  it.each<[PeriodInput, string]>([
    [{ period: "fortnight" }, '"fortnight" is not a period: use today, yesterday'],
    [{ period: "toString" }, '"toString" is not a period'],
    [{ month: "2026-13" }, "YYYY-MM"],
    [{ period: "today", month: "2026-10" }, "More than one period"],
    [{ month: "2026-10", from: "2026-10-01", to: "2026-10-02" }, "More than one period"],
    [{ from: "2026-10-01" }, "The period has no end"],
    [{ to: "2026-10-01" }, "The period has no start"],
    [{ from: "2026-10-02", to: "2026-10-01" }, "its start 2026-10-02 is not before its end 2026-10-01"],
    [{ from: "2026-10-01", to: "2026-10-01" }, "for one day, end on the next day"],
    [{ from: "2016-01-01", to: "2026-10-01" }, "longer than ten years"],
    [{ from: "0026-10-01", to: "2026-10-02" }, "before the year 2000"],
    [{ month: "1026-10" }, "before the year 2000"],
    [{ from: "2026-02-30", to: "2026-03-02" }, "not a date of the calendar"],
    [{ from: "2026-02-30T00:00:00Z", to: "2026-03-05" }, "not a date of the calendar"],
    [{ from: "yesterday", to: "2026-10-01" }, "is not a date"],
    [{ from: "2026-10-01T00:00:00 02:00", to: "2026-10-02" }, "is not a date"],
    [
      { from: "2026-10-01T00:07:00Z", to: "2026-10-02" },
      "2026-10-01T00:07:00Z falls inside a bucket: usage is kept in buckets of 1 h. Use 2026-10-01T00:00:00Z or 2026-10-01T01:00:00Z.",
    ],
  ])("refuses %j, saying why", (input, message) => {
    expect(() => parsePeriod(input, "UTC", now)).toThrow(expect.objectContaining({ code: "invalid" }));
    expect(() => parsePeriod(input, "UTC", now)).toThrow(message);
  });
});
