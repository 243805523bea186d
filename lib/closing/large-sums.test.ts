import fc from "fast-check";
import { expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { sqliteFile } from "@/db/testing.ts";
import { ctxOf, meterDay, seedInventory, seedPrice, seedTeam } from "@/lib/charges/testing-ledger.ts";
import { csvLines } from "@/lib/exports/csv.ts";
import { formatDecimal, roundSumToMinor } from "@/lib/money.ts";
import { loadSpend } from "@/lib/pages/spend.ts";
import { loadPeriods } from "@/lib/periods/load.ts";
import { previewPrices } from "@/lib/previews/price.ts";
import { loadPriceBook } from "@/lib/pricing/price-store.ts";
import type { Price } from "@/lib/pricing/types.ts";
import { getReport } from "@/lib/reports/index.ts";
import { loadReport } from "@/lib/reports/testing.ts";
import { rowsOf } from "@/lib/reports/testing-cost.ts";
import { runs } from "@/lib/testing-runs.ts";
import { auditPeriod, verifyChain } from "./audit.ts";
import { closePeriod } from "./close.ts";
import { charge, free, held, MONEY, SETTINGS } from "./testing-close.ts";
import { loadPeriodTotals } from "./totals-load.ts";

const DAYS = [20261029, 20261030, 20261031];
const OCTOBER = { from: 20261001, until: 20261101 };
const REPORTS = [
  "cost-by-team",
  "cost-by-project",
  "cost-by-user",
  "cost-by-workload",
  "cost-by-model",
  "cost-by-class",
  "cost-trend",
];

/** Hours a day at a price near the largest: no team's month is beyond nine billion, their sum is. */
const ledgers = fc.record({
  nanos: fc.integer({ min: Number.MAX_SAFE_INTEGER - 1e9, max: Number.MAX_SAFE_INTEGER }),
  vision: fc.integer({ min: 280, max: 320 }),
  speech: fc.integer({ min: 280, max: 320 }),
  nobody: fc.integer({ min: 280, max: 320 }),
});

it("sums beyond nine billion are exact in every report, list, preview, close and audit", {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(ledgers, async (drawn) => {
      const store = await sqliteFile();
      const { db } = store;
      try {
        await seedInventory(db);
        await seedTeam(db, 11, "Vision", "vision");
        await seedPrice(db, "H100", drawn.nanos, 20260101);
        for (const day of DAYS)
          await meterDay(db, day, [held(1, drawn.vision), held(3, drawn.speech), free(drawn.nobody)]);
        await charge(db);
        const ctx = ctxOf(db);
        const rows = await db.all<{ team: number; micros: number }>(
          sql`select team_key as team, amount_micros as micros from team_days where day < 20261101`,
        );
        const truth = rows.reduce((sum, r) => sum + BigInt(r.micros), 0n);
        expect(truth > BigInt(Number.MAX_SAFE_INTEGER)).toBe(true);
        const text = formatDecimal(truth, 6);

        for (const slug of REPORTS) {
          const { columns } = getReport(slug);
          const period = { start: 0, end: 1, label: "", days: OCTOBER };
          const filters: Record<string, string> = slug === "cost-trend" ? { grain: "month" } : {};
          const list = await rowsOf(loadReport(ctx, getReport(slug), period, filters));
          const amounts = csvLines(
            columns.filter((c) => c.key === "amount"),
            list,
          )
            .trim()
            .split("\r\n");
          const sum = amounts.reduce((s, a) => s + (a === "" ? 0n : BigInt(a.replace(".", ""))), 0n);
          expect([slug, formatDecimal(sum, 6)]).toEqual([slug, text]);
        }
        const spend = await loadSpend(ctx, { days: OCTOBER, today: 20261110, grain: "month" });
        expect(spend.teams.reduce((sum, t) => sum + t.exact.micros, 0n)).toBe(truth);

        const [known] = (await loadPriceBook(db, "USD")).prices;
        const price = { ...(known as Price), key: 9999, unitPriceNanos: 1_000_000_000, effectiveFrom: 20261001 };
        const preview = await previewPrices(ctx, [price], OCTOBER, MONEY);
        expect(preview.total.beforeMicros).toBe(truth);
        expect(BigInt(preview.total.changeMicros)).toBe(BigInt(preview.total.afterMicros ?? 0) - truth);

        const totals = await loadPeriodTotals(ctx, SETTINGS, await loadPeriods(db, SETTINGS, ctx.now()));
        const byTeam = Map.groupBy(rows, (r) => r.team);
        const rounded = [...byTeam.values()].map((of) =>
          BigInt(
            roundSumToMinor(
              of.reduce((s, r) => s + BigInt(r.micros), 0n),
              "USD",
            ),
          ),
        );
        expect([...totals.values()][0]).toBe(rounded.reduce((a, b) => a + b, 0n));

        const { close } = await closePeriod(ctx, SETTINGS, { period: "2026-10" });
        expect(close.totalMicros).toBe(truth);
        const audit = await auditPeriod(ctx, SETTINGS, "2026-10");
        expect([audit.faults, audit.totalMicros]).toEqual([[], truth]);
        expect(await verifyChain(ctx, SETTINGS)).toEqual([]);
        expect((await loadPeriods(db, SETTINGS, ctx.now()))[0]?.close?.totalMicros).toBe(truth);
      } finally {
        await store.drop();
      }
    }),
    runs(5, 220),
  );
});
