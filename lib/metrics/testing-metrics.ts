import { getTableColumns } from "drizzle-orm";
import { type Db, sql } from "@/db/client.ts";
import * as t from "@/db/schema/index.ts";
import { setBudget } from "@/lib/budgets/changes.ts";
import { SPEECH, seedSixtyDays, TODAY, VISION } from "@/lib/budgets/testing-ledger.ts";
import { setBurstRate } from "@/lib/burst/changes.ts";
import { chargeDue } from "@/lib/charges/run.ts";
import { ctxOf, GPU_HOUR, meterDay, NOW, seedInventory, seedPrice, seedTeam } from "@/lib/charges/testing-ledger.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { addDays, DAY, HOUR } from "@/lib/time.ts";
import { defineUnit, recordCounts } from "@/lib/unit-costs/changes.ts";

/**
 * Two teams at noon of 2026-11-10, with sixty days of history or none, in which every metric has a series (of a budget's forecast only with
 * history): today Vision worked 10 GPU-hours,
 * idled 2 and ran 5 at the spot price of $0.40 (standard: $1), and Speech worked 3; one card idles, one is free, and one is held by a
 * workload that was never charged.
 */
export async function seedEveryMetric(db: Db, history = true): Promise<Ctx> {
  if (history) await seedSixtyDays(db);
  else await seedTeams(db);
  await seedPrice(db, "H100", 400_000_000, TODAY, { priceClass: "spot" });
  await db.write(async (tx) => {
    await tx.run(sql`update workloads set preemptible = 1 where key = 2`);
    await tx.run(sql`insert into hardware (key, cluster_id, node_pool, gpu_model) values (2, 'c1', 'old', 'P4')`);
  });
  const hours = (hours: number) => hours * GPU_HOUR;
  await meterDay(db, TODAY, [
    { hardwareKey: 1, workloadKey: 1, activeMilli: hours(10), deadIdleMilli: hours(2), observedMilli: hours(12) },
    { hardwareKey: 1, workloadKey: 2, activeMilli: hours(5), observedMilli: hours(4) },
    { hardwareKey: 1, workloadKey: 3, activeMilli: hours(3), observedMilli: hours(3) },
    { hardwareKey: 1, workloadKey: 0, unallocatedMilli: hours(4) },
    { hardwareKey: 2, workloadKey: 3, activeMilli: hours(1), observedMilli: hours(1) },
  ]);
  const ctx = ctxOf(db);
  await chargeDue(ctx, { currency: "USD", billingTimeZone: "UTC" });
  await setBudget(ctx, {
    ...{ scope: { kind: "team", value: String(VISION) }, fromDay: 20261101, span: "month", amountMicros: 2000e6 },
  });
  const unit = await defineUnit(ctx, {
    ...{ name: "Requests", noun: "request", per: 1000, scope: { kind: "team", value: String(VISION) } },
    ...{ countsFromDay: TODAY, targetMicros: 5e6 },
  });
  if (history) await recordCounts(ctx, unit, [{ id: "batch", day: addDays(TODAY, -1), countMilli: 50_000_000 }]);
  await setBurstRate(ctx, { rateMicros: 3e6, fromAt: NOW - HOUR });
  await db.write(async (tx) => {
    await tx.insert(t.fleet, [
      { ...slot, position: 0, class: "active", workloadKey: 1, hardwareKey: 1 },
      { ...slot, position: 1, class: "dead-idle", workloadKey: 1, hardwareKey: 1 },
      { ...slot, position: 2, class: "active", workloadKey: 3, hardwareKey: 1, milli: 500 },
      { ...slot, position: 3, class: "unallocated", workloadKey: 0, hardwareKey: 1 },
      { ...slot, position: 4, class: "active", workloadKey: 999, hardwareKey: 2 },
    ]);
    await tx.insert(t.insightFindings, [finding]);
    await tx.insert(t.insightLosses, [{ findingKey: 1, day: TODAY, hardwareKey: 1, milli: GPU_HOUR }]);
    await tx.insert(t.gaps, [{ ...gap, subject: "" }]);
    await tx.insert(t.windows, [
      { ...emptyOf(t.windows), clusterId: "c1", source: "prometheus", status: "failed" },
    ] as never);
    await tx.insert(t.sourceCalls, [
      { source: "prometheus", outcome: "answered", boundMs: 50, calls: 3, tookMs: 90 },
      { source: "prometheus", outcome: "answered", boundMs: 0, calls: 1, tookMs: 70_000 },
      { source: "prometheus", outcome: "timeout", boundMs: 60_000, calls: 2, tookMs: 100_000 },
    ]);
    await tx.insert(t.syncRuns, [
      { id: "r1", kind: "live", startedAt: NOW - 130, finishedAt: NOW - 90, status: "ok", counts: "{}", error: "" },
      {
        id: "r2",
        kind: "live",
        startedAt: NOW - 70,
        finishedAt: NOW - 60,
        status: "failed",
        counts: "{}",
        error: "away",
      },
      {
        id: "r0",
        kind: "live",
        startedAt: NOW - 2 * DAY,
        finishedAt: NOW - 2 * DAY + 5,
        status: "ok",
        counts: "{}",
        error: "",
      },
    ]);
  });
  return ctx;
}

/** What seedSixtyDays seeds besides the days. */
async function seedTeams(db: Db): Promise<void> {
  await seedInventory(db);
  await seedPrice(db, "H100", 1_000_000_000, 20260101);
  await seedTeam(db, VISION, "Vision", "vision");
  await seedTeam(db, SPEECH, "Speech", "speech");
}

/** Zeros and empty texts for every column of a table. */
const emptyOf = (table: Parameters<typeof getTableColumns>[0]): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(getTableColumns(table)).map(([key, column]) => [key, column.dataType === "string" ? "" : 0]),
  );

const slot = {
  ...{ clusterId: "c1", node: "n1", gpu: "", milli: 1000, gpuMemoryMib: null, utilisationCenti: null },
  ...{ sinceAt: NOW - HOUR, asOfAt: NOW - 60 },
};
const gap = {
  ...{
    clusterId: "c1",
    source: "prometheus",
    startAt: NOW - HOUR,
    endAt: NOW,
    cause: "failed",
    status: "open",
    attempts: 1,
  },
  ...{ firstSeenAt: NOW, nextRetryAt: NOW, healedAt: null },
};
const finding = {
  ...{
    key: 1,
    id: "dead-idle-1",
    rule: "dead-idle",
    ruleVersion: 1,
    settings: "{}",
    audience: "owner",
    clusterId: "c1",
  },
  ...{ subjectKind: "workload", subject: "w-1", workloadKey: 1, projectKey: 1, severity: "warning", points: 3 },
  ...{ openedAt: NOW - HOUR, sinceAt: NOW - HOUR, lastSeenAt: NOW, endedAt: null, countedAt: NOW, evidence: "[]" },
  ...{ episodes: JSON.stringify([[NOW - HOUR, null]]), nowMilli: 1000, hardwareKey: 1, clearCells: 0, clearAt: null },
  ...{ standing: "", standingAt: null, standingBy: "", standingReason: "", standingUntil: null },
};
