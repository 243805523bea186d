import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Db } from "@/db/client.ts";
import { pods } from "@/db/schema/index.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { seedOctober } from "@/lib/closing/testing-close.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { loadSpend } from "@/lib/pages/spend.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { formatInstant, parseInstant } from "@/lib/time.ts";
import { readEvidence } from "./explain/evidence.ts";
import { loadExplanation } from "./explain/explain.ts";
import { getReport } from "./index.ts";
import { parsePeriod } from "./period.ts";
import { ctxOf, loadReport } from "./testing.ts";
import { costReports, rowsOf } from "./testing-cost.ts";

/** Two ledgers of one process: what a loader says of one may not come from the settings of the other, or of the process. */
describe("loaders of two ledgers in one process", () => {
  const dbs: Db[] = [];
  /** 23:30 of 31 October in New York, where it is November already in Auckland. */
  const now = parseInstant("2026-11-01T03:30:00Z") as number;
  let york: Ctx;
  let auckland: Ctx;
  const open = async (settings: Record<string, string>): Promise<Ctx> => {
    const db = await openSqlite(":memory:");
    dbs.push(db);
    await seedOctober(db);
    const pod = { clusterId: "c1", id: "pod-1", name: "pod-1", workloadKey: 1, node: "n1", nodePool: "default" };
    const lived = {
      createdAt: 0,
      startedAt: 0,
      endedAt: now + 86_400,
      gpuMilli: 1000,
      phase: "Running",
      lastSeenAt: 0,
    };
    await db.write((tx) => tx.insert(pods, [{ ...pod, ...lived }]));
    return { ...ctxOf(db, now), ledger: testLedger(settings) };
  };
  beforeEach(async () => {
    york = await open({ LEDGER_CURRENCY: "USD", BILLING_TIME_ZONE: "America/New_York" });
    auckland = await open({ LEDGER_CURRENCY: "NZD", BILLING_TIME_ZONE: "Pacific/Auckland" });
  });
  afterEach(async () => {
    for (const db of dbs.splice(0)) await db.close();
  });

  const october = (ctx: Ctx) => parsePeriod({ month: "2026-10" }, ctx.ledger.zone, now);

  it("say the currency of their own", async () => {
    for (const [ctx, currency] of [
      [york, "USD"],
      [auckland, "NZD"],
    ] as const) {
      for (const report of costReports()) {
        const rows = await rowsOf(loadReport(ctx, report, october(ctx)));
        expect([report.slug, ...new Set(rows.map((r) => r.currency))]).toEqual(
          rows.length ? [report.slug, currency] : [report.slug],
        );
      }
      const days = october(ctx).days ?? { from: 0, until: 0 };
      expect((await loadSpend(ctx, { days, today: 20261031, grain: "day" })).currency).toBe(currency);
      expect((await loadExplanation(ctx, {}, days)).currency).toBe(currency);
    }
    expect((await rowsOf(loadReport(york, getReport("cost-by-team"), october(york)))).length).toBeGreaterThan(0);
  });

  it("cut days at midnights of their own", async () => {
    const first = { from: 20261031, until: 20261101 };
    const startOf = async (ctx: Ctx) =>
      (await readEvidence(ctx, 1, first))?.intervals.map((i) => formatInstant(i.start));
    expect(await startOf(york)).toEqual(["2026-10-31T04:00:00Z"]);
    expect(await startOf(auckland)).toEqual(["2026-10-30T11:00:00Z"]);
    // The last of October is complete in Auckland, and goes on in New York.
    const last = (ctx: Ctx) => parsePeriod({ from: "2026-10-31", to: "2026-11-01" }, ctx.ledger.zone, now);
    const moved = async (ctx: Ctx) => (await rowsOf(loadReport(ctx, getReport("cost-bridge"), last(ctx)))).length;
    expect(await moved(york)).toBe(0);
    expect(await moved(auckland)).toBeGreaterThan(0);
  });
});
