import { afterEach, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { Series, Source, SubjectKind } from "@/lib/sources/source.ts";
import { Sources } from "@/lib/sync/sources.ts";
import { readWindow } from "@/lib/sync/windows/read-window.ts";
import { HOUR } from "@/lib/time.ts";
import { fixedClock } from "@/simulator/clock.ts";
import { type Simulator, startSimulator } from "@/simulator/index.ts";
import type { Scenario } from "@/simulator/scenario.ts";
import { smallScenario } from "@/simulator/scenarios/small.ts";
import { requestBackfill, runBackfill } from "./index.ts";
import { testLedger } from "./testing.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function metered(scenario: Scenario, simulator: Simulator, prometheusUrl: string | undefined): Promise<Ctx> {
  const clock = fixedClock(scenario.range.end + 2 * HOUR);
  const { runaiUrl, credentials } = simulator;
  const step = `${scenario.stepSeconds}s`;
  const settings = { SAMPLE_STEP: step, BACKFILL_STEP: step };
  const { ledger, store } = await testLedger({ runaiUrl, prometheusUrl, credentials }, () => clock.now(), settings);
  open.push(async () => {
    await ledger.sources?.close();
    await store.drop();
  });
  const { start, end } = scenario.range;
  const backfill = await requestBackfill(ledger.ctx, { from: start, to: end, stepSeconds: scenario.stepSeconds });
  expect((await runBackfill(ledger, backfill.id)).unread).toBe(0);
  return ledger.ctx;
}

interface Host {
  readonly id: string;
  readonly held: number;
  readonly cpuSeconds: number;
  readonly memorySeconds: number;
  readonly cores: number;
  readonly mib: number;
}

/** What each workload used of the host, in the mean of what was observed. */
async function hostUse(ctx: Ctx): Promise<Map<string, Host>> {
  const rows = await ctx.db.all<Host>(sql`select w.id, sum(u.held_seconds) as held,
    sum(u.cpu_observed_seconds) as "cpuSeconds", sum(u.memory_observed_seconds) as "memorySeconds",
    sum(u.cpu_used_milli_seconds) / 1000.0 / nullif(sum(u.cpu_observed_seconds), 0) as cores,
    sum(u.memory_used_mib_seconds) * 1.0 / nullif(sum(u.memory_observed_seconds), 0) as mib
    from usage u join workloads w on w.key = u.workload_key group by w.id`);
  return new Map(rows.map((row) => [row.id, row]));
}

describe("CPU and memory of the host, metered through Prometheus", () => {
  it("are those that Run:ai reports of each workload, to five percent", async () => {
    const scenario = smallScenario({ seed: 3, faults: false });
    const clock = fixedClock(scenario.range.end + 2 * HOUR);
    const simulator = await startSimulator({ scenario, clock });
    open.push(() => simulator.close());
    const [bulk, own] = [
      await hostUse(await metered(scenario, simulator, simulator.prometheusUrl)),
      await hostUse(await metered(scenario, simulator, undefined)),
    ];
    // A rate starts below the truth, as its first range is not yet full: in a short run that weighs.
    const long = [...own.values()].filter((w) => w.held >= HOUR);
    expect(long.length).toBeGreaterThan(3);
    for (const expected of long) {
      const found = bulk.get(expected.id);
      expect(found?.cpuSeconds).toBeGreaterThan(0.95 * expected.cpuSeconds);
      expect(found?.memorySeconds).toBeGreaterThan(0.95 * expected.memorySeconds);
      expect(Math.abs((found?.cores ?? 0) / expected.cores - 1)).toBeLessThan(0.05);
      expect(Math.abs((found?.mib ?? 0) / expected.mib - 1)).toBeLessThan(0.05);
    }
  });
});

/** A source that answers every window with one series. */
function cards(series: Series, missing: readonly string[]): Source {
  const lacks = missing.map((metric) => ({ kind: "failed" as const, subject: "", metric, cause: "no" }));
  const answer = async () => ({ value: [series], missing: lacks });
  return {
    name: "cards",
    title: "Cards",
    provides: new Set(["samples"]),
    read: { samples: { by: "window", mostPoints: 1440, series: answer } },
    connection: () => Promise.reject(new Error("not asked")),
    requests: () => 0,
    close: async () => undefined,
  };
}

describe("a short window with samples of the hosts, and none of the cards yet", () => {
  const read = async (subjectKind: SubjectKind, metric: string, missing: readonly string[] = []) => {
    const peers = { runaiUrl: "http://127.0.0.1:9", prometheusUrl: "http://127.0.0.1:9" };
    const { ledger, store } = await testLedger({ ...peers, credentials: { appId: "a", appSecret: "s" } }, () => 600);
    open.push(async () => {
      await ledger.sources?.close();
      await store.drop();
    });
    const series: Series = { clusterId: "c", subjectKind, subjectId: "p", gpu: "", metric, at: [0], value: [1] };
    const sources = new Sources([cards(series, missing)]);
    const window = { clusterId: "c", source: "cards", subject: "", start: 0, end: 60, stepSeconds: 60 };
    return (await readWindow(ledger.ctx.db, sources, { ...window, backfillId: "", attempts: 0 }, "metering")).status;
  };

  it("is retried: cards may only be late", async () => {
    expect(await read("pod", "cpu_cores")).toBe("no-data");
    expect(await read("card", "gpu_utilisation_percent")).toBe("fetched");
  });

  it("is not made partial by a CPU or memory query that failed", async () => {
    expect(await read("card", "gpu_utilisation_percent", ["cpu_cores", "cpu_memory_mib"])).toBe("fetched");
    expect(await read("card", "gpu_utilisation_percent", ["gpu_utilisation_percent"])).toBe("partial");
  });
});
