import fc from "fast-check";
import { type Db, sql } from "@/db/client.ts";
import { chargeSettings, exchangeRates } from "@/db/schema/index.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { DEFAULT_CHARGE_SETTINGS, SHARE_METHODS } from "@/lib/allocation/types.ts";
import { ctxOf, GPU_HOUR, meterDay, seedInventory, seedPrice, seedTeam } from "@/lib/charges/testing-ledger.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { chargeEverything, seedCosts, seedPolicy } from "./testing-cost.ts";

const DAYS = [20260930, 20261001, 20261002, 20261015, 20261031, 20261101] as const;

/**
 * A few days of usage on two models, the second often without a price, at times in euros; cores at times priced, too; what may
 * be pre-empted and what is above quota at prices of their own; whatever policy, unused quota charged or not; imported cost.
 */
export const LEDGER = {
  usage: fc.uniqueArray(
    fc.record({
      day: fc.constantFrom(...DAYS),
      hardware: fc.constantFrom(1, 2),
      workload: fc.nat(3),
      milli: fc.integer({ min: 1, max: 90 * GPU_HOUR }),
      idle: fc.integer({ min: 0, max: 5 * GPU_HOUR }),
      coreSeconds: fc.nat(1e7),
    }),
    { minLength: 1, maxLength: 30, selector: (u) => `${u.day}/${u.hardware}/${u.workload}` },
  ),
  h100: fc.integer({ min: 0, max: 9_999_999_999 }),
  a100: fc.option(fc.integer({ min: 1, max: 9_999_999_999 })),
  /** What a euro is worth, in nano-units, where the A100 is priced in it. */
  euro: fc.option(fc.integer({ min: 1, max: 2_000_000_000 })),
  core: fc.option(fc.integer({ min: 1, max: 99_999_999 })),
  spot: fc.option(fc.integer({ min: 1, max: 9_999_999_999 })),
  overQuota: fc.option(fc.integer({ min: 1, max: 9_999_999_999 })),
  /** From the second of October on. */
  unusedQuota: fc.boolean(),
  method: fc.constantFrom(...SHARE_METHODS),
  costs: fc.array(
    fc.record({
      fromDay: fc.constantFrom(20260930, 20261001),
      untilDay: fc.constantFrom(20261002, 20261101),
      teamKey: fc.constantFrom(0, 11),
      clusterId: fc.constantFrom("", "c1"),
      amountMicros: fc.integer({ min: -1_000_000, max: 1e10 }),
    }),
    { maxLength: 3 },
  ),
  /** The team begins on the second of October. */
  moved: fc.boolean(),
};
export const anyLedger = fc.record(LEDGER);
export type AnyLedger = typeof anyLedger extends fc.Arbitrary<infer T> ? T : never;

/** The ledger, metered and charged, in memory. */
export async function buildLedger(drawn: AnyLedger): Promise<{ readonly db: Db; readonly ctx: Ctx }> {
  const db = await openSqlite(":memory:");
  await seedInventory(db);
  await db.write((tx) =>
    tx.run(sql`insert into hardware (key, cluster_id, node_pool, gpu_model) values (2, 'c1', 'default', 'A100-40GB')`),
  );
  await seedTeam(db, 11, "Vision", "vision", drawn.moved ? 20261002 : undefined);
  await seedPrice(db, "H100", drawn.h100, 20200101);
  await seedTerms(db, drawn);
  await seedPolicy(db, drawn.method);
  await seedCosts(db, drawn.costs);
  await meterAll(db, drawn.usage);
  const ctx = ctxOf(db);
  await chargeEverything(ctx);
  return { db, ctx };
}

/** Prices beside that of the H100, and who pays for quota that is not used. */
async function seedTerms(db: Db, { a100, euro, core, spot, overQuota, unusedQuota }: AnyLedger): Promise<void> {
  const a100Price = euro === null ? {} : { currency: "EUR" };
  if (a100 !== null) await seedPrice(db, "A100", a100, 20200101, a100Price);
  if (core !== null) await seedPrice(db, "", core, 20261002, { kind: "cpu" });
  if (spot !== null) await seedPrice(db, "H100", spot, 20200101, { priceClass: "spot" });
  if (overQuota !== null) await seedPrice(db, "H100", overQuota, 20200101, { priceClass: "over-quota" });
  await db.write(async (tx) => {
    await tx.run(sql`update workloads set preemptible = 1 where key = 2`);
    await tx.run(sql`update projects set quota = '{"default":1000}' where key = 1`);
    const recorded = { recordedBy: "seed", recordedAt: 0, source: "bank" };
    if (euro !== null)
      await tx.insert(exchangeRates, [
        { currency: "EUR", day: 20200101, rateNanos: euro, ...recorded },
        { currency: "EUR", day: 20261015, rateNanos: euro + 1_234_567, ...recorded },
      ]);
    const settings = JSON.stringify({ ...DEFAULT_CHARGE_SETTINGS, chargeUnusedQuota: true });
    if (unusedQuota)
      await tx.insert(chargeSettings, [{ fromDay: 20261002, settings, decidedBy: "seed", decidedAt: 0 }]);
  });
}

/** Meters the days of the usage, in place of what they were. */
export async function meterAll(db: Db, usage: AnyLedger["usage"]): Promise<void> {
  for (const [day, rows] of Map.groupBy(usage, (u) => u.day))
    await meterDay(
      db,
      day,
      rows.map((u) => ({
        hardwareKey: u.hardware,
        workloadKey: u.workload,
        ...(u.workload === 0
          ? { unallocatedMilli: u.milli }
          : {
              activeMilli: u.milli,
              deadIdleMilli: u.idle,
              observedMilli: Math.floor((u.milli + u.idle) / 2),
              cpuRequestedMilliSeconds: u.coreSeconds * 1000,
            }),
      })),
    );
}
