import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { pods } from "@/db/schema/index.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { asViewer, manager, seedSixtyDays, TODAY, VISION } from "@/lib/budgets/testing-ledger.ts";
import { ctxOf, NOW } from "@/lib/charges/testing-ledger.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { tokenReader } from "@/lib/jobs/tokens.ts";
import type { PodFinder } from "@/lib/sources/find-pods.ts";
import { createPrometheusSource, type PrometheusSource } from "@/lib/sources/prometheus/index.ts";
import { quick } from "@/lib/sources/prometheus/testing-server.ts";
import type { Sources } from "@/lib/sync/sources.ts";
import { addDays, DAY, dayOfKey, HOUR, type Interval } from "@/lib/time.ts";
import { fixedClock } from "@/simulator/clock.ts";
import { type Simulator, startSimulator } from "@/simulator/index.ts";
import { TOKENS_PER_SECOND } from "@/simulator/prometheus/containers.ts";
import type { Running } from "@/simulator/prometheus/program.ts";
import { prometheusInstalled, startPrometheus } from "@/simulator/prometheus/real.ts";
import { DEFAULT_PROMETHEUS_SWITCHES } from "@/simulator/prometheus/server.ts";
import { demoScenario } from "@/simulator/scenarios/demo.ts";
import type { PodRun } from "@/simulator/timeline.ts";
import { defineUnit } from "./changes.ts";
import type { UnitInput } from "./input.ts";
import { readDueTokens } from "./read-tokens.ts";
import { loadUnitViews } from "./unit-views.ts";

const SERVED = dayOfKey(addDays(TODAY, -1), "UTC");
/** Each second, of both kinds. */
const PER_SECOND = TOKENS_PER_SECOND.prompt + TOKENS_PER_SECOND.generation;

let simulator: Simulator;
let source: PrometheusSource;
/** An inference pod that ran the whole day and longer. */
let run: PodRun;
let namespace: string;

beforeAll(async () => {
  const scenario = demoScenario({ now: NOW, days: 3, futureDays: 0 });
  simulator = await startSimulator({ scenario: { ...scenario, outages: [] }, clock: fixedClock(NOW) });
  const { timeline } = simulator;
  run = [...timeline.runOfPod.values()].find(
    (one) => one.workload.category === "Deploy" && one.start <= SERVED.start - HOUR && one.end >= SERVED.end + HOUR,
  ) as PodRun;
  namespace = timeline.project.get(run.workload.projectId)?.namespace ?? "";
  source = createPrometheusSource({ url: simulator.prometheusUrl, ...quick, http: { ...quick.http, retryCount: 8 } });
});
afterAll(async () => {
  await source.close();
  await simulator.close();
});

/** Asked about every cluster. */
const provided = (one: PrometheusSource) =>
  ({ providerOf: () => ({ source: one, read: one.read.tokens }) }) as unknown as Pick<Sources, "providerOf">;
const hour: Interval = { start: SERVED.start + 5 * HOUR, end: SERVED.start + 6 * HOUR };
const podsAt = () => [
  { namespace, pod: run.pod.name, ...hour },
  { namespace, pod: "never-was", ...hour },
];
const finder: PodFinder = {
  ...{ byName: () => null, byId: () => null, clusterOfNode: () => null, namespaces: () => [] },
  clustersOf: () => ["c1"],
};

it("are the growth of both counters of a pod; a pod without counters is not there", async () => {
  const { value, missing } = await source.read.tokens(podsAt(), hour, "c1", finder);
  expect([[...value.keys()], missing]).toEqual([[`${namespace}/${run.pod.name}`], []]);
  expect(value.get(`${namespace}/${run.pod.name}`)).toBeCloseTo(PER_SECOND * 3600, 3);
});

describe.skipIf(!prometheusInstalled())("by a real Prometheus", () => {
  let real: Running;
  beforeAll(async () => {
    const range = { start: hour.start - HOUR, end: hour.end + HOUR };
    real = await startPrometheus(simulator.timeline, DEFAULT_PROMETHEUS_SWITCHES, range);
  });
  afterAll(() => real.stop());

  it("are the same", async () => {
    const own = createPrometheusSource({ url: real.url, ...quick });
    const { value } = await own.read.tokens(podsAt(), hour, "c1", finder);
    await own.close();
    expect([...value].map(([name, tokens]) => [name, Math.round(tokens)])).toEqual([
      [`${namespace}/${run.pod.name}`, PER_SECOND * 3600],
    ]);
  });
});

describe("the unit cost per million tokens", () => {
  let store: TestDb;
  let ctx: Ctx;
  beforeEach(async () => {
    store = await sqliteFile();
    ctx = ctxOf(store.db);
    await seedSixtyDays(store.db);
    await store.db.write(async (tx) => {
      await tx.run(sql`update workloads set category = 'Deploy', namespace = ${namespace}`);
      await tx.insert(pods, [pod("a", run.pod.name)]);
    });
    return () => store.drop();
  });
  const pod = (id: string, name: string, endedAt = NOW + 99 * DAY) => ({
    ...{ clusterId: "c1", id, workloadKey: 1, name, node: "n1", nodePool: "", phase: "Running" },
    ...{ createdAt: SERVED.start - DAY, startedAt: SERVED.start - DAY, boundAt: null, endedAt },
    ...{ gpuMilli: 1000, gpuMemoryRequestMib: null, lastSeenAt: NOW },
  });
  const unit: UnitInput = {
    ...{ name: "Chat", noun: "token", per: 1_000_000, scope: { kind: "team", value: String(VISION) } },
    ...{ source: "tokens", category: "Deploy", countsFromDay: addDays(TODAY, -1) },
  };
  const read = () => readDueTokens(ctx, tokenReader({ ctx }, provided(source)), { horizon: NOW, retention: 30 * DAY });
  const view = async (key: number) =>
    (await loadUnitViews(ctx, { from: addDays(TODAY, -1), until: TODAY }, key))[0] as NonNullable<
      Awaited<ReturnType<typeof loadUnitViews>>[number]
    >;

  it("is what the team's inference was charged, divided by the tokens of the day; a manager needs no query", async () => {
    const key = await defineUnit(asViewer(ctx, manager), unit);
    expect(await read()).toBe(1);
    const { days, allocation } = await view(key);
    // 1,200 tokens a second for a day.
    expect((days[0]?.countMilli ?? 0) / 1000).toBe(PER_SECOND * 86_400);
    const cost = Number(allocation.costMicros ?? 0);
    expect(cost).toBeGreaterThan(80e6);
    expect(allocation.unitMicros).toBe(Math.round(cost / ((PER_SECOND * 86_400) / 1e6)));
    expect(await read()).toBe(0);
  });

  it("is unknown where a pod counted nothing in the minutes that it ran", async () => {
    const key = await defineUnit(ctx, unit);
    const total = async (start: number, end: number) => {
      await store.db.write(async (tx) => {
        await tx.run(sql`delete from pods where id = 'b'`);
        await tx.run(sql`delete from unit_counts`);
        await tx.insert(pods, [{ ...pod("b", "silent", end), startedAt: start, createdAt: start }]);
      });
      await read();
      return (await view(key)).days[0]?.countMilli;
    };
    // 59 minutes, and ten: nobody knows what it served.
    expect(await total(SERVED.start, SERVED.start + HOUR - 60)).toBeNull();
    expect(await total(SERVED.start + 50 * 60, SERVED.start + HOUR)).toBeNull();
    expect((await view(key)).allocation.unitMicros).toBeNull();
  });
});
