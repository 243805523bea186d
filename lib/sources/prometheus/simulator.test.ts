import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PodFinder } from "@/lib/sources/find-pods.ts";
import type { Series } from "@/lib/sources/source.ts";
import { HOUR, type Interval } from "@/lib/time.ts";
import { fixedClock } from "@/simulator/clock.ts";
import { utilisationAt } from "@/simulator/curves.ts";
import { cardPieces, spanAt } from "@/simulator/device.ts";
import { type Simulator, type SimulatorOptions, startSimulator } from "@/simulator/index.ts";
import { podEnd } from "@/simulator/scenario.ts";
import { DEMO_CLUSTER_ID, demoScenario } from "@/simulator/scenarios/demo.ts";
import type { Timeline } from "@/simulator/timeline.ts";
import { createPrometheusSource } from "./index.ts";
import { quick } from "./testing-server.ts";

const NOW = 1_790_000_040;
const STEP = 60;
const scenario = demoScenario({ now: NOW, days: 3, futureDays: 0 });

/** What inventory would know, as the timeline has it. */
function finderOf(timeline: Timeline): PodFinder {
  const clusterId = DEMO_CLUSTER_ID;
  const runs = [...timeline.runOfPod.values()];
  const named = Map.groupBy(
    runs,
    ({ workload, pod }) => `${timeline.project.get(workload.projectId)?.namespace}/${pod.name}`,
  );
  return {
    byName: (namespace, pod, at) => {
      const lived = named
        .get(`${namespace}/${pod}`)
        ?.findLast((run) => run.start < at.end && at.start < (podEnd(run.pod) ?? NOW));
      return lived ? { podId: lived.pod.id, clusterId } : null;
    },
    byId: (podId) => (timeline.runOfPod.has(podId) ? { podId, clusterId } : null),
    clusterOfNode: (node) => (timeline.node.has(node) ? clusterId : null),
    namespaces: () => timeline.scenario.projects.map((p) => p.namespace),
  };
}

/** The scenario's own answer: utilisation of every card at every instant that is seen, and who holds it. */
function truth(timeline: Timeline, { start, end }: Interval): string[] {
  const out: string[] = [];
  for (const card of timeline.cards)
    for (let i = Math.ceil(start / STEP); i * STEP < end; i++) {
      if (!spanAt(card.spans, i)) continue;
      const slots = spanAt(cardPieces(card, STEP), i)?.items ?? [];
      for (const slot of slots) out.push(`gpu ${slot.pod.id} ${card.uuid} ${i * STEP} ${utilisationAt(slot.curve, i)}`);
      if (slots.length === 0) out.push(`card ${card.node.name} ${card.uuid} ${i * STEP} 0`);
    }
  return out.sort();
}

const flat = (series: readonly Series[]) =>
  series
    .filter((s) => s.metric === "gpu_utilisation_percent")
    .flatMap((s) => s.at.map((t, i) => `${s.subjectKind} ${s.subjectId} ${s.gpu} ${t} ${s.value[i]}`))
    .sort();

/** Compared by what differs: a list of all would drown it. */
function expectSame(found: readonly string[], expected: readonly string[]) {
  const [a, b] = [new Set(found), new Set(expected)];
  const lost = expected.filter((line) => !a.has(line));
  const extra = found.filter((line) => !b.has(line));
  expect({ lost: lost.slice(0, 5), extra: extra.slice(0, 5), of: [lost.length, extra.length] }).toEqual({
    lost: [],
    extra: [],
    of: [0, 0],
  });
  expect(found.length).toBe(expected.length);
}

async function withSimulator<T>(
  options: Partial<SimulatorOptions>,
  body: (simulator: Simulator) => Promise<T>,
): Promise<T> {
  const simulator = await startSimulator({ scenario, clock: fixedClock(NOW), ...options });
  try {
    return await body(simulator);
  } finally {
    await simulator.close();
  }
}

