import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runs } from "./testing-runs.ts";
import * as time from "./time.ts";
import { DAY, HOUR, type Interval } from "./time.ts";

const at = (text: string) => time.parseInstant(text) as number;
const interval = fc
  .tuple(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 60 }))
  .map(([start, length]): Interval => ({ start, end: start + length }));
const intervals = fc.array(interval, { maxLength: 12 });
/** The definition to compare with: the seconds of an interval, one by one. */
const points = (list: readonly Interval[]) => {
  const set = new Set<number>();
  for (const i of list) for (let s = i.start; s < i.end; s++) set.add(s);
  return [...set].sort((a, b) => a - b);
};
const isTidy = (list: readonly Interval[]) =>
  list.every((i, n) => i.start < i.end && (n === 0 || (list[n - 1] as Interval).end < i.start));

test("the hour of an instant is that of its zone, also where clocks change", () => {
  expect(["UTC", "Asia/Kolkata", "America/New_York"].map((z) => time.hourOf(at("2026-11-02T03:30:00Z"), z))).toEqual([
    3, 9, 22,
  ]);
  expect(["00:30", "01:30"].map((t) => time.hourOf(at(`2026-03-29T${t}:00Z`), "Europe/Berlin"))).toEqual([1, 3]);
});

test("days between two keys are the days that are added", () => {
  const days = fc.integer({ min: -9_000, max: 2_900_000 });
  fc.assert(
    fc.property(days, (n) => {
      expect(time.daysBetween(20261001, time.addDays(20261001, n))).toBe(n);
    }),
  );
});

describe("intervals", () => {
  test("intersection holds the seconds that both have", () => {
    fc.assert(
      fc.property(interval, interval, (a, b) => {
        const both = time.intersect(a, b);
        const inB = new Set(points([b]));
        expect(both ? points([both]) : []).toEqual(points([a]).filter((s) => inB.has(s)));
        expect(time.intersect(b, a)).toEqual(both);
      }),
      runs(100),
    );
  });
  test("touching intervals share nothing", () => {
    expect(time.intersect({ start: 0, end: 10 }, { start: 10, end: 20 })).toBeNull();
  });
  test("a union is sorted and disjoint, and holds the same seconds", () => {
    fc.assert(
      fc.property(intervals, (list) => {
        const joined = time.union(list);
        expect(points(joined)).toEqual(points(list));
        expect(isTidy(joined)).toBe(true);
        expect(time.union(joined)).toEqual(joined);
        expect(time.seconds(joined)).toBe(points(list).length);
      }),
      runs(100),
    );
  });
  test("what is subtracted and what is left make the whole", () => {
    fc.assert(
      fc.property(interval, intervals, (whole, parts) => {
        const left = time.subtract(whole, parts);
        const taken = new Set(points(parts));
        expect(points(left)).toEqual(points([whole]).filter((s) => !taken.has(s)));
        expect(isTidy(left)).toBe(true);
      }),
      runs(100),
    );
  });
  test("windows are aligned, in order, and make the range", () => {
    fc.assert(
      fc.property(interval, fc.integer({ min: 1, max: 50 }), (range, length) => {
        const list = [...time.windows(range, length)];
        expect(list.flatMap((w) => points([w]))).toEqual(points([range]));
        for (const w of list) expect(time.floorTo(w.start, length)).toBe(time.floorTo(w.end - 1, length));
        for (const w of list.slice(1)) expect(w.start % length).toBe(0);
      }),
      runs(100),
    );
  });
  test("floor and ceiling, before 1970 too", () => {
    expect([time.floorTo(3601, HOUR), time.ceilTo(3601, HOUR), time.ceilTo(3600, HOUR)]).toEqual([3600, 7200, 3600]);
    expect(time.floorTo(-1, HOUR)).toBe(-3600);
  });
});

describe("instants", () => {
  test.each([
    ["2026-10-01T00:00:00Z", 1_790_812_800],
    ["2026-10-01T02:00:00+02:00", 1_790_812_800],
    ["2026-10-01 00:00:00", 1_790_812_800],
    ["2026-10-01T00:00:00.999Z", 1_790_812_800],
    ["2026-10-01T00:00:00.123456", 1_790_812_800],
    ["nonsense", null],
    ["", null],
  ])("%s", (text, expected) => {
    expect(time.parseInstant(text)).toBe(expected);
  });
  test("written and read again", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800 }), (i) => time.parseInstant(time.formatInstant(i)) === i),
      runs(100),
    );
  });
});

