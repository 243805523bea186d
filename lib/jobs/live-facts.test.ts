import { afterEach, describe, expect, it } from "vitest";
import { check } from "@/db/check.ts";
import { sql } from "@/db/client.ts";
import { meterRange } from "@/lib/metering/run.ts";
import type { InventoryReader, Source } from "@/lib/sources/source.ts";
import { listLiveClusters } from "@/lib/sync/facts/cluster-store.ts";
import { Sources } from "@/lib/sync/sources.ts";
import { formatInstant, HOUR, type Instant, MINUTE } from "@/lib/time.ts";
import { type PodSpec, podEnd, type Scenario, type WorkloadSpec } from "@/simulator/scenario.ts";
import { smallScenario } from "@/simulator/scenarios/small.ts";
import { syncLive } from "./live.ts";
import { usageByClass } from "./testing.ts";
import {
  differences,
  heldDifferences,
  hour,
  type LiveTest,
  LONG_TICK,
  settled,
  startLive,
  TICK,
} from "./testing-live.ts";
import { type Passing, proxyTo } from "./testing-proxy.ts";

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const base = smallScenario({ seed: 6, hours: 4, workloads: 14, faults: false });
const idle: Scenario = { ...base, workloads: [] };
const [node] = base.nodes;
if (!node) throw new Error("no node");

async function begin(
  scenario: Scenario,
  prometheus: boolean,
  bend: (p: Passing, now: Instant) => void,
  settings = {},
): Promise<LiveTest> {
  let now = () => scenario.range.start;
  const test = await startLive(scenario, {
    from: scenario.range.start,
    prometheus,
    settings,
    runaiUrl: async (simulator) => {
      const proxy = await proxyTo(simulator.runaiUrl, (p) => bend(p, now()));
      open.push(() => proxy.close());
      return proxy.url;
    },
  });
  now = test.now;
  open.push(() => test.close());
  return test;
}

/** Milli-GPU-seconds of a class of one model, from `from` to `to`. */
async function classOf(test: LiveTest, usageClass: string, from: Instant, to: Instant): Promise<number> {
  let sum = 0;
  for (const [key, milli] of await usageByClass(test.ledger.ctx)) {
    const [bucket, , model, name] = key.split("|") as [string, string, string, string];
    if (model === node?.gpuModel && name === usageClass && Number(bucket) >= from && Number(bucket) < to) sum += milli;
  }
  return sum;
}

async function capacityOf(test: LiveTest, from: Instant, to: Instant): Promise<number> {
  const row = await test.ledger.ctx.db.find<{ milli: number }>(sql`select sum(capacity_milli) as milli from capacity c
    join hardware h on h.key = c.hardware_key where h.gpu_model = ${node?.gpuModel} and bucket_at >= ${from} and bucket_at < ${to}`);
  return row?.milli ?? 0;
}

/** Syncs often until a while after `until`, and then seldom until all has settled. */
async function liveThrough(test: LiveTest, until: Instant): Promise<void> {
  await test.live(until + 2 * TICK);
  await test.live(settled(base), LONG_TICK);
}

const sameModel = base.nodes.filter((n) => n.gpuModel === node.gpuModel);
const cards = sameModel.reduce((sum, n) => sum + n.gpuCount, 0);
const within = (p: Passing, now: Instant, from: Instant, to: Instant) =>
  p.path === "/api/v1/nodes" && now >= from && now < to;

