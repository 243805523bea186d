import { afterEach, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { countUnmetered } from "@/lib/metering/store.ts";
import { DAY, HOUR, type Instant, MINUTE } from "@/lib/time.ts";
import { fixedClock } from "@/simulator/clock.ts";
import { startSimulator } from "@/simulator/index.ts";
import type { WorkloadSpec } from "@/simulator/scenario.ts";
import { smallScenario } from "@/simulator/scenarios/small.ts";
import { exactUsage } from "@/simulator/truth.ts";
import { type Ledger, requestBackfill, runBackfill, syncLive } from "./index.ts";
import { testLedger, usageByClass } from "./testing.ts";
import { proxyTo } from "./testing-proxy.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const start = Date.UTC(2026, 9, 20, 6) / 1000;
const scenario = smallScenario({ seed: 6, start, hours: 12, workloads: 30, faults: false });
const { end } = scenario.range;
const changed = scenario.workloads.find((w) =>
  w.pods.some((p) => p.completedAt !== null && p.startedAt !== null && p.completedAt - p.startedAt > 20 * MINUTE),
) as WorkloadSpec;
const pod = changed.pods.find((p) => p.completedAt !== null) as WorkloadSpec["pods"][number];

/** A ledger whose source reported one pod's end ten minutes too early until `corrected` is called. */
async function begin(prometheus: boolean, metricRetentionDays: number | null) {
  const clock = fixedClock(end + HOUR);
  const simulator = await startSimulator({
    scenario,
    clock,
    runai: { deletedRetentionDays: null, metricRetentionDays },
    prometheus: { retentionDays: metricRetentionDays },
  });
  let isRight = false;
  const proxy = await proxyTo(simulator.runaiUrl, (p) => {
    if (!isRight && p.path === "/api/v1/workloads/pods")
      for (const x of p.body.pods)
        if (x.id === pod.id) x.completedAt = new Date(((pod.completedAt as Instant) - 600) * 1000).toISOString();
  });
  const peers = { runaiUrl: proxy.url, credentials: simulator.credentials };
  const { ledger, store } = await testLedger(
    { ...peers, prometheusUrl: prometheus ? simulator.prometheusUrl : undefined },
    () => clock.now(),
    { RESOURCE_TYPE: "pod", SAMPLE_STEP: "30s", BACKFILL_STEP: "30s", SERIES_RETENTION: "24h", HTTP_RETRY_COUNT: "0" },
  );
  open.push(async () => {
    await ledger.sources?.close();
    await store.drop();
    await proxy.close();
    await simulator.close();
  });
  await fill(ledger);
  const before = await usage(ledger);
  clock.set(end + 3 * DAY);
  await syncLive(ledger);
  const [left] = await ledger.ctx.db.all<{ n: number }>(
    sql`select count(*) as n from chunks where start_at < ${end + 2 * DAY - 6 * HOUR}`,
  );
  expect(left?.n).toBe(0);
  return { ledger, clock, before, corrected: () => (isRight = true) };
}

async function fill(ledger: Ledger) {
  const backfill = await requestBackfill(ledger.ctx, { from: start, to: end, stepSeconds: 30 });
  return runBackfill(ledger, backfill.id);
}

/** Usage of the scenario's buckets. */
async function usage(ledger: Ledger): Promise<Map<string, number>> {
  const all = await usageByClass(ledger.ctx);
  return new Map(
    [...all].filter(([key]) => Number(key.split("|")[0]) >= start && Number(key.split("|")[0]) < end).sort(),
  );
}

function truth(): Map<string, number> {
  const out = new Map<string, number>();
  for (const row of exactUsage(scenario)) {
    const key = `${row.bucket}|${row.workloadId ?? ""}|${row.gpuModel}|${row.class}`;
    out.set(key, (out.get(key) ?? 0) + row.milliGpuSeconds);
  }
  return new Map([...out].sort());
}

it.each([true, false])(
  "what was metered stands when its samples are gone and facts change, visibly; a backfill meters it again (Prometheus: %s)",
  async (prometheus) => {
    const { ledger, clock, before, corrected } = await begin(prometheus, null);
    expect(before).not.toEqual(truth());
    corrected();
    clock.set(clock.now() + MINUTE);
    expect((await syncLive(ledger)).error).toBe("");
    expect(await usage(ledger)).toEqual(before);
    expect(await countUnmetered(ledger.ctx.db, scenario.range)).toBeGreaterThan(0);
    expect(await ledger.ctx.db.all(sql`select bucket_at from due_buckets where bucket_at < ${end}`)).toEqual([]);
    expect(await fill(ledger)).toMatchObject({ unread: 0 });
    expect(await usage(ledger)).toEqual(truth());
    expect(await countUnmetered(ledger.ctx.db, scenario.range)).toBe(0);
  },
);

it.each([true, false])(
  "a backfill of what the source has forgotten, too, takes nothing away (Prometheus: %s)",
  async (prometheus) => {
    const { ledger, before } = await begin(prometheus, 1);
    await fill(ledger);
    expect(await usage(ledger)).toEqual(before);
  },
);

it("samples that an unfinished backfill needs are not removed; all others are", async () => {
  const { ledger } = await begin(true, null);
  const backfill = await requestBackfill(ledger.ctx, { from: start, to: start + 5 * HOUR, stepSeconds: 30 });
  await runBackfill(ledger, backfill.id);
  await ledger.ctx.db.write((tx) => tx.run(sql`update backfills set status = 'queued' where id = ${backfill.id}`));
  const count = async () =>
    (await ledger.ctx.db.find<{ n: number }>(sql`select count(*) as n from chunks where start_at < ${end}`))?.n;
  const kept = await count();
  expect(kept).toBeGreaterThan(0);
  await syncLive(ledger);
  expect(await count()).toBe(kept);
  await ledger.ctx.db.write((tx) => tx.run(sql`update backfills set status = 'done'`));
  await syncLive(ledger);
  expect(await count()).toBe(0);
});
