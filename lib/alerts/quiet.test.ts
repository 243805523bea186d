import fc from "fast-check";
import { expect, test } from "vitest";
import { formatInstant, parseInstant } from "@/lib/time.ts";
import { formatMinute, minuteOf, parseMinute, quietUntil } from "./quiet.ts";

const end = (from: string, until: string, at: string, zone: string) =>
  formatInstant(
    quietUntil(
      { quietFrom: parseMinute(from) as number, quietUntil: parseMinute(until) as number },
      parseInstant(at) as number,
      zone,
    ),
  );

test.each([
  // Within one day, and outside.
  ["12:00", "13:30", "2026-11-20T12:10:00Z", "UTC", "2026-11-20T13:30:00Z"],
  ["12:00", "13:30", "2026-11-20T13:30:00Z", "UTC", "2026-11-20T13:30:00Z"],
  ["12:00", "13:30", "2026-11-20T11:59:59Z", "UTC", "2026-11-20T11:59:59Z"],
  // Over midnight: before it, and behind it.
  ["22:00", "07:00", "2026-11-20T23:00:00Z", "UTC", "2026-11-21T07:00:00Z"],
  ["22:00", "07:00", "2026-11-21T06:59:00Z", "UTC", "2026-11-21T07:00:00Z"],
  ["22:00", "07:00", "2026-11-21T07:00:00Z", "UTC", "2026-11-21T07:00:00Z"],
  // The nights on which clocks change: the end is by the clock.
  ["22:00", "07:00", "2026-03-28T22:00:00Z", "Europe/Berlin", "2026-03-29T05:00:00Z"],
  ["22:00", "07:00", "2026-10-24T22:00:00Z", "Europe/Berlin", "2026-10-25T06:00:00Z"],
  ["22:00", "07:00", "2026-11-20T20:00:00Z", "Asia/Kolkata", "2026-11-21T01:30:00Z"],
  // An end that the clock skips.
  ["01:00", "02:30", "2026-03-29T00:30:00Z", "Europe/Berlin", "2026-03-29T01:30:00Z"],
])("quiet from %s to %s at %s in %s ends at %s", (from, until, at, zone, expected) =>
  expect(end(from, until, at, zone)).toBe(expected),
);

test("the end is never before now, at most a day and an hour later, and not quiet itself", () => {
  const minute = fc.integer({ min: 0, max: 1439 });
  const zone = fc.constantFrom("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe");
  fc.assert(
    fc.property(
      minute,
      minute,
      fc.integer({ min: 1_767_225_600, max: 1_798_761_600 }),
      zone,
      (quietFrom, until, now, tz) => {
        const hours = { quietFrom, quietUntil: until };
        const at = quietUntil(hours, now, tz);
        expect(at).toBeGreaterThanOrEqual(now);
        expect(at - now).toBeLessThanOrEqual(25 * 3600);
        if (quietFrom !== until) expect(quietUntil(hours, at, tz)).toBe(at);
      },
    ),
    { numRuns: 150, seed: 3 },
  );
});

test("no quiet hours, and times as people write them", () => {
  expect(quietUntil({ quietFrom: -1, quietUntil: -1 }, 5, "UTC")).toBe(5);
  expect([parseMinute("7:05"), parseMinute("24:00"), parseMinute("x"), formatMinute(425), formatMinute(-1)]).toEqual([
    425,
    null,
    null,
    "07:05",
    "",
  ]);
  expect(minuteOf(parseInstant("2026-11-20T23:30:00Z") as number, "Europe/Berlin")).toBe(30);
});
