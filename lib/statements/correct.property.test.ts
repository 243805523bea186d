import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { sqliteFile } from "@/db/testing.ts";
import { chargeDay } from "@/lib/charges/charge.ts";
import { loadChargeRules, loadDay, loadPlaces } from "@/lib/charges/day-load.ts";
import { forgetCharged } from "@/lib/charges/due-store.ts";
import { ctxOf, meterDay, seedInventory, seedPrice, seedTeam } from "@/lib/charges/testing-ledger.ts";
import { auditPeriod, verifyChain } from "@/lib/closing/audit.ts";
import { closePeriod, previewClose } from "@/lib/closing/close.ts";
import { charge, free, held, SETTINGS } from "@/lib/closing/testing-close.ts";
import { loadCloses } from "@/lib/periods/load.ts";
import { runs } from "@/lib/testing-runs.ts";
import { dayOfKey } from "@/lib/time.ts";

const FIRST = 20260801;
const DAYS = [20260830, 20260831, 20260915, 20260930, 20261001, 20261015, 20261101];
const PERIODS = ["2026-08", "2026-09", "2026-10"];
/** 2027: every period is over, and its grace days too. */
const LATE = Date.UTC(2027, 0, 20) / 1000;

type Step =
  | {
      readonly act: "meter";
      readonly day: number;
      readonly hours: readonly [number, number, number];
      readonly idle: number;
    }
  | { readonly act: "price"; readonly from: number; readonly nanos: number }
  | { readonly act: "team"; readonly project: string; readonly from: number }
  | { readonly act: "policy"; readonly from: number; readonly method: string }
  | { readonly act: "close" };

const days = fc.constantFrom(...DAYS);
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      act: fc.constant("meter" as const),
      day: days,
      hours: fc.tuple(fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 8 })),
      idle: fc.integer({ min: 0, max: 3 }),
    }),
    fc.record({ act: fc.constant("price" as const), from: days, nanos: fc.integer({ min: 1, max: 9_999_999_999 }) }),
    fc.record({ act: fc.constant("team" as const), project: fc.constantFrom("vision", "speech"), from: days }),
    fc.record({
      act: fc.constant("policy" as const),
      from: days,
      method: fc.constantFrom("platform", "charges", "equal", "quota"),
    }),
    fc.record({ act: fc.constant("close" as const) }),
  ),
  { minLength: 3, maxLength: 14 },
);

let made = 0;

async function run(db: Db, step: Step): Promise<void> {
  if (step.act === "meter") {
    const [a, b, c] = step.hours;
    const rows = [held(1, a, Math.min(a, step.idle)), held(2, b), held(3, c), free(24 - a - b - c)];
    await meterDay(
      db,
      step.day,
      rows.filter((r) => Object.values(r).some((v) => v > 3)),
    );
  }
  if (step.act === "price") {
    await seedPrice(db, "H100", step.nanos, step.from);
    await db.write((tx) => forgetCharged(tx, step.from));
  }
  if (step.act === "team") {
    await seedTeam(db, 100 + ++made, `Team ${made}`, step.project, step.from);
    // The newest team's rule comes first, so that a project really moves.
    await db.write((tx) => tx.run(sql`update team_rules set position = ${-made} where team_key = ${100 + made}`));
    await db.write((tx) => forgetCharged(tx, step.from));
  }
  if (step.act === "policy") {
    await db.write((tx) =>
      tx.run(sql`insert into share_policies (cluster_id, cost_class, from_day, method, decided_by, decided_at)
        values ('', 'unallocated', ${step.from}, ${step.method}, '', 0)
        on conflict (cluster_id, cost_class, from_day) do update set method = excluded.method`),
    );
    await db.write((tx) => forgetCharged(tx, step.from));
  }
  await charge(db, LATE);
  if (step.act === "close") await closeNext(db);
}

async function closeNext(db: Db): Promise<void> {
  const period = PERIODS[(await loadCloses(db)).length];
  if (!period) return;
  const { items } = await previewClose(ctxOf(db, LATE), SETTINGS, period);
  const passing = items.filter((i) => i.weight === "may");
  const overrides = passing.map((i) => ({ item: i.key, reason: "only some days are here" }));
  await closePeriod(ctxOf(db, LATE), SETTINGS, { period, overrides });
}

/** What each team was billed and will be: frozen, booked and pending. */
async function billed(db: Db): Promise<Map<number, number>> {
  const rows = await db.all<{
    team: number;
    micros: number;
  }>(sql`select team_key as team, cast(sum(m) as bigint) as micros from (
      select team_key, amount_micros as m from team_days union all select team_key, amount_micros from shares
      union all select team_key, amount_micros from corrections) x group by team_key having sum(m) <> 0`);
  return new Map(rows.map((r) => [r.team, r.micros]));
}

/** What each team's days come to now, made from nothing but usage and rules. */
async function now(db: Db): Promise<Map<number, number>> {
  const [rules, places] = await Promise.all([loadChargeRules(db, "USD"), loadPlaces(db)]);
  const out = new Map<number, number>();
  for (const day of DAYS) {
    const { charges, shares } = chargeDay(await loadDay(db, dayOfKey(day, "UTC"), rules, places));
    for (const row of [...charges, ...shares]) out.set(row.teamKey, (out.get(row.teamKey) ?? 0) + row.amountMicros);
  }
  return new Map([...out].filter(([, micros]) => micros !== 0));
}

const sorted = (map: ReadonlyMap<number, number>) => [...map].sort(([a], [b]) => a - b);

describe("closes and corrections", () => {
  it("keep frozen + booked + pending at what the days come to now, to the micro-unit per team, whatever happens", async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (list) => {
        const store = await sqliteFile();
        const { db } = store;
        try {
          await seedInventory(db);
          await seedPrice(db, "H100", 2_500_000_001, FIRST);
          for (const day of DAYS) await meterDay(db, day, [held(1, 5, 1), held(3, 7), free(12)]);
          await charge(db, LATE);
          for (const step of list) {
            await run(db, step);
            expect(sorted(await billed(db))).toEqual(sorted(await now(db)));
          }
          for (const { periodId } of await loadCloses(db))
            expect((await auditPeriod(ctxOf(db, LATE), SETTINGS, periodId)).faults).toEqual([]);
          expect(await verifyChain(ctxOf(db, LATE), SETTINGS)).toEqual([]);
        } finally {
          await store.drop();
        }
      }),
      runs(25, 20261101),
    );
  });
});
