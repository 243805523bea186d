import { afterEach, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { listOpenItems } from "@/lib/metering/open-store.ts";
import { HOUR, MINUTE } from "@/lib/time.ts";
import { fixedClock } from "@/simulator/clock.ts";
import { startSimulator } from "@/simulator/index.ts";
import type { PrometheusSwitches } from "@/simulator/prometheus/server.ts";
import type { RunaiSwitches } from "@/simulator/runai/context.ts";
import type { Scenario } from "@/simulator/scenario.ts";
import { seenUntil, withSecondCluster } from "@/simulator/scenarios/second-cluster.ts";
import { smallScenario } from "@/simulator/scenarios/small.ts";
import { exactUsage } from "@/simulator/truth.ts";
import { evaluateFindings, requestBackfill, runBackfill } from "./index.ts";
import { isTrue, testLedger, usageByClass } from "./testing.ts";
import { differences, heldDifferences, hour, settled, startLive, TICK } from "./testing-live.ts";

/** What real clusters do, by switches of the simulator: the ledger agrees with the truth to the second all the same. */

const SEEDS = process.env.TRUTH_SEEDS ? Number(process.env.TRUTH_SEEDS) : 2;
const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** A mix of switches that depends on the seed; each is on in half of all seeds. */
function mixOf(seed: number): Partial<RunaiSwitches> {
  const bit = (n: number) => ((seed * 2_654_435_761) >>> (n + 7)) % 2 === 0;
  return {
    ...{ restarts: bit(0), endsByPhase: bit(1), memoryRequests: bit(2) },
    ...{ zeroTimes: bit(3), textNumbers: bit(4), oddItems: bit(5), oddPages: bit(6), countsReplicas: bit(7) },
  };
}
const ALL: Partial<RunaiSwitches> = {
  ...{ restarts: true, endsByPhase: true, memoryRequests: true, oddNodeLists: true },
  ...{ zeroTimes: true, textNumbers: true, oddItems: true, oddPages: true, countsReplicas: true },
};

const real = engines.find((engine) => engine.name === "postgres") as (typeof engines)[number];

/** How exporters name their host, by the seed. */
const HOST_NAMES = [undefined, "localhost", "pod", "address"] as const;
const prometheusOf = (upgradedAt: number, seed: number): Partial<PrometheusSwitches> => {
  const hostNames = HOST_NAMES[seed % HOST_NAMES.length];
  return {
    upgradedAt,
    labelsLost: true,
    scrapedTwice: true,
    replicas: seed % 2 > 0,
    claims: true,
    ...(hostNames ? { hostNames } : {}),
  };
};

function compare(got: ReadonlyMap<string, number>, scenario: Scenario): string[] {
  const truth = new Map<string, number>();
  for (const row of exactUsage(scenario)) {
    const key = `${row.bucket}|${row.workloadId ?? ""}|${row.gpuModel}|${row.class}`;
    truth.set(key, (truth.get(key) ?? 0) + row.milliGpuSeconds);
  }
  const keys = [...new Set([...got.keys(), ...truth.keys()])].sort();
  return keys.flatMap((key) =>
    isTrue(key, got.get(key), truth.get(key))
      ? []
      : [`${key}: metered ${got.get(key) ?? 0}, truth ${truth.get(key) ?? 0}`],
  );
}

async function backfilled(
  scenario: Scenario,
  runai: Partial<RunaiSwitches>,
  source: "prometheus" | "workload" | "pod",
  engine?: TestDb,
  prometheus: Partial<PrometheusSwitches> = {},
): Promise<string[]> {
  const clock = fixedClock(scenario.range.end + 2 * HOUR);
  const simulator = await startSimulator({ scenario, clock, runai, prometheus });
  open.push(() => simulator.close());
  const peers = {
    runaiUrl: simulator.runaiUrl,
    prometheusUrl: source === "prometheus" ? simulator.prometheusUrl : undefined,
    credentials: simulator.credentials,
  };
  const step = `${scenario.stepSeconds}s`;
  const settings = {
    SAMPLE_STEP: step,
    BACKFILL_STEP: step,
    ...(source === "prometheus" ? {} : { RESOURCE_TYPE: source }),
  };
  const { ledger, store } = await testLedger(peers, clock.now, settings, engine);
  open.push(async () => {
    await ledger.sources?.close();
    await store.drop();
  });
  const { start: from, end: to } = scenario.range;
  const backfill = await requestBackfill(ledger.ctx, { from, to, stepSeconds: scenario.stepSeconds });
  expect(await runBackfill(ledger, backfill.id)).toMatchObject({ status: "done", unread: 0 });
  // The cluster's own total agrees: nothing is hidden from the ledger.
  expect((await listOpenItems(ledger.ctx.db, 100)).filter((o) => o.kind.startsWith("unlisted"))).toEqual([]);
  return compare(await usageByClass(ledger.ctx), scenario);
}

const OPTIONS = { faults: false, slowStarts: true, background: true } as const;

/** A history is read after one look at the nodes, which must be whole. */
const PAST: Partial<RunaiSwitches> = { ...ALL, oddNodeLists: false };

describe("a history read from peers as they are", () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const scenario = smallScenario({ ...OPTIONS, seed: 40 + seed, hours: 8 });
    it(`through Prometheus agrees with the truth, seed ${seed}`, async () => {
      const all = smallScenario({ ...OPTIONS, seed: 40 + seed, hours: 8, shared: true, deadCounters: true });
      const prometheus = prometheusOf(all.range.start + 2 * HOUR * seed, seed);
      const runai = { ...mixOf(seed), claims: true };
      expect(await backfilled(all, runai, "prometheus", undefined, prometheus)).toEqual([]);
    });
    it(`through Run:ai's pods agrees with the truth, seed ${seed}`, async () => {
      expect(await backfilled(scenario, mixOf(seed), "pod")).toEqual([]);
    });
  }

  it.skipIf(isAbsent(real))("agrees with a mix of switches on a real PostgreSQL", async () => {
    const store = (await real.open()) as TestDb;
    const scenario = smallScenario({ ...OPTIONS, seed: 48, hours: 6, shared: true, deadCounters: true });
    const prometheus = prometheusOf(scenario.range.start + 2 * HOUR, 2);
    const runai = { ...mixOf(SEEDS + 5), oddPages: true, countsReplicas: true, claims: true };
    expect(await backfilled(scenario, runai, "prometheus", store, prometheus)).toEqual([]);
  });

  for (const engine of engines)
    it.skipIf(isAbsent(engine))(`agrees with all switches on, on ${engine.name}`, async () => {
      const scenario = smallScenario({ ...OPTIONS, seed: 47, hours: 6, shared: true, deadCounters: true });
      const store = isAbsent(engine) ? undefined : ((await engine.open()) as TestDb);
      const prometheus = prometheusOf(scenario.range.start + 3 * HOUR, 3);
      expect(await backfilled(scenario, { ...PAST, claims: true }, "prometheus", store, prometheus)).toEqual([]);
    });
});

