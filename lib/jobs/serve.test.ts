import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { loadSyncState } from "@/lib/pages/sync-state.ts";
import { MINUTE } from "@/lib/time.ts";
import { smallScenario } from "@/simulator/scenarios/small.ts";
import {
  cancelBackfill,
  requestBackfill,
  requestSync,
  resumeBackfill,
  runBackfill,
  serveJobs,
  workOnBackfills,
} from "./index.ts";
import { differences, hour, type LiveTest, startLive } from "./testing-live.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const scenario = smallScenario({ seed: 6, hours: 6, workloads: 24, faults: false });
const { start, end } = scenario.range;
const never = new AbortController().signal;

async function begin(settings: Record<string, string> = {}, latencyMs = 0): Promise<LiveTest> {
  const test = await startLive(scenario, {
    from: end + 10 * MINUTE,
    prometheus: false,
    settings: { RESOURCE_TYPE: "pod", SYNC_SCHEDULE: "@every 1s", ...settings },
    simulator: { latencyMs },
  });
  open.push(() => test.close());
  return test;
}

const statuses = async (test: LiveTest) =>
  (
    await test.ledger.ctx.db.all<{ status: string }>(sql`select status from backfills order by created_at, from_at`)
  ).map((r) => r.status);
const claims = (test: LiveTest) =>
  test.ledger.ctx.db.all(
    sql`select subject as what from windows where status = 'leased' union all select name from leases`,
  );

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 600 && !(await condition()); i++) await sleep(50);
  expect(await condition()).toBe(true);
}

/** Serves until `condition` holds, then stops as SIGTERM does. */
async function serveUntil(test: LiveTest, condition: () => Promise<boolean>): Promise<void> {
  const stop = new AbortController();
  const serving = serveJobs(test.ledger, stop.signal);
  try {
    await until(condition);
  } finally {
    stop.abort(new Error("stopped"));
    await serving;
  }
}

const ask = (test: LiveTest, from: number, to: number) =>
  requestBackfill(test.ledger.ctx, { from, to, stepSeconds: 30 });

it("syncs live beside a backfill in one process: neither frees what the other reads, both end complete", async () => {
  const test = await begin({}, 3);
  await ask(test, start, end);
  await serveUntil(test, async () => (await statuses(test))[0] === "done");
  expect(await differences(test, scenario, start)).toEqual([]);
  expect(await claims(test)).toEqual([]);
  const runs = await test.ledger.ctx.db.all<{ status: string }>(
    sql`select distinct status from sync_runs where status <> 'ok'`,
  );
  expect(runs.filter((r) => r.status !== "failed")).toEqual([]);
});

it("begins with its history although the source was down at the first try", async () => {
  const test = await begin({ INITIAL_BACKFILL: "5h" });
  test.simulator.setFaults({ errorRate: 1, errors: ["500"] });
  const runs = async (status: string) =>
    (await test.ledger.ctx.db.all(sql`select id from sync_runs where status = ${status}`)).length;
  await serveUntil(test, async () => (await runs("failed")) > 0);
  expect(await statuses(test)).toEqual([]);
  test.simulator.setFaults({ errorRate: 0 });
  await serveUntil(test, async () => (await statuses(test))[0] === "done");
  expect(await differences(test, scenario, hour(scenario, 2))).toEqual([]);
});

it("tries a backfill that failed again by itself, after as long as it has been asked for", async () => {
  const test = await begin();
  const { id } = await ask(test, start, end);
  test.simulator.setFaults({ errorRate: 1, errors: ["reset"] });
  await workOnBackfills(test.ledger, never);
  expect(await statuses(test)).toEqual(["failed"]);
  const failed = await test.ledger.ctx.db.find<{ error: string }>(sql`select error from backfills where id = ${id}`);
  expect(failed?.error).toMatch(/connection/);
  test.simulator.setFaults({ errorRate: 0 });
  await workOnBackfills(test.ledger, never);
  expect(await statuses(test)).toEqual(["failed"]);
  test.jump(test.now() + 61);
  await workOnBackfills(test.ledger, never);
  expect(await statuses(test)).toEqual(["done"]);
  expect(await differences(test, scenario, start)).toEqual([]);
});

