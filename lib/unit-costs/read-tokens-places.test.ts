import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { clusters, pods } from "@/db/schema/index.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { seedSixtyDays, TODAY, VISION } from "@/lib/budgets/testing-ledger.ts";
import { ctxOf, NOW } from "@/lib/charges/testing-ledger.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { tokenReader } from "@/lib/jobs/tokens.ts";
import { createPrometheusSource } from "@/lib/sources/prometheus/index.ts";
import { type Asked, matrix, quick, startServer, type TestServer } from "@/lib/sources/prometheus/testing-server.ts";
import type { Source } from "@/lib/sources/source.ts";
import { Sources } from "@/lib/sync/sources.ts";
import { addDays, DAY, dayOfKey, HOUR, MINUTE } from "@/lib/time.ts";
import { fixedClock } from "@/simulator/clock.ts";
import { type Simulator, startSimulator } from "@/simulator/index.ts";
import { TOKENS_PER_SECOND } from "@/simulator/prometheus/containers.ts";
import type { WorkloadSpec } from "@/simulator/scenario.ts";
import { demoScenario } from "@/simulator/scenarios/demo.ts";
import { defineUnit } from "./changes.ts";
import { readDueTokens } from "./read-tokens.ts";
import { loadUnitViews } from "./unit-views.ts";

const SERVED = dayOfKey(addDays(TODAY, -1), "UTC");
const PER_SECOND = TOKENS_PER_SECOND.prompt + TOKENS_PER_SECOND.generation;
/** A counter that begins or ends within an hour is known to its next sample. */
const EDGE = PER_SECOND * 60;
const AT = SERVED.start + 5 * HOUR;

interface Life {
  readonly id: string;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly createdAt?: number;
}
/** In the first cluster one pod is replaced by another of its name; in the second, a pod of the same name runs for longer. */
const FIRST: readonly Life[] = [
  { id: "a-0", name: "chat-0", start: AT, end: AT + 20 * MINUTE },
  { id: "a-1", name: "chat-0", start: AT + 25 * MINUTE, end: AT + HOUR },
];
const SECOND: readonly Life[] = [{ id: "b-0", name: "chat-0", start: AT, end: AT + 2 * HOUR }];
/** It is created in one hour, and loads its model until the next. */
const SLOW: Life = {
  ...{ id: "s-0", name: "slow-0", start: AT + HOUR + 10 * MINUTE, end: AT + 2 * HOUR },
  createdAt: AT + 40 * MINUTE,
};

let simulator: Simulator;
let store: TestDb;
let ctx: Ctx;

beforeAll(async () => {
  const base = demoScenario({ now: NOW, days: 3, futureDays: 0 });
  const east = { ...(base.clusters[0] as (typeof base.clusters)[number]), id: "east-id", name: "east" };
  const project = base.projects[0] as (typeof base.projects)[number];
  const model = base.workloads.find((w) => w.category === "Deploy") as WorkloadSpec;
  const workload = (id: string, projectId: string, lives: readonly Life[]): WorkloadSpec => ({
    ...{ ...model, id, projectId, createdAt: SERVED.start, deletedAt: null },
    pods: lives.map(({ id: podId, name, start, end, createdAt = start }) => ({
      ...{ id: podId, name, node: null, createdAt, startedAt: start, completedAt: null, deletedAt: end },
      ...{ failed: false, gpus: [] },
    })),
  });
  const scenario = {
    ...{ ...base, outages: [], clusters: [east, { ...east, id: "west-id", name: "west" }] },
    projects: [
      { ...project, id: "p-east", clusterId: "east-id", namespace: "chat" },
      { ...project, id: "p-west", clusterId: "west-id", namespace: "chat" },
    ],
    workloads: [workload("w-east", "p-east", [...FIRST, SLOW]), workload("w-west", "p-west", SECOND)],
  };
  simulator = await startSimulator({ scenario, clock: fixedClock(NOW) });
});
afterAll(() => simulator.close());

beforeEach(async () => {
  store = await sqliteFile();
  ctx = ctxOf(store.db);
  await seedSixtyDays(store.db);
  const seen = { state: "Connected", firstSeenAt: 0, lastSeenAt: NOW };
  await store.db.write(async (tx) => {
    await tx.run(sql`update workloads set category = 'Deploy', namespace = 'chat'`);
    await tx.insert(clusters, [{ id: "c2", name: "west", ...seen }]);
  });
});
afterEach(() => store.drop());

const row = (clusterId: string, { id, name, start, end, createdAt = start }: Life) => ({
  ...{ clusterId, id, workloadKey: 1, name, node: "", nodePool: "", phase: "Running", createdAt, startedAt: createdAt },
  ...{ boundAt: null, endedAt: end, gpuMilli: 1000, gpuMemoryRequestMib: null, lastSeenAt: NOW },
});
const keep = (clusterId: string, lives: readonly Life[]) =>
  store.db.write((tx) =>
    tx.insert(
      pods,
      lives.map((life) => row(clusterId, life)),
    ),
  );