describe("a live sync of peers as they are", () => {
  it("holds the same GPUs as the truth, whatever restarts and however pods end", async () => {
    const scenario = smallScenario({ seed: 52, faults: false, slowStarts: true, hours: 6, workloads: 24 });
    const test = await startLive(scenario, {
      prometheus: false,
      from: hour(scenario, 0) + MINUTE,
      simulator: {
        runai: { ...ALL, cutOff: { start: hour(scenario, 2), end: hour(scenario, 4) }, deletedRetentionDays: 14 },
      },
    });
    open.push(test.close);
    await test.live(settled(scenario));
    expect(await heldDifferences(test, scenario, hour(scenario, 1))).toEqual([]);
  });
  const stores = engines.filter((engine) => engine.name !== "pglite" && !isAbsent(engine));
  it.each(stores)("ends what ran in a cluster that vanishes where it was last seen, on $name", async (engine) => {
    const store = (await engine.open()) as TestDb;
    const [first, second] = [54, 55].map((seed) => smallScenario({ faults: false, hours: 6, workloads: 16, seed }));
    const { scenario, clusterId } = withSecondCluster(first as Scenario, second as Scenario);
    const from = hour(scenario, 0) + MINUTE;
    const lastSeen = from + 18 * TICK;
    const test = await startLive(scenario, {
      ...{ prometheus: false, from, store },
      simulator: { runai: { ...ALL, oddPages: false, vanished: { clusterId, at: lastSeen + MINUTE } } },
    });
    open.push(test.close);
    await test.live(settled(scenario));
    expect(await heldDifferences(test, seenUntil(scenario, clusterId, lastSeen), hour(scenario, 1))).toEqual([]);
    const after =
      await test.ledger.ctx.db.all(sql`select c.bucket_at from capacity c join hardware h on h.key = c.hardware_key
      where h.cluster_id = ${clusterId} and c.bucket_at > ${lastSeen} and c.capacity_milli > 0`);
    expect(after).toEqual([]);
  });
  it("classes the same as the truth through Prometheus", async () => {
    const options = { ...OPTIONS, hours: 6, workloads: 24, shared: true, deadCounters: true };
    const scenario = smallScenario({ ...options, seed: 53 });
    const test = await startLive(scenario, {
      prometheus: true,
      from: hour(scenario, 0) + MINUTE,
      simulator: {
        runai: { ...ALL, claims: true, deletedRetentionDays: 14 },
        prometheus: prometheusOf(hour(scenario, 2), 1),
      },
    });
    open.push(test.close);
    await test.live(settled(scenario));
    expect(await differences(test, scenario, hour(scenario, 1))).toEqual([]);
  });

  it("finds containers that crash again and again in pods that stay, and none where they run", async () => {
    const scenario = smallScenario({ seed: 52, faults: false, hours: 6, workloads: 12 });
    const found = async (crashLoops: boolean) => {
      const test = await startLive(scenario, {
        ...{ prometheus: true, from: hour(scenario, 0) + MINUTE },
        simulator: { runai: { crashLoops, deletedRetentionDays: 14 } },
      });
      open.push(test.close);
      await test.live(hour(scenario, 6), 5 * MINUTE);
      await evaluateFindings(test.ledger);
      const { db } = test.ledger.ctx;
      const rows = await db.all<{ evidence: string }>(
        sql`select evidence as "evidence" from insight_findings where rule = 'restart-loop'`,
      );
      return rows.map((r) => JSON.parse(r.evidence)[0].value as number);
    };
    const restarts = await found(true);
    expect(restarts.length).toBeGreaterThan(0);
    for (const n of restarts) expect(n).toBeGreaterThanOrEqual(5);
    expect(await found(false)).toEqual([]);
  });
});