describe("node snapshots of a live sync, by Run:ai's word alone", () => {
  it.each([
    ["keeps its cards", (n: Record<string, unknown>) => Object.assign(n, { status: "NotReady" })],
    [
      "and no longer names its cards keeps them",
      (n: Record<string, unknown>) => Object.assign(n, { status: "NotReady", gpuInfo: null }),
    ],
  ])("a node that is not ready %s: down, from look to look", async (_, bend) => {
    const [from, to] = [hour(idle, 1), hour(idle, 2)];
    const test = await begin(idle, false, (p, now) => {
      if (within(p, now, from, to)) for (const n of p.body.nodes) if (n.name === node.name) bend(n);
    });
    await liveThrough(test, to);
    expect(await classOf(test, "down", hour(idle, 0), hour(idle, 4))).toBe(node.gpuCount * 1000 * HOUR);
    expect(await capacityOf(test, hour(idle, 0), hour(idle, 4))).toBe(cards * 1000 * 4 * HOUR);
  });

  it("a node that is removed is no capacity from its last look on, also between then and its return", async () => {
    const [from, to] = [hour(idle, 1), hour(idle, 3)];
    const test = await begin(idle, false, (p, now) => {
      if (within(p, now, from, to)) p.body.nodes = p.body.nodes.filter((n: { name: string }) => n.name !== node.name);
      if (p.path === "/api/v1/nodes/count" && now >= from && now < to) p.body.count--;
      // It joins again as a new node of the same name.
      if (p.path === "/api/v1/nodes" && now >= to)
        for (const n of p.body.nodes) if (n.name === node.name) n.createdAt = formatInstant(to);
    });
    await test.live(hour(idle, 3) - TICK);
    const gone = await test.ledger.ctx.db.find<{ at: Instant }>(
      sql`select removed_at as at from nodes where name = ${node.name}`,
    );
    expect(gone?.at).toBe(from - TICK);
    await liveThrough(test, to);
    const whole = cards * 1000 * 4 * HOUR;
    // Seen last a tick before it went, and first again when it was back.
    const away = node.gpuCount * 1000 * (to - from + TICK);
    expect(whole - (await capacityOf(test, hour(idle, 0), hour(idle, 4)))).toBe(away);
  });
});

it.each<[string, (nodes: { gpuInfo: unknown }[]) => unknown[], number]>([
  ["empty", () => [], 1],
  ["half", (nodes) => nodes.slice(0, 1), 1],
  ["without card information, for an hour", (nodes) => nodes.map((n) => ({ ...n, gpuInfo: null })), 6],
  ["empty for an hour, and the same nodes after it", () => [], 6],
])("a list of nodes that is %s changes no capacity, metered then or again", async (_, bend, looks) => {
  const from = hour(idle, 1);
  const test = await begin(idle, false, (p, now) => {
    if (within(p, now, from, from + looks * TICK)) p.body.nodes = bend(p.body.nodes);
  });
  await liveThrough(test, hour(idle, 3));
  const whole = cards * 1000 * 4 * HOUR;
  expect(await capacityOf(test, hour(idle, 0), hour(idle, 4))).toBe(whole);
  expect(await classOf(test, "down", hour(idle, 0), hour(idle, 4))).toBe(0);
  const { ledger } = test;
  const range = { start: hour(idle, 0), end: hour(idle, 4) };
  const clusters = (await listLiveClusters(ledger.ctx.db)).map((c) => c.id);
  await meterRange(ledger.ctx, clusters, range, { rules: ledger.rules, horizon: ledger.horizon(), stepSeconds: 30 });
  expect(await capacityOf(test, hour(idle, 0), hour(idle, 4))).toBe(whole);
});

describe("nodes under running pods", () => {
  it.each([
    [
      "no longer names its cards, though it is ready",
      (n: Record<string, unknown>) => Object.assign(n, { gpuInfo: null }),
    ],
    [
      "names another model",
      (n: Record<string, unknown>) =>
        Object.assign(n, { gpuInfo: { gpuType: "NVIDIA-H100", gpuCount: node.gpuCount } }),
    ],
    [
      "names fewer cards",
      (n: Record<string, unknown>) => Object.assign(n, { gpuInfo: { gpuType: node.gpuModel, gpuCount: 1 } }),
    ],
    ["moves to another pool", (n: Record<string, unknown>) => Object.assign(n, { nodePool: "other" })],
  ])("a node that %s for an hour stops no metering: its pods are billed as ever", async (_, bend) => {
    const [from, to] = [hour(base, 1), hour(base, 2)];
    const test = await begin(base, true, (p, now) => {
      if (within(p, now, from, to)) for (const n of p.body.nodes) if (n.name === node.name) bend(n);
    });
    await liveThrough(test, to);
    expect(test.summaries.map((s) => s.error).filter(Boolean)).toEqual([]);
    const byWorkload = (list: string[]) => list.filter((d) => !d.includes("NVIDIA-H100"));
    expect(byWorkload(await heldDifferences(test, base, base.range.start))).toEqual([]);
  });
});

