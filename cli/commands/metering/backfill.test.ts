import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { runLedger, startLedger } from "@/cli/testing.ts";
import { openDb, sql } from "@/db/client.ts";
import { jobViewer, systemNow } from "@/lib/ctx.ts";
import { csvFiles } from "@/lib/jobs/testing-october.ts";
import { silentLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { DAY, dateOf, floorTo, formatInstant, HOUR, MINUTE } from "@/lib/time.ts";
import { type Simulator, startSimulator } from "@/simulator/index.ts";
import { smallScenario } from "@/simulator/scenarios/small.ts";

/** The command line lives in the real time, so the history does too: a day that ended at the last midnight but two. */
const start = floorTo(systemNow(), DAY) - 3 * DAY;
const scenario = smallScenario({ seed: 7, start, hours: 24, workloads: 160, faults: false });
const { end } = scenario.range;
const date = (at: number) => dateOf(at, "UTC");
const RANGE = ["--from", date(start), "--to", date(end)];

let simulator: Simulator;
let folder: string;
beforeAll(async () => {
  simulator = await startSimulator({ scenario, latencyMs: 4 });
});
afterAll(() => simulator.close());
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-backfill-"));
});
afterEach(() => {
  simulator.setFaults({ errorRate: 0, slowRate: 0 });
  rmSync(folder, { recursive: true, force: true });
});

const file = (name: string) => `file:${path.join(folder, name)}.db`;

function settings(name: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    DATABASE_URL: file(name),
    RUNAI_URL: simulator.runaiUrl,
    RUNAI_APP_ID: simulator.credentials.appId,
    RUNAI_APP_SECRET: simulator.credentials.appSecret,
    BACKFILL_STEP: "30s",
    HTTP_RETRY_WAIT: "5ms",
    HTTP_RETRY_MAX_WAIT: "50ms",
    ...more,
  };
}

const backfill = (name: string, more?: Record<string, string>) =>
  runLedger(["backfill", ...RANGE], settings(name, more));

/** The reports as the command prints them, without a process for each. */
async function csvs(name: string): Promise<Record<string, string>> {
  const db = await openDb(file(name));
  try {
    const ctx = { db, now: () => end + 2 * DAY, viewer: jobViewer("test"), log: silentLog, ledger: testLedger() };
    return await csvFiles(ctx, { from: date(start), to: date(end) });
  } finally {
    await db.close();
  }
}

/** Metric calls since the last time, by path. */
function metricCalls(): () => Map<string, number> {
  const calls = () => new Map([...simulator.requests.runai].filter(([path]) => /metrics$/.test(path)));
  const before = calls();
  return () => new Map([...calls()].map(([path, n]) => [path, n - (before.get(path) ?? 0)]));
}
/** A printed figure as a number: `317,655`. */
const figureOf = (text: string | undefined) => Number(text?.replaceAll(",", ""));
const total = (calls: Map<string, number>) => [...calls.values()].reduce((a, b) => a + b, 0);

/** Rows of the store, while others may be writing it. */
async function rows<T>(name: string, query: ReturnType<typeof sql>): Promise<T[]> {
  const db = await openDb(file(name));
  try {
    return await db.all<T>(query);
  } finally {
    await db.close();
  }
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await sleep(5);
}

let whole: Record<string, string>;
let once: Map<string, number>;