/** A source of tokens that may name its clusters, beside an inventory of all. */
function sourcesOf(...asked: readonly { readonly url: string; readonly clusters?: readonly string[] }[]): Sources {
  const base = { provides: new Set<never>(), connection: () => Promise.reject(new Error()), requests: () => 0 };
  const inventory = { ...base, name: "inventory", title: "Inventory", close: async () => {}, read: { inventory: {} } };
  const opened = asked.map(({ url, clusters: named }, i) => ({
    ...createPrometheusSource({ url, clusters: named, ...quick }),
    ...{ name: `prometheus-${i}`, title: "Prometheus", provides: new Set(["tokens"] as const) },
  }));
  return new Sources([inventory as unknown as Source, ...opened]);
}

/** What is known of the day's tokens. */
async function tokensOf(sources: Sources): Promise<{ readonly tokens: number | null; readonly problem: string }> {
  await store.db.write(async (tx) => {
    for (const table of ["unit_counts", "units"]) await tx.run(sql.raw(`delete from ${table}`));
  });
  const key = await defineUnit(ctx, {
    ...{ name: "Chat", noun: "token", per: 1_000_000, scope: { kind: "team", value: String(VISION) } },
    ...{ source: "tokens", category: "Deploy", countsFromDay: addDays(TODAY, -1) },
  });
  await readDueTokens(ctx, tokenReader({ ctx }, sources), { horizon: NOW, retention: 30 * DAY });
  await sources.close();
  const [view] = await loadUnitViews(ctx, { from: addDays(TODAY, -1), until: TODAY }, key);
  const count = view?.days[0]?.countMilli ?? null;
  const found = await store.db.all<{ problem: string }>(sql`select problem from unit_counts`);
  return { tokens: count === null ? null : count / 1000, problem: found[0]?.problem ?? "" };
}
const within = (tokens: number | null, seconds: number) =>
  expect(Math.abs((tokens ?? Number.NaN) - PER_SECOND * seconds)).toBeLessThanOrEqual(2 * EDGE);

it("count a pod that another of its name replaces within the hour once each", async () => {
  await keep("c1", FIRST);
  within((await tokensOf(sourcesOf({ url: simulator.prometheusUrl }))).tokens, 55 * MINUTE);
});

it("are those of each cluster where two of one server have pods of one name", async () => {
  await keep("c1", FIRST);
  await keep("c2", SECOND);
  within((await tokensOf(sourcesOf({ url: simulator.prometheusUrl }))).tokens, 55 * MINUTE + 2 * HOUR);
});

it("are 0 in the hour in which a pod loads its model, which kube-state-metrics shows", async () => {
  await keep("c1", [SLOW]);
  within((await tokensOf(sourcesOf({ url: simulator.prometheusUrl }))).tokens, 50 * MINUTE);
});

/** A server of one cluster, whose pods all count so many of each kind in an hour. @param labels of each series. */
const serverOf = (perHour: string, ...labels: readonly object[]): Promise<TestServer> =>
  startServer((asked: Asked) => {
    if (asked.path.endsWith("query_range")) return matrix([]);
    if (!asked.form.get("query")?.startsWith("sum by")) return null;
    const result = labels.map((more) => ({
      metric: { namespace: "chat", pod: "chat-0", ...more },
      value: [0, String(Number(perHour) / HOUR)],
    }));
    return { body: { status: "success", data: { resultType: "vector", result } } };
  });
const hourLong: Life = { id: "x", name: "chat-0", start: AT, end: AT + HOUR };

it("are read from the server of each cluster, and unknown where a cluster has none", async () => {
  const [one, two] = [await serverOf("1000", {}), await serverOf("50", {})];
  await keep("c1", [hourLong]);
  await keep("c2", [hourLong]);
  const east = { url: one.url, clusters: ["c1"] };
  expect(await tokensOf(sourcesOf(east, { url: two.url, clusters: ["c2"] }))).toMatchObject({ tokens: 2100 });
  const { tokens, problem } = await tokensOf(sourcesOf(east));
  expect([tokens, problem]).toEqual([null, expect.stringMatching(/cluster c2/)]);
  await Promise.all([one.close(), two.close()]);
});

it("are unknown where a series may be of either of two clusters", async () => {
  const server = await serverOf("1000", {});
  await keep("c1", [hourLong]);
  expect((await tokensOf(sourcesOf({ url: server.url }))).tokens).toBe(2000);
  await keep("c2", [hourLong]);
  expect((await tokensOf(sourcesOf({ url: server.url }))).tokens).toBeNull();
  await server.close();
});
