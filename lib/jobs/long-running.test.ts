import { afterEach, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { countUnmetered } from "@/lib/metering/store.ts";
import { OPEN_END } from "@/lib/sync/facts/running-episodes.ts";
import { listGaps } from "@/lib/sync/windows/gap-store.ts";
import { HOUR, type Instant, MINUTE } from "@/lib/time.ts";
import type { Scenario, WorkloadSpec } from "@/simulator/scenario.ts";
import { smallScenario } from "@/simulator/scenarios/small.ts";
import { differences, hour, type LiveTest, settled, startLive } from "./testing-live.ts";
import { type Passing, proxyTo } from "./testing-proxy.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const start = Date.UTC(2026, 9, 20, 6) / 1000;
const base = smallScenario({ seed: 6, start, hours: 22, workloads: 30, faults: false });
const short = base.workloads.find((w) => w.pods.length === 1 && w.request.gpuPerPod === 1) as WorkloadSpec;
const END = hour(base, 18) + 17 * MINUTE + 23;

/** One workload, which runs from the first hour nearly to the last. */
const long: WorkloadSpec = {
  ...short,
  createdAt: start + 60,
  deletedAt: null,
  phases: [
    { at: start + 60, phase: "Creating", message: "" },
    { at: start + 600, phase: "Running", message: "" },
    { at: END, phase: "Completed", message: "" },
  ],
  pods: short.pods.map((p) => ({ ...p, createdAt: start + 60, startedAt: start + 600, completedAt: END })),
};
const scenario: Scenario = { ...base, workloads: [long] };

/** A ledger that keeps the samples of three hours; its history is read, and the oldest samples are gone. */
async function begin(bend?: (p: Passing, now: Instant) => void, settings: Record<string, string> = {}) {
  let now = () => scenario.range.start;
  const test = await startLive(scenario, {
    from: hour(scenario, 15),
    prometheus: true,
    settings: { INITIAL_BACKFILL: "15h", SERIES_RETENTION: "3h", ...settings },
    ...(bend && {
      runaiUrl: async (simulator) => {
        const proxy = await proxyTo(simulator.runaiUrl, (p) => bend(p, now()));
        open.push(() => proxy.close());
        return proxy.url;
      },
    }),
  });
  now = test.now;
  open.push(() => test.close());
  await test.live(hour(scenario, 17));
  const pruned = await test.ledger.ctx.db.all(sql`select start_at from pruned_spans`);
  expect(pruned.length).toBeGreaterThan(1);
  return test;
}

const mostBuckets = (test: LiveTest, since: number) =>
  Math.max(...test.summaries.slice(since).map((s) => s.counts.buckets ?? 0));

describe("what ran for long", () => {
  it("and ends makes only the hours around its end due: nothing that was metered before is in doubt", async () => {
    const test = await begin();
    const before = test.summaries.length;
    await test.live(settled(scenario));
    expect(test.summaries.map((s) => s.error).filter(Boolean)).toEqual([]);
    expect(await countUnmetered(test.ledger.ctx.db, { start: 0, end: test.now() })).toBe(0);
    expect(mostBuckets(test, before)).toBeLessThan(5);
    expect(await differences(test, scenario, hour(scenario, 1))).toEqual([]);
  });

  it("and whose history comes only when it ends changes nothing that its pods have shown", async () => {
    const test = await begin((p, now) => {
      if (/\/history$/.test(p.path) && now < END) Object.assign(p, { status: 500, body: { code: 500, message: "no" } });
      // A workload whose running time is not reported: its history is needed.
      if (p.path === "/api/v1/workloads") for (const w of p.body.workloads) delete w.totalRunningTimeSeconds;
    });
    const before = test.summaries.length;
    const known = () => test.ledger.ctx.db.all(sql`select phase from phases order by at`);
    expect(await known()).toEqual([]);
    await test.live(settled(scenario));
    expect(await known()).toHaveLength(3);
    expect(await countUnmetered(test.ledger.ctx.db, { start: 0, end: test.now() })).toBe(0);
    expect(mostBuckets(test, before)).toBeLessThan(5);
    expect(await differences(test, scenario, hour(scenario, 1))).toEqual([]);
  });
});

it("what no source has, however often it is retried, changes nothing that was metered, and is no longer retried", async () => {
  const outage = { clusterId: scenario.clusters[0]?.id ?? "", start: hour(scenario, 2), end: hour(scenario, 3) };
  const broken = { ...scenario, outages: [outage] };
  const test = await startLive(broken, {
    from: hour(scenario, 6) + 30 * MINUTE,
    prometheus: true,
    settings: { INITIAL_BACKFILL: "7h", SERIES_RETENTION: "8h", SOURCE_RETENTION: "30d" },
  });
  open.push(() => test.close());
  const { db } = test.ledger.ctx;
  const asked = () =>
    db.find<{ attempts: number; at: Instant }>(sql`select attempts, next_attempt_at as at from windows
      where status = 'no-data' and start_at = ${hour(scenario, 0)} and subject = ''`);
  const gaps = async (status: "open" | "known") =>
    (await listGaps(db, { status, within: outage, limit: 9 })).map((g) => g.cause);
  await test.live(hour(scenario, 8));
  expect((await asked())?.attempts).toBeGreaterThan(2);
  expect(await gaps("open")).toEqual(["no card gave a sample"]);
  await test.live(hour(scenario, 21), 20 * MINUTE);
  const pruned = await db.all<{ at: Instant }>(sql`select start_at as at from pruned_spans order by 1`);
  expect(pruned.map((p) => p.at)).toContain(hour(scenario, 0));
  expect((await asked())?.at).toBe(OPEN_END);
  expect(await gaps("open")).toEqual([]);
  expect(await gaps("known")).toEqual(["no card gave a sample"]);
  expect(await countUnmetered(db, { start: 0, end: test.now() })).toBe(0);
  expect(await db.all(sql`select bucket_at from due_buckets where bucket_at < ${test.now() - 3 * HOUR}`)).toEqual([]);
});
