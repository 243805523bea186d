import fc from "fast-check";
import { type Db, sql } from "@/db/client";
import { openSqlite } from "@/db/sqlite";
import { SHARE_METHODS } from "@/lib/allocation/types";
import { ctxOf, GPU_HOUR, meterDay, seedInventory, seedPrice, seedTeam } from "@/lib/chargeback/testing-ledger";
import type { Ctx } from "@/lib/ctx";
import { chargeEverything, seedCosts, seedPolicy } from "./testing-cost.ts";

const DAYS = [20260930, 20261001, 20261002, 20261015, 20261031, 20261101] as const;

/** A few days of usage on two models, the second often without a price, whatever policy, imported cost. */
export const LEDGER = {
  usage: fc.uniqueArray(
    fc.record({
      day: fc.constantFrom(...DAYS),
      hardware: fc.constantFrom(1, 2),
      workload: fc.nat(3),
      milli: fc.integer({ min: 1, max: 90 * GPU_HOUR }),
      idle: fc.integer({ min: 0, max: 5 * GPU_HOUR }),
    }),
    { minLength: 1, maxLength: 30, selector: (u) => `${u.day}/${u.hardware}/${u.workload}` },
  ),
  h100: fc.integer({ min: 0, max: 9_999_999_999 }),
  a100: fc.option(fc.integer({ min: 1, max: 9_999_999_999 })),
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
  if (drawn.a100 !== null) await seedPrice(db, "A100", drawn.a100, 20200101);
  await seedPolicy(db, drawn.method);
  await seedCosts(db, drawn.costs);
  await meterAll(db, drawn.usage);
  const ctx = ctxOf(db);
  await chargeEverything(ctx);
  return { db, ctx };
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
        ...(u.workload === 0 ? { unallocatedMilli: u.milli } : { activeMilli: u.milli, deadIdleMilli: u.idle }),
      })),
    );
}
