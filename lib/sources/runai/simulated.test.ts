import { afterAll, describe, expect, it } from "vitest";
import type { PodFact, Series, WorkloadFact } from "@/lib/sources/source.ts";
import type { Interval } from "@/lib/time.ts";
import { fixedClock } from "@/simulator/clock.ts";
import { type Simulator, startSimulator } from "@/simulator/index.ts";
import { REQUESTS_PER_SECOND } from "@/simulator/runai/workload-metrics.ts";
import { DEMO_CLUSTER_ID, demoScenario } from "@/simulator/scenarios/demo.ts";
import { createRunaiSource, type RunaiSource } from "./index.ts";
import { quickHttp, runaiSettings } from "./testing.ts";

const NOW = Date.UTC(2026, 9, 15, 12) / 1000;
const scenario = demoScenario({ now: NOW, days: 4, stepSeconds: 15, jobsPerDay: 100 });
const open: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of open.splice(0)) await close();
});

/** No call is repeated because the machine is slow: requests are counted. */
const patientHttp = { ...quickHttp, timeoutMs: 60_000, deadlineMs: 300_000 };

type Options = Partial<Parameters<typeof startSimulator>[0]>;
async function start(options: Options = {}): Promise<{ runai: RunaiSource; simulator: Simulator }> {
  const simulator = await startSimulator({ scenario, clock: fixedClock(NOW), ...options });
  const runai = createRunaiSource(runaiSettings(simulator.runaiUrl, { ...simulator.credentials, http: patientHttp }));
  open.push(() => runai.close(), simulator.close);
  return { runai, simulator };
}

const FAULTS = { errorRate: 0.15, partialRate: 0.15, retryAfterSeconds: 0, slowRate: 0.02, slowMs: 30 };

async function collect<T>(pages: AsyncGenerator<T[]>): Promise<T[]> {
  const out: T[] = [];
  for await (const page of pages) out.push(...page);
  return out;
}

async function factsOf(runai: RunaiSource) {
  const clusters = (await runai.read.inventory.clusters()).items;
  const workloads: WorkloadFact[] = [
    ...(await collect(runai.read.inventory.workloads("active"))),
    ...(await collect(runai.read.inventory.workloads("deleted"))),
  ];
  const pods: PodFact[] = [
    ...(await collect(runai.read.inventory.pods("active"))),
    ...(await collect(runai.read.inventory.pods("deleted"))),
  ];
  const byId = (a: { id: string }, b: { id: string }) => (a.id < b.id ? -1 : 1);
  return {
    clusters,
    nodePools: await runai.read.inventory.nodePools(),
    nodes: (await runai.read.inventory.nodes(clusters.map((c) => c.id))).items.toSorted(byId),
    departments: await runai.read.inventory.departments(),
    projects: (await runai.read.inventory.projects()).items,
    workloads: workloads.sort(byId),
    pods: pods.sort(byId),
    phases: await runai.read.phases(workloads[0]?.id ?? ""),
  };
}

/** Series of the pods that hold cards in the window, of their workloads and nodes, and of the cluster. */
async function seriesOf(runai: RunaiSource, pods: readonly PodFact[], nodes: readonly string[][], window: Interval) {
  const of = [
    ...pods.map((p) => runai.read.samples.workload(p.clusterId, p.workloadId, window, 15)),
    ...pods.map((p) => runai.read.samples.pod(p.clusterId, p.workloadId, p.id, window, 15)),
    ...nodes.map(([id = "", name = ""]) => runai.read.samples.node(DEMO_CLUSTER_ID, id, name, window, 15)),
    runai.read.totals(DEMO_CLUSTER_ID, window, 15),
  ];
  const answers = await Promise.all(of);
  const key = (s: object) => JSON.stringify(s);
  return {
    series: answers.flatMap((a) => a.value).sort((a, b) => (key(a) < key(b) ? -1 : 1)),
    missing: answers.flatMap((a) => a.missing),
  };
}

const running = (pods: readonly PodFact[], at: number) =>
  pods.filter((p) => p.startedAt !== null && p.startedAt < at - 7200 && (p.completedAt ?? p.deletedAt ?? at) >= at);

