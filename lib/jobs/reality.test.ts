import { afterEach, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { HOUR, MINUTE } from "@/lib/time.ts";
import type { PrometheusSwitches } from "@/simulator/prometheus/server.ts";
import type { RunaiSwitches } from "@/simulator/runai/context.ts";
import type { Scenario } from "@/simulator/scenario.ts";
import { seenUntil, withSecondCluster } from "@/simulator/scenarios/second-cluster.ts";
import { smallScenario } from "@/simulator/scenarios/small.ts";
import { evaluateFindings } from "./index.ts";
import { differences, heldDifferences, hour, settled, startLive, TICK } from "./testing-live.ts";
import { type PastPeers, pastDifferences, readPast } from "./testing-past.ts";

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
    podsOutlive: Number(bit(8)),
  };
}
const ALL: Partial<RunaiSwitches> = {
  ...{ restarts: true, endsByPhase: true, memoryRequests: true, oddNodeLists: true },
  ...{ zeroTimes: true, textNumbers: true, oddItems: true, oddPages: true, countsReplicas: true, podsOutlive: 1 },
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
    strays: true,
    // The device of a slot is another one in the middle of a step.
    exchangedAt: upgradedAt + HOUR + 7,
    driverReserves: 700,
    podLabelsChange: true,
    mostPoints: 90 + seed,
    ...(seed % 3 > 0 ? { managed: seed % 3 === 1 ? "gke" : "aks", honorLabels: true } : {}),
    ...(hostNames ? { hostNames } : {}),
  };
};

const OPTIONS = { faults: false, slowStarts: true, background: true } as const;
/** What only exporters show. */
const EXPORTERS = { shared: true, deadCounters: true, spareCards: true } as const;
const compressed = { compressed: true };

const differencesOf = async (scenario: Scenario, peers: PastPeers): Promise<string[]> =>
  pastDifferences(await readPast(scenario, peers, open), scenario);

/** A history is read after one look at the nodes, which must be whole. */
const PAST: Partial<RunaiSwitches> = { ...ALL, oddNodeLists: false };

describe("a history read from peers as they are", () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const scenario = smallScenario({ ...OPTIONS, seed: 40 + seed, hours: 8 });
    it(`through Prometheus agrees with the truth, seed ${seed}`, async () => {
      const all = smallScenario({ ...OPTIONS, seed: 40 + seed, hours: 8, ...EXPORTERS });
      const prometheus = prometheusOf(all.range.start + 2 * HOUR * seed, seed);
      const runai = { ...mixOf(seed), claims: true };
      expect(await differencesOf(all, { source: "prometheus", runai, prometheus, faults: compressed })).toEqual([]);
    });
    it(`through Run:ai's pods agrees with the truth, seed ${seed}`, async () => {
      expect(await differencesOf(scenario, { source: "pod", runai: mixOf(seed), faults: compressed })).toEqual([]);
    });
  }

  it.skipIf(isAbsent(real))("agrees with a mix of switches on a real PostgreSQL", async () => {
    const store = (await real.open()) as TestDb;
    const scenario = smallScenario({ ...OPTIONS, seed: 48, hours: 6, ...EXPORTERS });
    const prometheus = prometheusOf(scenario.range.start + 2 * HOUR, 2);
    const runai = { ...mixOf(SEEDS + 5), oddPages: true, countsReplicas: true, claims: true };
    expect(await differencesOf(scenario, { source: "prometheus", runai, prometheus, engine: store })).toEqual([]);
  });

  for (const engine of engines)
    it.skipIf(isAbsent(engine))(`agrees with all switches on, on ${engine.name}`, async () => {
      const scenario = smallScenario({ ...OPTIONS, seed: 47, hours: 6, ...EXPORTERS });
      const store = isAbsent(engine) ? undefined : ((await engine.open()) as TestDb);
      const prometheus = prometheusOf(scenario.range.start + 3 * HOUR, 3);
      const peers = { prometheus, runai: { ...PAST, claims: true }, faults: compressed, engine: store };
      expect(await differencesOf(scenario, { source: "prometheus", ...peers })).toEqual([]);
    });
});

/** Pods that outlive their workload are compared in histories alone. */
const LIVE: Partial<RunaiSwitches> = { ...ALL, podsOutlive: 0 };
const NEVER = 4_000_000_000;

describe("a live sync of peers as they are", () => {
  it("holds the same GPUs as the truth, whatever restarts and however pods end", async () => {
    const scenario = smallScenario({ seed: 52, faults: false, slowStarts: true, hours: 6, workloads: 24 });
    const test = await startLive(scenario, {
      prometheus: false,
      from: hour(scenario, 0) + MINUTE,
      simulator: {
        faults: compressed,
        runai: {
          ...LIVE,
          cutOff: { start: hour(scenario, 2), end: hour(scenario, 4) },
          deletedRetentionDays: 14,
        },
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
      simulator: { runai: { ...LIVE, oddPages: false, vanished: { clusterId, at: lastSeen + MINUTE } } },
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
    const options = { ...OPTIONS, hours: 6, workloads: 24, ...EXPORTERS };
    const scenario = smallScenario({ ...options, seed: 53 });
    const test = await startLive(scenario, {
      prometheus: true,
      from: hour(scenario, 0) + MINUTE,
      simulator: {
        runai: { ...LIVE, claims: true, deletedRetentionDays: 14 },
        faults: compressed,
        prometheus: { ...prometheusOf(hour(scenario, 2), 1), exchangedAt: NEVER },
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