describe("ledger backfill", () => {
  it("reads and meters a range, and says what it did", async () => {
    const calls = metricCalls();
    const { code, stdout, stderr } = await backfill("whole");
    expect({ code, stdout }).toEqual({ code: 0, stdout: "" });
    const said =
      /^Backfilled (\S+) to (\S+) in .*: ([\d,]+) windows, ([\d,]+) samples, ([\d,]+) buckets metered, ([\d,]+) requests\.\n$/.exec(
        stderr,
      );
    expect(said?.slice(1, 3)).toEqual([formatInstant(start), formatInstant(end)]);
    once = calls();
    whole = await csvs("whole");
    const known = await rows<{ windows: number; samples: number }>(
      "whole",
      sql`select count(*) as windows, sum(samples) as samples from windows where backfill_id <> 'live'`,
    );
    expect(known).toEqual([{ windows: figureOf(said?.[3]), samples: figureOf(said?.[4]) }]);
  });

  it("killed at any moments and run again, ends with the same bytes and reads nothing that was written twice", async () => {
    const calls = metricCalls();
    // In the inventory, early and late in a span, while metering.
    const moments = process.env.BACKFILL_KILLS
      ? Array.from({ length: Number(process.env.BACKFILL_KILLS) }, (_, i) => (i * 61) % 230)
      : [0, 40, 90, 140, 60];
    for (const [i, moment] of moments.entries()) {
      const { child, ended } = startLedger(["backfill", ...RANGE], settings("killed"));
      const own = metricCalls();
      await until(() => total(own()) >= moment || child.exitCode !== null);
      // From here on nothing is answered: however slow this process is, the other one does not end before it is killed.
      if (moment > 0) simulator.setFaults({ slowRate: 1, slowMs: 3_600_000 });
      await sleep(moment === 0 ? 1500 : (i * 37) % 150);
      child.kill("SIGKILL");
      expect((await ended).signal).toBe("SIGKILL");
      simulator.setFaults({ slowRate: 0 });
    }
    expect((await backfill("killed")).code).toBe(0);
    expect(await csvs("killed")).toEqual(whole);
    // Each kill loses at most the batches that were being read.
    expect(total(calls())).toBeLessThan(total(once) + moments.length * 2 * 40 * 3);
  });

  it("by two processes at once reads each window once, and ends with the same bytes", async () => {
    const calls = metricCalls();
    const both = await Promise.all([backfill("two"), backfill("two")]);
    expect(both.map((o) => o.code)).toEqual([0, 0]);
    expect(calls()).toEqual(once);
    expect(await csvs("two")).toEqual(whole);
    const read = both.map((o) => figureOf(/: ([\d,]+) windows/.exec(o.stderr)?.[1]));
    const [known] = await rows<{ n: number }>(
      "two",
      sql`select count(*) as n from windows where backfill_id <> 'live'`,
    );
    expect(read.reduce((a, b) => a + b)).toBe(known?.n);
  });

  it("stopped by Ctrl-C ends at once with 130, leaves nothing claimed, and goes on when it is run again", async () => {
    const calls = metricCalls();
    const { child, ended } = startLedger(["backfill", ...RANGE], settings("stopped"));
    await until(() => total(calls()) > 200);
    // Even when the source has stopped answering.
    simulator.setFaults({ slowRate: 1, slowMs: 3_600_000 });
    await sleep(100);
    child.kill("SIGINT");
    const { code, stderr } = await ended;
    expect({ code, stderr }).toEqual({ code: 130, stderr: "" });
    expect(await rows("stopped", sql`select status from backfills`)).toEqual([{ status: "queued" }]);
    expect(await rows("stopped", sql`select status from windows where status = 'leased'`)).toEqual([]);
    expect(await rows("stopped", sql`select name from leases`)).toEqual([]);
    simulator.setFaults({ slowRate: 0 });
    expect((await backfill("stopped")).code).toBe(0);
    expect(await rows("stopped", sql`select status from backfills`)).toEqual([{ status: "done" }]);
    expect(await csvs("stopped")).toEqual(whole);
  });

  it("cancelled by another process stops with 1 and says so; run again it goes on with the same", async () => {
    const calls = metricCalls();
    simulator.setFaults({ slowRate: 1, slowMs: 60 });
    const { ended } = startLedger(["backfill", ...RANGE], settings("cancelled"));
    await until(() => total(calls()) > 100);
    const db = await openDb(file("cancelled"));
    await db.write((tx) => tx.run(sql`update backfills set status = 'cancelled'`));
    await db.close();
    const { code, stderr } = await ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/^The backfill of .* was cancelled from elsewhere\. Run the command again to go on\.\n$/);
    expect(await rows("cancelled", sql`select status from windows where status = 'leased'`)).toEqual([]);
    simulator.setFaults({ slowRate: 0 });
    expect((await backfill("cancelled")).code).toBe(0);
    expect(await rows("cancelled", sql`select status from backfills`)).toEqual([{ status: "done" }]);
    expect(await csvs("cancelled")).toEqual(whole);
  });

  it("up to now, stopped and run again, goes on with the old one and then reads the rest", async () => {
    const from = ["backfill", "--from", date(end - DAY)];
    const calls = metricCalls();
    const { child, ended } = startLedger(from, settings("now"));
    await until(() => total(calls()) > 50);
    child.kill("SIGKILL");
    await ended;
    const { code, stderr } = await runLedger(from, settings("now"));
    expect({ code, lines: stderr.trim().split("\n").length }).toEqual({ code: 0, lines: 2 });
    const list = await rows<{ a: number; b: number; status: string }>(
      "now",
      sql`select from_at as a, to_at as b, status from backfills order by from_at`,
    );
    expect(list.map((l) => l.status)).toEqual(["done", "done"]);
    expect(list[1]?.a).toBe(list[0]?.b);
  });

  it("clips a range that reaches into the future to now, and meters odd time zones and their days", async () => {
    const zone = { BILLING_TIME_ZONE: "Asia/Kathmandu", BACKFILL_STEP: "60s" };
    const until = date(systemNow() + 40 * DAY);
    const before = systemNow();
    const { code, stderr } = await runLedger(
      ["backfill", "--from", date(end - DAY), "--to", until],
      settings("zone", zone),
    );
    expect(code).toBe(0);
    const to = Date.parse(/ to (\S+) in/.exec(stderr)?.[1] ?? "") / 1000;
    expect(to).toBeGreaterThanOrEqual(before - MINUTE);
    expect(to).toBeLessThanOrEqual(systemNow());
    const [buckets] = await rows<{ odd: number; hours: number }>(
      "zone",
      sql`select sum(case when bucket_at % ${HOUR} <> 0 then 1 else 0 end) as odd, count(*) as hours from usage`,
    );
    expect(buckets?.odd).toBeGreaterThan(0);
    const sums = await rows<{ days: number; buckets: number }>(
      "zone",
      sql`select (select sum(active_milli) from usage_days) as days, (select sum(active_milli) from usage) as buckets`,
    );
    expect(sums[0]?.days).toBe(sums[0]?.buckets);
  });
});