async function ask(simulator: Simulator, window: Interval, step = STEP) {
  const source = createPrometheusSource({
    url: simulator.prometheusUrl,
    ...quick,
    http: { ...quick.http, retryCount: 8 },
  });
  try {
    return await source.read.samples.series(window, step, finderOf(simulator.timeline), "all");
  } finally {
    await source.close();
  }
}

describe("the demo cluster, as the simulator serves it", () => {
  const window = { start: NOW - 20 * HOUR, end: NOW - 18 * HOUR };
  it.each([
    ["honorLabels false", {}],
    ["honorLabels true, host name in lower case", { honorLabels: true, lowercaseHostname: true }],
    ["ranges of Prometheus 3", { version: "3.5.0", leftOpenRanges: true }],
    ["a Thanos", { version: "0.36.1" }],
    ["no profiling metrics, no staleness", { profiling: false, staleMarkers: false }],
  ])("gives each card's utilisation to who holds it: %s", async (_name, prometheus) => {
    await withSimulator({ prometheus }, async (simulator) => {
      const { value, missing } = await ask(simulator, window);
      expect(missing).toEqual([]);
      const expected = truth(simulator.timeline, window);
      expect(expected.length).toBeGreaterThan(25_000);
      expectSame(flat(value), expected);
      expect(value.some((s) => s.shared)).toBe(false);
    });
  });

  it("returns the same through errors, cut bodies and resets", async () => {
    const errors = ["429", "500", "502", "503", "504", "truncated", "html", "reset"] as const;
    await withSimulator({ faults: { errorRate: 0.3, errors, retryAfterSeconds: 0 } }, async (simulator) => {
      const { value, missing } = await ask(simulator, window);
      expect(missing).toEqual([]);
      expectSame(flat(value), truth(simulator.timeline, window));
    });
  });

  it("reports a lost store, and stores nothing of it as complete", async () => {
    await withSimulator({ prometheus: { warnings: ["a store was lost"] } }, async (simulator) => {
      const { missing } = await ask(simulator, { start: NOW - HOUR, end: NOW - 1800 });
      expect(missing.length).toBeGreaterThan(7);
      expect(missing[0]?.cause).toContain("a store was lost");
    });
  });
});

describe("at other steps", () => {
  let simulator: Simulator;
  beforeAll(async () => {
    simulator = await startSimulator({ scenario, clock: fixedClock(NOW) });
  });
  afterAll(() => simulator.close());

  it("a finer step repeats nothing", async () => {
    const window = { start: NOW - 3 * HOUR, end: NOW - 2 * HOUR };
    expectSame(flat((await ask(simulator, window, 15)).value), truth(simulator.timeline, window));
  });

  it("a coarser step gives each card once at each instant, shared by none but fractions", async () => {
    const window = { start: NOW - 12 * HOUR, end: NOW - HOUR };
    const { value } = await ask(simulator, window, 300);
    expect(value.some((s) => s.shared)).toBe(false);
    const holders = Map.groupBy(flat(value), (line) => line.split(" ").slice(2, 4).join(" "));
    for (const card of simulator.timeline.cards) {
      const hasFractions = card.slots.some((slot) => slot.milli < 1000);
      for (let t = Math.ceil(window.start / 300) * 300; t < window.end; t += 300) {
        const count = holders.get(`${card.uuid} ${t}`)?.length ?? 0;
        if (spanAt(card.spans, t / STEP)) expect(count).toBeGreaterThan(0);
        if (!hasFractions) expect(count).toBeLessThan(2);
      }
    }
  });

  it("tests the connection", async () => {
    const source = createPrometheusSource({ url: simulator.prometheusUrl, ...quick });
    const report = await source.connection();
    await source.close();
    expect(report).toMatchObject({
      message: expect.stringContaining("Found:"),
      ok: true,
      version: "Prometheus 2.42.0",
    });
    expect(report.message).toContain("Found: DCGM_FI_DEV_GPU_UTIL");
  });
});
