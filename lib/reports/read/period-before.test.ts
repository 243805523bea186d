import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { capacity, meteredDays } from "@/db/schema/index.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { addDays, dateOf, dayKey, daysBetween, parseInstant } from "@/lib/time.ts";
import { Random } from "@/simulator/random.ts";
import { comparedDays, daysBefore } from "./period-before.ts";

const monthsFrom = (day: number, months: number) => {
  const at = Math.floor(day / 10_000) * 12 + (Math.floor(day / 100) % 100) - 1;
  const first = (n: number) => Math.floor(n / 12) * 10_000 + ((n % 12) + 1) * 100 + 1;
  return { from: first(at), until: first(at + months) };
};

describe("the period before", () => {
  it.each([
    ["a month that is over", 20261001, 20261101, 20261110, 20260901, 20261001],
    ["the first ten days of a month", 20261101, 20261201, 20261110, 20261001, 20261011],
    ["a March that has 30 complete days", 20260301, 20260401, 20260330, 20260201, 20260301],
    ["January", 20260101, 20260201, 20260301, 20251201, 20260101],
    ["a quarter", 20260101, 20260401, 20260501, 20251001, 20260101],
    ["thirteen months", 20251001, 20261101, 20261110, 20240901, 20251001],
    ["a week", 20261102, 20261109, 20261120, 20261026, 20261102],
    ["a week of which three days are complete", 20261109, 20261116, 20261111, 20261106, 20261109],
  ])("of %s", (_, from, until, today, first, end) => {
    expect(daysBefore({ from, until }, today)?.before).toEqual({ from: first, until: end });
  });

  it("is nothing while no day is complete", () => {
    expect(daysBefore({ from: 20261201, until: 20270101 }, 20261130)).toBeNull();
    expect(daysBefore({ from: 20261110, until: 20261111 }, 20261109)).toBeNull();
  });

  it("compares as many days as there are before, of complete days alone", () => {
    const random = new Random(11);
    for (let i = 0; i < 2000; i++) {
      const from = addDays(20260101, random.int(0, 500));
      const days =
        random.next() < 0.5 ? monthsFrom(from, random.int(1, 4)) : { from, until: addDays(from, random.int(1, 90)) };
      const last = addDays(days.from, random.int(-5, 140));
      const pair = daysBefore(days, last);
      if (last < days.from) {
        expect(pair).toBeNull();
        continue;
      }
      if (!pair) throw new Error("a day is complete");
      expect(pair.now.from).toBe(days.from);
      expect(pair.now.until).toBeLessThanOrEqual(Math.min(days.until, addDays(last, 1)));
      expect(pair.before.until).toBeLessThanOrEqual(pair.now.from);
      const over = addDays(last, 1) >= days.until;
      const whole = days.from % 100 === 1 && days.until % 100 === 1;
      if (!(over && whole))
        expect(daysBetween(pair.now.from, pair.now.until)).toBe(daysBetween(pair.before.from, pair.before.until));
      else expect(pair).toMatchObject({ now: days, before: { until: days.from } });
    }
  });
});

describe("what is compared while a day goes on", () => {
  let db: Db;
  beforeEach(async () => {
    db = await openSqlite(":memory:");
    const days = Array.from({ length: 62 }, (_, i) => addDays(20260901, i));
    await db.write((tx) =>
      tx.insert(
        meteredDays,
        days.map((day) => ({ clusterId: "c1", day, revision: 1 })),
      ),
    );
  });
  afterEach(() => db.close());

  /** Everything is metered up to a minute ago. */
  const compare = async (text: string, days: { from: number; until: number }, zone: string) => {
    const at = parseInstant(text) as number;
    const bucketAt = Math.floor((at - 60) / 3600) * 3600;
    await db.write(async (tx) => {
      await tx.run(sql`delete from ${capacity}`);
      const row = { bucketAt, hardwareKey: 1, capacityMilli: 1, overlapMilli: 0, rulesId: "" };
      await tx.insert(capacity, [{ ...row, throughAt: at - 60 }]);
    });
    const ctx = { ...ctxOf(db), now: () => at, ledger: testLedger({ BILLING_TIME_ZONE: zone }) };
    return (await comparedDays(ctx, days, dayKey(dateOf(at, zone))))?.pair;
  };
  const october = { from: 20261001, until: 20261101 };

  it.each(["UTC", "Europe/Berlin"])("does not depend on the hour, also on the day of 25 hours, in %s", async (zone) => {
    // 25 October 2026 has 25 hours in Berlin.
    const pair = { now: { from: 20261001, until: 20261025 }, before: { from: 20260901, until: 20260925 } };
    for (let hour = 2; hour < 22; hour++)
      expect(await compare(`2026-10-25T${String(hour).padStart(2, "0")}:30:00Z`, october, zone)).toEqual(pair);
  });

  it("begins when the first day of a month is complete and metered to its end", async () => {
    for (const hour of ["00", "08", "23"])
      expect(await compare(`2026-10-01T${hour}:30:00Z`, october, "UTC")).toBeNull();
    // Midnight is over, and yesterday not metered to its end.
    expect(await compare("2026-10-02T00:00:30Z", october, "UTC")).toBeNull();
    expect(await compare("2026-10-02T00:01:00Z", october, "UTC")).toEqual({
      now: { from: 20261001, until: 20261002 },
      before: { from: 20260901, until: 20260902 },
    });
  });
});