describe("pods of a live sync", () => {
  const one = base.workloads.find(
    (w) =>
      w.pods.length === 1 && w.pods[0]?.completedAt && w.pods[0].completedAt - (w.pods[0].startedAt ?? 0) > 3 * TICK,
  ) as WorkloadSpec;
  const pod = one.pods[0] as WorkloadSpec["pods"][number];

  it("that are no longer listed end with their workload", async () => {
    const end = pod.completedAt as Instant;
    const test = await begin(base, false, (p, now) => {
      if (p.path === "/api/v1/workloads/pods" && now >= end)
        p.body.pods = p.body.pods.filter((x: { id: string }) => x.id !== pod.id);
    });
    await liveThrough(test, end);
    expect(await heldDifferences(test, base, base.range.start)).toEqual([]);
  });

  it("that are no longer listed while their workload runs on end when they were last seen", async () => {
    const at = (pod.startedAt as Instant) + 2 * TICK;
    const test = await begin(base, false, (p, now) => {
      if (p.path === "/api/v1/workloads/pods" && now >= at)
        p.body.pods = p.body.pods.filter((x: { id: string }) => x.id !== pod.id);
      // A list that is shorter than its count ends nothing.
      if (p.path === "/api/v1/workloads/pods/count" && now >= at) p.body.count -= 1;
      if (p.path === "/api/v1/workloads" && now >= at)
        for (const w of p.body.workloads)
          if (w.id === one.id) Object.assign(w, { completedAt: null, phase: "Running" });
    });
    await liveThrough(test, at);
    const row = await test.ledger.ctx.db.find<{ seen: Instant; ended: Instant }>(
      sql`select last_seen_at as seen, ended_at as ended from pods where id = ${pod.id}`,
    );
    expect(row?.ended).toBe(row?.seen);
    expect(row?.ended).toBeLessThan(at);
  });

  it("whose completion is reported hours late are metered again to the second, neighbours included", async () => {
    const late = (pod.completedAt as Instant) + 90 * MINUTE;
    const test = await begin(base, true, (p, now) => {
      if (p.path === "/api/v1/workloads/pods" && now < late)
        for (const x of p.body.pods) if (x.id === pod.id) Object.assign(x, { completedAt: null, k8sPhase: "Running" });
    });
    await liveThrough(test, pod.completedAt as Instant);
    await test.live(Math.max(late + 3 * TICK, settled(base)), LONG_TICK);
    expect(await heldDifferences(test, base, base.range.start)).toEqual([]);
  });
});

describe("a workload", () => {
  it("whose project is reported late has all its hours there, also those metered before", async () => {
    const [one] = base.workloads.filter((w) => w.pods.some((p) => p.startedAt && p.startedAt < hour(base, 1)));
    if (!one) throw new Error("no early workload");
    const from = hour(base, 3);
    const test = await begin(base, false, (p, now) => {
      if (p.path === "/api/v1/workloads" && now < from)
        for (const w of p.body.workloads)
          if (w.id === one.id) Object.assign(w, { projectId: "", projectName: "(unknown project)" });
    });
    await test.live(hour(base, 1));
    await test.live(from, LONG_TICK);
    await liveThrough(test, from);
    const held = (where: ReturnType<typeof sql>) =>
      test.ledger.ctx.db.find(sql`select sum(u.held_seconds) as seconds from ${where}`);
    const owner = sql`(select project_key from workloads where id = ${one.id})`;
    const ofWorkloads = sql`usage u join workloads w on w.key = u.workload_key where w.project_key = ${owner}`;
    expect(await held(sql`usage_projects u where u.project_key = ${owner}`)).toEqual(await held(ofWorkloads));
    expect(await held(sql`usage_project_days u where u.project_key = ${owner}`)).toEqual(await held(ofWorkloads));
    expect((await check(test.ledger.ctx.db, "UTC")).faults).toEqual([]);
  });
});

