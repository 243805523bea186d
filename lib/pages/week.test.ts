import { describe, expect, it } from "vitest";
import { HOUR } from "@/lib/time.ts";
import { weekOf } from "./week.ts";

/** Buckets of an hour with one GPU observed throughout at some percent. */
const at = (utc: number, percent: number) => ({
  ...{ bucketAt: utc, observedMilli: 3_600_000, heldMilli: 3_600_000, utilisationWeighted: percent * 100 * 3_600_000 },
});
const utc = (...parts: [number, number, number, number]) => Date.UTC(...parts) / 1000;

describe("the hours of the week", () => {
  it("weighs every such hour of the period, in the zone of the reader", () => {
    // A Monday 23:30 UTC is Tuesday in Berlin.
    const rows = [at(utc(2026, 10, 2, 23), 20), at(utc(2026, 10, 9, 23), 60)];
    expect(weekOf(rows, "UTC").days[0]?.[23]).toEqual({ utilisationPercent: 40, heldMilli: 7_200_000 });
    expect(weekOf(rows, "Europe/Berlin").days[1]?.[0]).toEqual({ utilisationPercent: 40, heldMilli: 7_200_000 });
  });

  it("counts every bucket once, also on the days on which clocks change", () => {
    const start = utc(2026, 9, 24, 0);
    const rows = Array.from({ length: 48 }, (_, i) => at(start + i * HOUR, 50));
    for (const zone of ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"]) {
      const held = weekOf(rows, zone)
        .days.flat()
        .reduce((sum, c) => sum + c.heldMilli, 0);
      expect(held).toBe(48 * 3_600_000);
    }
    // 2:00 to 3:00 happens twice in Berlin on that Sunday.
    expect(weekOf(rows, "Europe/Berlin").days[6]?.[2]?.heldMilli).toBe(2 * 3_600_000);
  });

  it("does not take what nobody observed for 0 %", () => {
    const week = weekOf([{ ...at(utc(2026, 10, 2, 5), 0), observedMilli: 0 }, at(utc(2026, 10, 3, 6), 7)], "UTC");
    expect(week.days[0]?.[5]).toEqual({ utilisationPercent: null, heldMilli: 3_600_000 });
    expect([week.high, week.low]).toEqual([
      [1, 6],
      [1, 6],
    ]);
    expect(weekOf([], "UTC")).toMatchObject({ high: null, low: null });
  });
});