describe("against the simulator", () => {
  it.each(["2.18", "2.22", "2.24", "3.0"])("reads the whole scenario from %s", async (version) => {
    const { runai } = await start({ runai: { version } });
    const facts = await factsOf(runai);
    const known = scenario.workloads.filter((w) => w.createdAt <= NOW);
    expect(facts.workloads.map((w) => w.id)).toEqual(known.map((w) => w.id).sort());
    expect(known.length).toBeGreaterThan(500);
    expect(new Set(facts.pods.map((p) => p.id)).size).toBe(facts.pods.length);
    expect(facts.nodes).toHaveLength(scenario.nodes.length);
    expect(facts.projects).toHaveLength(scenario.projects.length);
    expect(facts.workloads.every((w) => ["Train", "Build", "Deploy"].includes(w.category))).toBe(true);
    const specs = new Map(scenario.workloads.flatMap((w) => w.pods.map((p) => [p.id, p] as const)));
    for (const pod of facts.pods) {
      const spec = specs.get(pod.id);
      const started = spec?.startedAt ?? null;
      expect(pod.startedAt).toBe(started !== null && started <= NOW ? started : null);
      if (pod.startedAt !== null)
        expect(pod.gpuMilli).toBe(spec?.gpus.reduce((sum, g) => sum + Math.round(g.fraction * 1000), 0));
    }
    expect(await runai.connection()).toMatchObject({ ok: true, version: expect.stringMatching(/^\d+\.\d+/) });
  });

  it("reads the same facts when 15 % of the calls fail in every way", async () => {
    const healthy = await factsOf((await start()).runai);
    const { runai, simulator } = await start({ faults: FAULTS });
    for (let seed = 1; seed <= 5; seed++) {
      simulator.setFaults({ seed });
      expect(await factsOf(runai)).toEqual(healthy);
    }
  });

  it("reads the same series when 15 % of the calls fail and 15 % of the answers are partial", async () => {
    const calm = (await start()).runai;
    const pods = running(await collect(calm.read.inventory.pods("active")), NOW).filter((p) => (p.gpuMilli ?? 0) > 0);
    const some = pods.filter((_, i) => i % Math.ceil(pods.length / 12) === 0);
    const nodes = scenario.nodes.slice(0, 3).map((n) => [n.id, n.name]);
    const window = { start: NOW - 18_000, end: NOW };
    const healthy = await seriesOf(calm, some, nodes, window);
    expect(some.length).toBeGreaterThan(5);
    expect(healthy.missing).toEqual([]);
    const { runai } = await start({ faults: FAULTS });
    const faulty = await seriesOf(runai, some, nodes, window);
    for (const { cause } of faulty.missing) expect(cause).toMatch(/stayed partial \(207\)/);
    expect(faulty.missing.length).toBeLessThan(40);
    const lost = new Set(faulty.missing.map((m) => `${m.subject} ${m.metric}`));
    const whole = (series: Series[]) => series.filter((s) => !lost.has(`${s.subjectId} ${s.metric}`));
    expect(whole(faulty.series)).toEqual(whole(healthy.series));
    expect(runai.requests()).toBeGreaterThan(1.2 * calm.requests());
    const cluster = healthy.series.find((s) => s.metric === "total_gpu");
    expect(cluster?.at).toHaveLength(1200);
    const cards = healthy.series.filter((s) => s.subjectKind === "gpu" && s.metric === "gpu_utilisation_percent");
    expect(cards.length).toBeGreaterThanOrEqual(some.length);
    for (const s of healthy.series) expect(s.at.every((at) => at >= window.start && at < window.end)).toBe(true);
  });

  it("reads odd answers and a moving list without loss", async () => {
    const { runai } = await start({ faults: { odd: true, movingList: true } });
    const { workloads } = await factsOf(runai);
    expect(workloads).toHaveLength(scenario.workloads.filter((w) => w.createdAt <= NOW).length);
    expect(workloads.some((w) => w.phase === "Hibernating")).toBe(true);
    expect(workloads.some((w) => w.category === "Dream")).toBe(true);
  });

  it("renews tokens that end while it reads, and says when the credentials are wrong", async () => {
    const { runai } = await start({ runai: { tokenTtlSeconds: 1 } });
    const window = { start: NOW - 600, end: NOW };
    for (let i = 0; i < 3; i++) {
      expect((await runai.read.totals(DEMO_CLUSTER_ID, window, 15)).value).toHaveLength(2);
      await new Promise((resolve) => setTimeout(resolve, 600));
    }
    const { simulator } = await start();
    const wrong = createRunaiSource(runaiSettings(simulator.runaiUrl, { appId: "x", appSecret: "y" }));
    open.push(() => wrong.close());
    expect((await wrong.connection()).message).toMatch(/did not accept the credentials/);
  });

  it("works on, without profiling metrics, where they are switched off", async () => {
    const { runai } = await start({ runai: { advancedMetrics: false, version: "2.20" } });
    const pod = running(await collect(runai.read.inventory.pods("active")), NOW).find(
      (p) => (p.gpuMilli ?? 0) >= 1000,
    ) as PodFact;
    const answer = await runai.read.samples.pod(
      pod.clusterId,
      pod.workloadId,
      pod.id,
      { start: NOW - 600, end: NOW },
      15,
    );
    expect(answer.missing.map((m) => [m.metric, m.cause])).toEqual([
      ["sm_active_percent", "no data"],
      ["dram_active_percent", "no data"],
      ["tensor_active_percent", "no data"],
    ]);
    expect(answer.value.some((s) => s.metric === "gpu_utilisation_percent" && s.at.length === 40)).toBe(true);
  });
});

it("the requests of an inference pod are those of its counter, day by day and over its whole life", async () => {
  const { runai } = await start();
  const { workloads, pods } = await factsOf(runai);
  const serving = workloads.filter((w) => w.category === "Deploy");
  const isLong = (p: PodFact) => (p.startedAt ?? NOW) < NOW - 2 * 86_400 && !p.completedAt && !p.deletedAt;
  const pod = pods.find((p) => serving.some((w) => w.id === p.workloadId) && isLong(p));
  if (!pod?.startedAt) throw new Error("the scenario has no inference pod that lives for two days");
  const life = { start: pod.createdAt, end: pod.completedAt ?? NOW + 86_400 };
  const today = NOW - (NOW % 86_400);
  const yesterday = { start: today - 86_400, end: today };
  const read = (window: Interval) => runai.read.requests(pod.workloadId, pod.id, window, life);
  expect((await read(yesterday)).value).toBe(86_400 * REQUESTS_PER_SECOND);
  const [early, late] = [today - 86_400, today - 43_200].map((start) => ({ start, end: start + 43_200 })) as [
    Interval,
    Interval,
  ];
  expect([(await read(early)).value, (await read(late)).value]).toEqual(Array(2).fill(43_200 * REQUESTS_PER_SECOND));
  const other = pods.find((p) => workloads.some((w) => w.id === p.workloadId && w.category === "Train"));
  if (!other) throw new Error("the scenario has no training pod");
  const none = await runai.read.requests(other.workloadId, other.id, yesterday, { start: 0, end: NOW + 86_400 });
  expect([none.value, none.missing.length]).toEqual([null, 1]);
});
