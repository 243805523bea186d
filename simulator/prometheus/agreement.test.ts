import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DAY, floorTo } from "@/lib/time.ts";
import { fixedClock } from "@/simulator/clock.ts";
import { type Simulator, startSimulator } from "@/simulator/index.ts";
import { withSharedCards } from "@/simulator/scenarios/shared-cards.ts";
import { smallScenario } from "@/simulator/scenarios/small.ts";
import type { Running } from "./program.ts";
import { prometheusInstalled, startPrometheus } from "./real.ts";
import { DEFAULT_PROMETHEUS_SWITCHES } from "./server.ts";

const installed = prometheusInstalled();
const start = floorTo(Date.now() / 1000, DAY) - 4 * DAY;
const candidates = Array.from({ length: 200 }, (_, n) =>
  smallScenario({ seed: n + 1, start, hours: 10, stepSeconds: 30, workloads: 30 }),
);
/** The first that has everything: an outage, a node down, a lost card and parts of cards. */
const found = candidates.find(
  (s) =>
    s.outages.length > 0 &&
    s.nodes.some((n) => n.down.length > 0) &&
    s.nodes.some((n) => n.lostCards.length > 0) &&
    s.workloads.some((w) => w.pods.some((p) => p.gpus.some((g) => g.fraction < 1))),
) as (typeof candidates)[number];
const scenario = withSharedCards(found);
const mid = start + 5 * 3600;

const SELECTORS = [
  "DCGM_FI_DEV_GPU_UTIL",
  'DCGM_FI_PROF_GR_ENGINE_ACTIVE{GPU_I_ID!=""}',
  'DCGM_FI_PROF_SM_ACTIVE{Hostname="node-1"}',
  'DCGM_FI_DEV_FB_USED{exported_namespace!="",gpu!~"1|3"}',
  'DCGM_FI_DEV_POWER_USAGE{exported_pod=~"pod-.*"}',
  'runai_gpu_utilization_per_pod_per_gpu{pod_namespace="custom-ns"}',
  "runai_allocated_gpu_count_per_pod",
  'runai_gpu_count_per_node{ready="true"}',
  "runai_gpu_utilization_per_workload",
  "no_such_metric",
  'container_cpu_usage_seconds_total{container!="",container!="POD"}',
  'container_memory_working_set_bytes{namespace=~"custom-ns|runai-.*"}',
];
const OVER = ["last", "avg", "max", "min", "sum", "count"].map((f) => `${f}_over_time`);
const AGGREGATES = ["max", "min", "sum", "avg", "count"];
const EXPRESSIONS = [
  "vector(1)",
  ...SELECTORS,
  ...OVER.map((f, n) => `${f}(${SELECTORS[n]}[900s])`),
  ...AGGREGATES.map((a, n) => `${a} by (Hostname, gpu, node) (${SELECTORS[n]})`),
  ...AGGREGATES.map((a, n) => `${a} by (UUID, exported_pod) (${OVER[n]}(DCGM_FI_DEV_GPU_UTIL[10m]))`),
  "sum(runai_allocated_gpu_count_per_pod)",
  ...["45s", "2m", "130s", "15m"].map((range) => `rate(container_cpu_usage_seconds_total[${range}])`),
  'sum by (namespace, pod) (rate(container_cpu_usage_seconds_total{container!="",container!="POD"}[2m]))',
  'sum by (namespace) (rate(container_cpu_usage_seconds_total{namespace=~"custom-ns|no-such-ns"}[5m]))',
  'sum by (namespace, pod) (last_over_time(container_memory_working_set_bytes{container!=""}[29999ms]))',
  'last_over_time({__name__=~"DCGM_FI_PROF_SM_ACTIVE|DCGM_FI_PROF_DRAM_ACTIVE"}[45s])',
  'last_over_time({__name__=~"runai_gpu_utilization_per_pod_per_gpu|no_such_metric",node!=""}[15m])',
  "max by (modelName) (max_over_time(DCGM_FI_DEV_FB_USED[59m59s]))",
];

type Sample = readonly [number, string];
interface Item {
  readonly metric: Record<string, string>;
  readonly value?: Sample;
  readonly values?: readonly Sample[];
}

