import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkMoney } from "@/db/check-money.ts";
import { type Db, sql } from "@/db/client.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { closePeriod, previewClose } from "@/lib/closing/close.ts";
import { SETTINGS } from "@/lib/closing/testing-close.ts";
import { correctDue } from "@/lib/statements/correct-run.ts";
import { listPending } from "@/lib/statements/correct-store.ts";
import { forgetCharged } from "./due-store.ts";
import { chargeDue } from "./run.ts";
import { ctxOf, GPU_HOUR, meterDay, NOW, seedInventory, seedPrice, seedTeam } from "./testing-ledger.ts";

const options = { currency: "USD", billingTimeZone: "UTC" };
const held = (workloadKey: number, hours: number) => ({
  hardwareKey: 1,
  workloadKey,
  activeMilli: hours * GPU_HOUR,
  observedMilli: hours * GPU_HOUR,
});
const free = (hours: number) => ({ hardwareKey: 1, workloadKey: 0, unallocatedMilli: hours * GPU_HOUR });

describe.each(engines)("charging on $name", (engine) => {
  let store: TestDb;
  beforeEach(async () => {
    if (isAbsent(engine)) return;
    store = (await engine.open()) as TestDb;
    await seedInventory(store.db);
  });
  afterEach(() => (isAbsent(engine) ? undefined : store.drop()));

  const totals = async () => {
    const rows = await store.db.all<{ day: number; team: number; micros: number }>(
      sql`select day, team_key as team, cast(sum(amount_micros) as bigint) as micros from team_days group by day, team_key order by day, team_key`,
    );
    return rows.map((r) => [r.day, r.team, r.micros / 1e6]);
  };

  it.skipIf(isAbsent(engine))("charges what was metered, once, and again when it or its price changes", async () => {
    const { db } = store;
    const ctx = ctxOf(db);
    await seedTeam(db, 11, "Vision", "vision");
    await meterDay(db, 20261101, [held(1, 10), held(3, 2), free(12)]);
    expect(await chargeDue(ctx, options)).toBe(1);
    expect(await totals()).toEqual([]);
    expect(await db.all(sql`select day, quantity, reason from unpriced`)).toEqual([
      { day: 20261101, quantity: 24 * GPU_HOUR, reason: expect.stringContaining("NVIDIA-H100-80GB-HBM3") },
    ]);

    await seedPrice(db, "H100 80GB", 2_500_000_000, 20261101);
    await db.write((tx) => forgetCharged(tx, 20261101));
    expect(await chargeDue(ctx, options)).toBe(1);
    const charged = [
      [20261101, 1, 30],
      [20261101, 2, 5],
      [20261101, 11, 25],
    ];
    expect(await totals()).toEqual(charged);
    expect(await db.all(sql`select * from unpriced`)).toEqual([]);
    expect(await chargeDue(ctx, options)).toBe(0);

    // Late samples: metering sums the day again, and so do charges.
    await meterDay(db, 20261101, [held(1, 11), held(3, 2), free(11)]);
    expect(await chargeDue(ctx, options)).toBe(1);
    expect(await totals()).toEqual([
      [20261101, 1, 27.5],
      [20261101, 2, 5],
      [20261101, 11, 27.5],
    ]);
    await meterDay(db, 20261101, [held(1, 10), held(3, 2), free(12)]);
    await chargeDue(ctx, options);
    expect(await totals()).toEqual(charged);
    expect(await checkMoney(db)).toEqual([]);
  });

  it.skipIf(isAbsent(engine))("is checked: a charge, a sum or a share that was tampered with is reported", async () => {
    const { db } = store;
    await seedPrice(db, "H100", 1_000_000_000, 20200101);
    await meterDay(db, 20261101, [held(1, 10), free(14)]);
    await chargeDue(ctxOf(db), options);
    expect(await checkMoney(db)).toEqual([]);
    await db.write((tx) => tx.run(sql`update charges set amount_micros = amount_micros + 1 where workload_key = 1`));
    await db.write((tx) =>
      tx.run(sql`insert into shares (day, cluster_id, hardware_key, cost_class, team_key, method, amount_micros, weight, weight_total)
        values (20261101, 'c1', 1, 'down', 2, 'equal', 5, 1, 1)`),
    );
    await db.write((tx) =>
      tx.run(sql`insert into unpriced (day, hardware_key, sku, price_class, quantity, reason)
        values (20261101, 1, 'gpu', 'standard', 7, '')`),
    );
    await db.write((tx) => tx.run(sql`update spend_months set gpu_milli = gpu_milli + 1 where team_key = 2`));
    expect((await checkMoney(db)).map((f) => f.subject)).toEqual([
      "workload 1, day 20261101",
      "hardware 1, day 20261101",
      "team 2, day 20261101",
      "class down, day 20261101",
      "team 2, day 20261101",
      "team 2, month 202611",
    ]);
  });

  it.skipIf(isAbsent(engine))("leaves a closed period alone, and the database refuses to change it", async () => {
    const { db } = store;
    await seedPrice(db, "H100", 1_000_000_000, 20200101);
    await meterDay(db, 20261031, [held(1, 24)]);
    await meterDay(db, 20261101, [held(1, 24)]);
    await chargeDue(ctxOf(db), options);
    await db.write((tx) =>
      tx.run(sql`insert into closes (period_id, sequence, from_day, until_day, closed_by, closed_at, currency, billing_time_zone, total_micros, overrides, hash, previous_hash)
        values ('2026-10', 1, 20261001, 20261101, 'x', ${NOW}, 'USD', 'UTC', 0, '[]', 'h', '')`),
    );
    await meterDay(db, 20261031, [held(1, 12)]);
    expect(await chargeDue(ctxOf(db), options)).toBe(0);
    for (const act of [
      sql`update charges set amount_micros = 0 where day = 20261031`,
      sql`update charges set day = 20261030 where day = 20261101`,
      sql`delete from charges where day = 20261031`,
      sql`delete from team_days`,
      sql`update spend_days set usage_micros = 0 where day = 20261031`,
      sql`delete from spend_months where month = 202610`,
      sql`update closes set hash = ''`,
      sql`delete from closes`,
    ])
      await expect(db.write((tx) => tx.run(act))).rejects.toThrow();
    expect(await totals()).toEqual([
      [20261031, 2, 24],
      [20261101, 2, 24],
    ]);
  });

  it.skipIf(isAbsent(engine))("keeps nothing that was made of what was changed meanwhile, open or closed", async () => {
    const { db } = store;
    await seedTeam(db, 11, "Vision", "vision");
    await seedPrice(db, "H100", 1_000_000_000, 20200101);
    for (const day of [20261030, 20261031, 20261101]) await meterDay(db, day, [held(1, 10), free(14)]);
    /** A price is approved by somebody else just before the first day that is made is written. */
    const raced = (fromDay: number, unitPriceNanos: number): Db => {
      let first = true;
      const write: Db["write"] = async (body) => {
        if (first) {
          first = false;
          await seedPrice(db, "H100", unitPriceNanos, fromDay);
          await db.write((tx) => forgetCharged(tx, fromDay));
        }
        return db.write(body);
      };
      return new Proxy(db, {
        get: (target, key) => {
          if (key === "write") return write;
          const value = Reflect.get(target, key) as unknown;
          return typeof value === "function" ? value.bind(target) : value;
        },
      });
    };
    expect(await chargeDue(ctxOf(raced(20260101, 2_000_000_000)), options)).toBe(3);
    expect((await totals()).filter(([, team]) => team === 11)).toEqual([
      [20261030, 11, 20],
      [20261031, 11, 20],
      [20261101, 11, 20],
    ]);
    const { items } = await previewClose(ctxOf(db), SETTINGS, "2026-10");
    const overrides = items.filter((i) => i.weight === "may").map((i) => ({ item: i.key, reason: "for the test" }));
    await closePeriod(ctxOf(db), SETTINGS, { period: "2026-10", overrides });
    await db.write((tx) => forgetCharged(tx, 20261030));
    await correctDue(ctxOf(raced(20261031, 3_000_000_000)), options);
    expect(await listPending(db)).toMatchObject([
      { originDay: 20261031, teamKey: 1, amountMicros: 14_000_000 },
      { originDay: 20261031, teamKey: 11, amountMicros: 10_000_000 },
    ]);
    await chargeDue(ctxOf(db), options);
    expect((await totals()).filter(([, team]) => team === 11).at(-1)).toEqual([20261101, 11, 30]);
  });
});
