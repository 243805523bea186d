import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sql } from "@/db/client";
import { openSqlite } from "@/db/sqlite";
import { SHARE_METHODS } from "@/lib/allocation/types";
import { ctxOf, GPU_HOUR, meterDay, seedInventory, seedPrice, seedTeam } from "@/lib/chargeback/testing-ledger";
import { getReport } from "./index.ts";
import type { Row } from "./report.ts";
import { chargeEverything, rowsOf, seedCosts, seedPolicy } from "./testing-cost.ts";

const DAYS = [20260930, 20261001, 20261002, 20261015, 20261031, 20261101] as const;

/** A few days of usage on two models, the second often without a price, whatever policy, imported cost. */
const ledgers = fc.record({
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
  moved: fc.boolean(),
});
type Ledger = typeof ledgers extends fc.Arbitrary<infer T> ? T : never;

async function build(drawn: Ledger) {
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
  for (const [day, rows] of Map.groupBy(drawn.usage, (u) => u.day))
    await meterDay(
      db,
      day,
      rows.map((u) => ({
        hardwareKey: u.hardware,
        workloadKey: u.workload,
        ...(u.workload === 0 ? { unallocatedMilli: u.milli } : { activeMilli: u.milli, deadIdleMilli: u.idle }),
      })),
    );
  const ctx = ctxOf(db);
  await chargeEverything(ctx);
  return { db, ctx };
}

const sumIn = (rows: readonly Row[], key: string) => rows.reduce((sum, row) => sum + Number(row[key]), 0);
const TOTALS = [
  "cost-by-team",
  "cost-by-project",
  "cost-by-user",
  "cost-by-workload",
  "cost-by-model",
  "cost-by-class",
];
const PERIODS = [
  { from: 20261001, until: 20261101 },
  { from: 20260901, until: 20261201 },
  { from: 20260930, until: 20261002 },
  { from: 20261015, until: 20261102 },
];

describe("the totals of the reports of money", () => {
  it("are one total: team_days + shares, in any period, by any grouping, and with no GPU-hour left out", async () => {
    await fc.assert(
      fc.asyncProperty(ledgers, async (drawn) => {
        const { db, ctx } = await build(drawn);
        try {
          for (const { from, until } of PERIODS) {
            const period = { start: 0, end: 1, label: "", days: { from, until } };
            const load = (slug: string, filters: Record<string, string> = {}) =>
              rowsOf(getReport(slug).load(ctx, period, filters));
            const truth = await db.find<{ amount: number; idle: number }>(sql`select
              (select coalesce(sum(amount_micros), 0) from team_days where day >= ${from} and day < ${until}) +
              (select coalesce(sum(amount_micros), 0) from shares where day >= ${from} and day < ${until}) as "amount",
              (select coalesce(sum(dead_idle_micros), 0) from team_days where day >= ${from} and day < ${until}) as "idle"`);
            const metered = drawn.usage
              .filter((u) => u.day >= from && u.day < until)
              .reduce((sum, u) => sum + u.milli + (u.workload ? u.idle : 0), 0);
            for (const slug of TOTALS) {
              const rows = await load(slug);
              expect([slug, sumIn(rows, "amount")]).toEqual([slug, truth?.amount]);
              if (slug !== "cost-by-class")
                expect([slug, sumIn(rows, "gpu_hours") + sumIn(rows, "gpu_hours_unpriced")]).toEqual([slug, metered]);
            }
            for (const grain of ["day", "week", "month"])
              expect(sumIn(await load("cost-trend", { grain }), "amount")).toBe(truth?.amount);
            expect(sumIn(await load("idle-cost"), "idle_amount")).toBe(truth?.idle);
            const byTeam = await load("cost-by-team");
            for (const row of byTeam.filter((r) => r.amount !== null))
              for (const slug of TOTALS)
                expect([slug, row.team, sumIn(await load(slug, { team: String(row.team) }), "amount")]).toEqual([
                  slug,
                  row.team,
                  row.amount,
                ]);
          }
        } finally {
          await db.close();
        }
      }),
      { numRuns: 30, seed: 20261101 },
    );
  });
});