/** A result as points by series, so that only the order of a vector is free. */
function points(result: readonly Item[]): Map<string, readonly (readonly [number, number])[]> {
  const entries = result.map((item) => {
    const key = JSON.stringify(Object.entries(item.metric).sort(([a], [b]) => (a < b ? -1 : 1)));
    const samples = item.values ?? (item.value ? [item.value] : []);
    return [key, samples.map(([t, v]) => [t, Number(Number(v).toPrecision(10))] as const)] as const;
  });
  return new Map([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const absent = installed ? "" : " (prometheus and promtool are not installed: apt-get install prometheus)";

// In CI a missing Prometheus is a failure, not a skip.
describe.skipIf(!installed && !process.env.CI)(
  `the simulator and a real Prometheus over the same timeline${absent}`,
  () => {
    let simulator: Simulator;
    let real: Running;

    beforeAll(async () => {
      const clock = fixedClock(scenario.range.end + 3600);
      simulator = await startSimulator({ scenario, clock, prometheus: { staleMarkers: false } });
      real = await startPrometheus(simulator.timeline, DEFAULT_PROMETHEUS_SWITCHES, scenario.range);
    });

    afterAll(async () => {
      await simulator?.close();
      await real?.stop();
    });

    async function both(
      path: string,
    ): Promise<readonly [Record<string, unknown>, Record<string, unknown>, number, number]> {
      const [a, b] = await Promise.all([fetch(simulator.prometheusUrl + path), fetch(real.url + path)]);
      return [
        (await a.json()) as Record<string, unknown>,
        (await b.json()) as Record<string, unknown>,
        a.status,
        b.status,
      ];
    }

    async function same(path: string): Promise<number> {
      const [ours, theirs] = await both(path);
      const data = (x: Record<string, unknown>) => x.data as { resultType: string; result: readonly Item[] };
      expect(data(ours).resultType).toBe(data(theirs).resultType);
      const expected = points(data(theirs).result);
      expect(points(data(ours).result)).toEqual(expected);
      return expected.size;
    }

    it.each(EXPRESSIONS)("query %s", async (expression) => {
      for (const at of [mid, mid + 7, mid + 0.5])
        await same(`/api/v1/query?query=${encodeURIComponent(expression)}&time=${at}`);
    });

    it.each(EXPRESSIONS)("query_range %s", async (expression) => {
      for (const [from, to, step] of [
        [start - 600, scenario.range.end + 900, 300],
        [mid, mid + 3600, 30],
        [mid + 11, mid + 5000, 47],
      ]) {
        const path = `/api/v1/query_range?query=${encodeURIComponent(expression)}&start=${from}&end=${to}&step=${step}`;
        await same(path);
      }
    });

    it.each(SELECTORS)("raw samples of %s", async (selector) => {
      for (const range of ["3600s", "59m59s", "2h"]) {
        const size = await same(`/api/v1/query?query=${encodeURIComponent(`${selector}[${range}]`)}&time=${mid}`);
        if (selector === "DCGM_FI_DEV_GPU_UTIL") expect(size).toBeGreaterThan(3);
      }
    });

    it.each([
      `/api/v1/query_range?query=vector(1)&start=${start}&end=${start + 11_001}&step=1`,
      `/api/v1/query_range?query=vector(1)&start=${start + 60}&end=${start}&step=1`,
      `/api/v1/query_range?query=vector(1)&start=${start}&end=${start + 60}&step=0`,
      `/api/v1/query_range?query=DCGM_FI_DEV_GPU_UTIL[5m]&start=${start}&end=${start + 60}&step=30`,
      "/api/v1/series",
    ])("refuses %s in the same words", async (path) => {
      const [ours, theirs, status, theirStatus] = await both(path);
      expect([status, ours]).toEqual([theirStatus, theirs]);
    });

    it("allows 11,001 points", async () => {
      await same(`/api/v1/query_range?query=vector(1)&start=${start}&end=${start + 11_000}&step=1`);
    });

    it("lists the same series and label values", async () => {
      const window = `start=${start}&end=${scenario.range.end}`;
      for (const path of [
        `/api/v1/series?match[]=DCGM_FI_DEV_GPU_UTIL&${window}`,
        `/api/v1/labels?${window}`,
        `/api/v1/label/Hostname/values?${window}`,
      ]) {
        const [ours, theirs] = await both(path);
        const sorted = (x: Record<string, unknown>) =>
          (x.data as unknown[])
            .map((d) => JSON.stringify(d, typeof d === "object" ? Object.keys(d as object).sort() : undefined))
            .sort();
        expect(sorted(ours)).toEqual(sorted(theirs));
      }
    });

    it("gives a matrix in the same order", async () => {
      const [ours, theirs] = await both(
        `/api/v1/query_range?query=DCGM_FI_DEV_GPU_UTIL&start=${mid}&end=${mid + 60}&step=30`,
      );
      const order = (x: Record<string, unknown>) =>
        (x.data as { result: Item[] }).result.map((r) => `${r.metric.UUID}${r.metric.exported_pod}`);
      expect(order(ours)).toEqual(order(theirs));
    });
  },
);