/** Leaves out the same pod in every order. */
function dropLeast(body: { pods: Record<string, unknown>[] }) {
  const least = body.pods.map((p) => String(p.id)).sort()[0];
  body.pods = body.pods.filter((p) => p.id !== least);
}

describe("lists that cannot be read in full", () => {
  it.each<[string, (body: { pods: Record<string, unknown>[]; next?: number }) => void, RegExp]>([
    ["with a pod that cannot be read", (b) => Object.assign(b.pods[0] ?? {}, { createdAt: null }), /cannot be read/],
    ["that is shorter than its count", dropLeast, /list of pods is incomplete/],
  ])("%s end nothing that they do not name, and the sync says so", async (_, bend, word) => {
    const from = hour(base, 1);
    const test = await begin(base, false, (p, now) => {
      if (p.path === "/api/v1/workloads/pods" && now >= from) bend(p.body);
    });
    await test.live(from - TICK);
    const { db } = test.ledger.ctx;
    const before = await db.all<{ id: string }>(sql`select id from pods where ended_at > ${from} order by id`);
    expect(before.length).toBeGreaterThan(0);
    test.jump(from);
    const { status, error } = await syncLive(test.ledger);
    expect([status, error]).toEqual(["partial", expect.stringMatching(word)]);
    const early = await db.all(
      sql`select id from pods where ended_at < ${from} and id in (${sql.join(
        before.map((p) => sql`${p.id}`),
        sql`, `,
      )})`,
    );
    expect(early).toEqual([]);
  });
});

it.each<[string, boolean, boolean]>([
  ["of Run:ai", false, false],
  ["of Prometheus", true, false],
  ["of Run:ai, also where the sync was stopped when they were stored,", false, true],
])("facts that arrive hours late bring their samples %s with them", async (_, prometheus, isStopped) => {
  const [from, to] = [hour(base, 0) + 1800, hour(base, 3) + 1800];
  const stop = new AbortController();
  const test = await begin(
    base,
    prometheus,
    (p, now) => {
      // What exists is stored before what was deleted is asked for.
      if (now >= to && p.path === "/api/v1/workloads/pods" && p.query.has("deleted")) stop.abort();
      if (now < from || now >= to) return;
      // The agent is cut off: nothing that began since is listed.
      const began = (o: { createdAt: string }) => Date.parse(o.createdAt) / 1000 >= from;
      if (p.path.endsWith("/count")) p.body.count = 0;
      for (const key of ["workloads", "pods"])
        if (Array.isArray(p.body[key])) p.body[key] = p.body[key].filter((o: { createdAt: string }) => !began(o));
    },
    { RESOURCE_TYPE: "pod" },
  );
  await test.live(to - TICK);
  test.jump(to);
  if (isStopped) await expect(syncLive(test.ledger, stop.signal)).rejects.toThrow();
  await liveThrough(test, to);
  expect(await differences(test, base, hour(base, 1))).toEqual([]);
});

