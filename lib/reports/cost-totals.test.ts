import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { adjustments, closes, corrections } from "@/db/schema/index.ts";
import { loadCost } from "@/lib/pages/cost.ts";
import { runs } from "@/lib/testing-runs.ts";
import { getReport } from "./index.ts";
import type { Row } from "./report.ts";
import { loadReport } from "./testing.ts";
import { rowsOf } from "./testing-cost.ts";
import { buildLedger, LEDGER } from "./testing-ledgers.ts";

/** September is closed; what changed of it since is booked in October, or waits to be; disputes are answered in both. */
const ledgers = fc.record({
  ...LEDGER,
  corrections: fc.uniqueArray(
    fc.record({
      teamKey: fc.constantFrom(1, 2, 11),
      projectKey: fc.constantFrom(0, 1),
      hardwareKey: fc.constantFrom(0, 1, 2),
      bookedIn: fc.constantFrom("", "2026-10"),
      amountMicros: fc.integer({ min: -1e9, max: 1e9 }),
    }),
    { maxLength: 6, selector: (c) => JSON.stringify({ ...c, amountMicros: 0 }) },
  ),
  adjustments: fc.array(
    fc.record({ periodId: fc.constantFrom("2026-09", "2026-10"), amountMicros: fc.integer({ min: -1e9, max: 1e9 }) }),
    { maxLength: 2 },
  ),
  closedOctober: fc.boolean(),
});
type Ledger = typeof ledgers extends fc.Arbitrary<infer T> ? T : never;

async function build(drawn: Ledger) {
  const { db, ctx } = await buildLedger(drawn);
  await book(db, drawn);
  return { db, ctx };
}

async function book(db: Db, { corrections: found, adjustments: answers, closedOctober }: Ledger): Promise<void> {
  const closed = (sequence: number, periodId: string, fromDay: number, untilDay: number) => ({
    ...{ sequence, periodId, fromDay, untilDay, closedBy: "f", closedAt: 0, currency: "USD", billingTimeZone: "UTC" },
    ...{ totalMicros: 0, overrides: "[]", hash: `h${sequence}`, previousHash: "" },
  });
  await db.write(async (tx) => {
    await tx.insert(
      corrections,
      found.map((c) => ({
        ...c,
        originDay: 20260930,
        sku: "gpu",
        priceClass: "standard",
        quantity: 1,
        reason: "r",
        foundAt: 0,
      })),
    );
    await tx.insert(
      adjustments,
      answers.map((a, i) => ({
        ...a,
        id: `a${i}`,
        teamKey: 11,
        lineKey: "",
        reason: "r",
        decidedBy: "f",
        decidedAt: 0,
      })),
    );
    await tx.insert(closes, [closed(1, "2026-09", 20260901, 20261001)]);
    if (closedOctober) await tx.insert(closes, [closed(2, "2026-10", 20261001, 20261101)]);
  });
}

/** What is booked within the days: on the first day of October, of what waits on the first that is not closed. */
function bookedWithin({ corrections: found, closedOctober }: Ledger, from: number, until: number): number {
  const dayOf = (bookedIn: string) => (bookedIn === "" && closedOctober ? 20261101 : 20261001);
  const due = found.filter((c) => dayOf(c.bookedIn) >= from && dayOf(c.bookedIn) < until);
  // An answer to a dispute gives the team what it takes from the platform.
  return due.reduce((sum, c) => sum + c.amountMicros, 0);
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
              rowsOf(loadReport(ctx, getReport(slug), period, filters));
            const truth = await db.find<{ amount: number; idle: number }>(sql`select
              (select coalesce(sum(amount_micros), 0) from team_days where day >= ${from} and day < ${until}) +
              (select coalesce(sum(amount_micros), 0) from shares where day >= ${from} and day < ${until}) as "amount",
              (select coalesce(sum(dead_idle_micros), 0) from team_days where day >= ${from} and day < ${until}) as "idle"`);
            const amount = (truth?.amount ?? 0) + bookedWithin(drawn, from, until);
            const metered = drawn.usage
              .filter((u) => u.day >= from && u.day < until)
              .reduce((sum, u) => sum + u.milli + (u.workload ? u.idle : 0), 0);
            for (const slug of TOTALS) {
              const rows = await load(slug);
              expect([slug, sumIn(rows, "amount")]).toEqual([slug, amount]);
              if (slug !== "cost-by-class")
                expect([slug, sumIn(rows, "gpu_hours") + sumIn(rows, "gpu_hours_unpriced")]).toEqual([slug, metered]);
            }
            for (const grain of ["day", "week", "month"])
              expect(sumIn(await load("cost-trend", { grain }), "amount")).toBe(amount);
            expect(sumIn(await load("idle-cost"), "idle_amount")).toBe(truth?.idle);
            // The pages of everything, of a project and of a workload say the same.
            const charged = (await load("cost-by-team")).some((row) => row.amount !== null);
            expect((await loadCost(ctx, period, {}))?.micros).toBe(charged ? amount : undefined);
            const vision = await load("cost-by-project", { project: "vision" });
            expect((await loadCost(ctx, period, { project: 1 }))?.micros ?? 0).toBe(sumIn(vision, "amount"));
            const first = (await load("cost-by-workload")).filter((row) => row.workload_id === "w-1");
            expect((await loadCost(ctx, period, { workload: 1 }))?.micros ?? 0).toBe(sumIn(first, "amount"));
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
      runs(30, 20261101),
    );
  });
});