it("works on overlapping backfills one after the other, and each is complete", async () => {
  const test = await begin({}, 2);
  const first = await ask(test, start, hour(scenario, 4));
  const second = await ask(test, hour(scenario, 2), end);
  const phases: string[] = [];
  const both = await Promise.all([
    runBackfill(test.ledger, first.id),
    sleep(50).then(() => runBackfill(test.ledger, second.id, { onProgress: (p) => phases.push(p.phase) })),
  ]);
  expect(both).toMatchObject([
    { status: "done", unread: 0 },
    { status: "done", unread: 0 },
  ]);
  expect(phases[0]).toBe("waiting");
  expect(await differences(test, scenario, start)).toEqual([]);
  // The first still reports what it did, though the second has read much of it again.
  const state = await loadSyncState(test.ledger.ctx);
  const backfills = [first, second].map(({ id }) => state.backfills.find((b) => b.id === id));
  for (const [i, { progress }] of both.entries()) {
    const { windowsRead, samples } = progress;
    expect(backfills[i]).toMatchObject({
      windowsDone: windowsRead,
      windowsTotal: windowsRead,
      samples,
      windowsFailed: 0,
    });
  }
});

it("a backfill cancelled while it reads, or before it begins, stays cancelled; resumed it goes on to the end", async () => {
  const test = await begin({}, 20);
  const { id } = await ask(test, start, end);
  const running = runBackfill(test.ledger, id);
  await sleep(300);
  await cancelBackfill(test.ledger.ctx, id);
  expect(await running).toMatchObject({ status: "cancelled" });
  expect(await runBackfill(test.ledger, id)).toMatchObject({ status: "cancelled" });
  expect(await statuses(test)).toEqual(["cancelled"]);
  expect(await claims(test)).toEqual([]);
  await resumeBackfill(test.ledger.ctx, id);
  expect(await runBackfill(test.ledger, id)).toMatchObject({ status: "done", unread: 0 });
  expect(await differences(test, scenario, start)).toEqual([]);
  const acts = await listActs(test.ledger.ctx.db, 10, `backfill/${id}`);
  expect(acts.map((act) => [act.action, JSON.parse(act.after ?? "null").status]).sort()).toEqual([
    ["backfill.run", "cancelled"],
    ["backfill.run", "queued"],
    ["backfill.run", "queued"],
  ]);
});

it("requesting a range again continues an unfinished backfill, and starts a new one after a finished one", async () => {
  const test = await begin();
  const first = await ask(test, start, end);
  expect((await ask(test, start, end)).id).toBe(first.id);
  await cancelBackfill(test.ledger.ctx, first.id);
  expect(await ask(test, start, end)).toMatchObject({ id: first.id, status: "queued" });
  await runBackfill(test.ledger, first.id);
  // A second process that comes when all is done finds it done, not cancelled.
  expect(await runBackfill(test.ledger, first.id)).toMatchObject({ status: "done", unread: 0 });
  test.jump(test.now() + 1);
  expect((await ask(test, start, end)).id).not.toBe(first.id);
});

it("reports progress that adds up, and what could not be read", async () => {
  const test = await begin();
  test.simulator.setFaults({
    errorRate: 1,
    errors: ["500"],
    spare: [
      "/api/v1/token",
      "/api/v2/token",
      "/api/v1/org-unit",
      "/api/v1/node-pools",
      "/api/v1/nodes",
      "/api/v1/clusters",
    ],
  });
  const { id } = await ask(test, start, end);
  await expect(runBackfill(test.ledger, id)).rejects.toThrow(/workloads/);
  const seen: number[] = [];
  test.simulator.setFaults({ errorRate: 0 });
  const { progress, unread } = await runBackfill(test.ledger, id, { onProgress: (p) => seen.push(p.spansDone) });
  expect(unread).toBe(0);
  expect(seen).toEqual([...seen].sort((a, b) => a - b));
  expect(progress).toMatchObject({ phase: "done", spansDone: progress.spansTotal });
  const [counted] = await test.ledger.ctx.db.all<{ windows: number; samples: number }>(
    sql`select count(*) as windows, sum(samples) as samples from windows where backfill_id = ${id}`,
  );
  expect(counted).toEqual({ windows: progress.windowsRead, samples: progress.samples });
});

it("asked for on a page, a sync runs at once", async () => {
  const test = await begin({ SYNC_SCHEDULE: "@every 1h" });
  const runs = async () => (await test.ledger.ctx.db.all(sql`select id from sync_runs where status = 'ok'`)).length;
  const stop = new AbortController();
  const serving = serveJobs(test.ledger, stop.signal);
  await until(async () => (await runs()) === 1);
  await requestSync(test.ledger.ctx);
  await until(async () => (await runs()) === 2);
  stop.abort();
  await serving;
});