describe("days", () => {
  const hours = (month: string, zone: string) =>
    time.daysOf(time.monthInterval(month, zone), zone).map((d) => (d.end - d.start) / HOUR);
  test("New York springs forward and falls back", () => {
    const march = time.daysOf(time.monthInterval("2026-03", "America/New_York"), "America/New_York");
    expect(march).toHaveLength(31);
    expect(march[7]).toEqual({
      start: at("2026-03-08T05:00:00Z"),
      end: at("2026-03-09T04:00:00Z"),
      date: "2026-03-08",
      key: 20260308,
    });
    expect(hours("2026-03", "America/New_York").filter((h) => h !== 24)).toEqual([23]);
    expect(hours("2026-11", "America/New_York").filter((h) => h !== 24)).toEqual([25]);
  });
  test("Lord Howe shifts by half an hour", () => {
    expect(hours("2026-04", "Australia/Lord_Howe").filter((h) => h !== 24)).toEqual([24.5]);
    expect(hours("2026-10", "Australia/Lord_Howe").filter((h) => h !== 24)).toEqual([23.5]);
  });
  test("a day that skips its midnight starts at the first instant it has", () => {
    const [day] = time.daysOf(
      { start: at("2026-09-06T12:00:00Z"), end: at("2026-09-06T13:00:00Z") },
      "America/Santiago",
    );
    expect(day).toMatchObject({
      date: "2026-09-06",
      start: at("2026-09-06T04:00:00Z"),
      end: at("2026-09-07T03:00:00Z"),
    });
  });
  test("days of any range are whole, in order, without holes", () => {
    const zones = [
      "UTC",
      "America/New_York",
      "Asia/Kathmandu",
      "Australia/Lord_Howe",
      "Pacific/Apia",
      "America/Santiago",
    ];
    const start = fc.integer({ min: at("2020-01-01T00:00:00Z"), max: at("2030-01-01T00:00:00Z") });
    fc.assert(
      fc.property(start, fc.integer({ min: 1, max: 40 * DAY }), fc.constantFrom(...zones), (from, length, zone) => {
        const range = { start: from, end: from + length };
        const days = time.daysOf(range, zone);
        expect((days[0] as Interval).start).toBeLessThanOrEqual(range.start);
        expect((days.at(-1) as Interval).end).toBeGreaterThanOrEqual(range.end);
        expect((days.at(-1) as Interval).start).toBeLessThan(range.end);
        days.slice(1).forEach((day, i) => {
          expect(day.start).toBe(days[i]?.end);
        });
        for (const day of days) {
          expect(time.dateOf(day.start, zone)).toBe(day.date);
          expect(time.dateOf(day.end - 1, zone)).toBe(day.date);
        }
      }),
      runs(60),
    );
  });
  test("keys", () => {
    expect(time.dayKey("2026-03-08")).toBe(20260308);
  });
});

describe("months and edges", () => {
  test("a month is of the zone", () => {
    expect(time.monthInterval("2026-10", "Asia/Kathmandu")).toEqual({
      start: at("2026-09-30T18:15:00Z"),
      end: at("2026-10-31T18:15:00Z"),
    });
    expect(time.monthOf(at("2026-09-30T18:15:00Z"), "Asia/Kathmandu")).toBe("2026-10");
    expect(time.monthOf(at("2026-09-30T18:14:59Z"), "Asia/Kathmandu")).toBe("2026-09");
    expect(time.monthInterval("2026-12", "UTC").end).toBe(at("2027-01-01T00:00:00Z"));
  });
  test.each(["2026-13", "2026-1", "26-10", "2026-00", "October"])("%s is no month", (text) => {
    expect(() => time.monthInterval(text, "UTC")).toThrow(`"${text}" is not a month`);
  });
  test.each([
    ["2026-10", "Europe/Berlin", "2026-09-30T22:00:00Z"],
    ["2026-10-25", "Europe/Berlin", "2026-10-24T22:00:00Z"],
    ["2026-10-26", "Europe/Berlin", "2026-10-25T23:00:00Z"],
    ["2026-10-25T01:30:00+01:00", "Europe/Berlin", "2026-10-25T00:30:00Z"],
  ])("%s in %s", (text, zone, expected) => {
    expect(time.parseEdge(text, zone)).toBe(at(expected));
  });
  test.each(["2026-02-30", "2026-13", "yesterday", "1790812800", ""])("%s is no edge", (text) => {
    expect(() => time.parseEdge(text, "UTC")).toThrow(/is not a date/);
  });
  test("zones", () => {
    expect(time.checkZone("Europe/Berlin")).toBe("Europe/Berlin");
    expect(() => time.checkZone("Berlin")).toThrow('Unknown time zone "Berlin"');
  });
});

test.each([
  ["UTC", 3600],
  ["Europe/Berlin", 3600],
  ["America/New_York", 3600],
  ["Asia/Kathmandu", 900],
  ["Asia/Kolkata", 900],
  ["Australia/Lord_Howe", 900],
  ["America/St_Johns", 900],
])("buckets of %s are %i s", (zone, expected) => {
  expect(time.bucketSecondsFor(zone)).toBe(expected);
  // Whatever the zone, a local day begins and ends between two buckets.
  for (const day of time.daysOf(time.monthInterval("2026-04", zone), zone)) expect(day.start % expected).toBe(0);
});

describe("durations", () => {
  test.each([
    ["1h30m", 5_400_000],
    ["30s", 30_000],
    ["100ms", 100],
    ["14d", 1_209_600_000],
    ["1.5h", 5_400_000],
    ["0", 0],
    ["30", null],
    ["5 m", null],
    ["m", null],
    ["-5m", null],
    ["", null],
  ])("%s", (text, expected) => {
    expect(time.parseDurationMs(text)).toBe(expected);
  });
  test.each([
    [0, "0 s"],
    [59.4, "59 s"],
    [60, "1 min"],
    [3599, "1 h"],
    [3600, "1 h"],
    [5400, "1 h 30 min"],
    [7199, "2 h"],
    [86_399, "1 d"],
    [86_400, "1 d"],
    [273_600, "3 d 4 h"],
  ])("%d s reads %s", (total, expected) => {
    expect(time.formatSeconds(total)).toBe(expected);
  });
});