describe("a cluster that is no longer listed", () => {
  const begun = (from: Instant, to: Instant) =>
    begin(base, false, (p, now) => {
      if (now < from || now >= to) return;
      if (p.path === "/api/v1/clusters") p.body = [];
      if (p.path.endsWith("/count")) p.body.count = 0;
      for (const key of ["nodes", "nodepools", "workloads", "pods", "projects", "departments"])
        if (Array.isArray(p.body[key])) p.body[key] = [];
    });

  it("holds nothing and has no card after it was last seen, and is no longer asked", async () => {
    const from = hour(base, 1);
    const test = await begun(from, Number.POSITIVE_INFINITY);
    await test.live(from + 3 * TICK);
    const { db } = test.ledger.ctx;
    expect(await db.all(sql`select id from pods where ended_at > ${from}`)).toEqual([]);
    expect(await db.all(sql`select name from nodes where removed_at is null`)).toEqual([]);
    expect(await listLiveClusters(db)).toEqual([]);
    expect(test.summaries.filter((s) => /no longer lists the cluster/.test(s.error))).toHaveLength(1);
    expect(await capacityOf(test, from, hour(base, 4))).toBe(0);
  });

  it("changes nothing if it is back at the next look, and is whole again if it returns later", async () => {
    for (const ticks of [1, 3]) {
      const from = hour(base, 1) + 2 * TICK;
      const test = await begun(from, from + ticks * TICK);
      await liveThrough(test, from + ticks * TICK);
      expect(await heldDifferences(test, base, hour(base, 1))).toEqual([]);
    }
  });
});

describe("lists that stay incomplete", () => {
  it("end a pod that they have not named for a day, where it was last seen", async () => {
    const from = hour(base, 1);
    const runs = (p: PodSpec) => p.startedAt !== null && p.startedAt < from - TICK && (podEnd(p) ?? from) > from;
    const kept = base.workloads.find((w) => w.deletedAt === null && w.pods.some(runs)) as WorkloadSpec;
    const gone = kept.pods.find(runs)?.id as string;
    const test = await begin(base, false, (p, now) => {
      if (now < from) return;
      for (const w of p.body.workloads ?? [])
        if (w.id === kept.id) Object.assign(w, { phase: "Running", completedAt: null });
      if (p.path === "/api/v1/workloads/pods") p.body.pods = p.body.pods.filter((o: { id: unknown }) => o.id !== gone);
    });
    await test.live(from + TICK);
    const { db } = test.ledger.ctx;
    const end = () => db.find<{ at: number }>(sql`select ended_at as at from pods where id = ${gone}`);
    expect((await end())?.at).toBeGreaterThan(from + 30 * HOUR);
    await test.live(from + 26 * HOUR, 5 * HOUR);
    expect((await end())?.at).toBeLessThanOrEqual(from);
  });
});

describe("two syncs of the inventory at once", () => {
  it("never end what lives: the word of the later one holds", async () => {
    const { syncFacts } = await import("@/lib/sync/facts/facts.ts");
    const test = await begin(base, false, () => undefined);
    test.jump(hour(base, 2));
    const sources = test.ledger.sources as Sources;
    const runai = sources.byName("runai") as Source;
    const inventory = runai.read.inventory as InventoryReader;
    const options = {
      bucketSeconds: 3600,
      marginSeconds: 1980,
      histories: { start: 0, end: test.now() },
      mostHistories: 0,
      onMoved: async () => undefined,
      onLate: async () => undefined,
    };
    // The earlier one is slow: it writes its pods when the later one has ended.
    const [reached, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow: InventoryReader = {
      ...inventory,
      async *pods(which) {
        for await (const page of inventory.pods(which)) {
          reached.resolve();
          await held.promise;
          yield page;
        }
        return undefined;
      },
    };
    const late = new Sources([{ ...runai, read: { ...runai.read, inventory: slow } }]);
    const earlier = syncFacts(test.ledger.ctx, late, options);
    await reached.promise;
    test.jump(hour(base, 2) + TICK);
    await syncFacts(test.ledger.ctx, sources, options);
    const living = () => test.ledger.ctx.db.all(sql`select id, ended_at from pods order by id`);
    const after = await living();
    held.resolve();
    await earlier;
    expect(await living()).toEqual(after);
  });
});
