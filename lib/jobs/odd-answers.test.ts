import { afterEach, expect, it } from "vitest";
import { formatInstant, parseInstant } from "@/lib/time.ts";
import type { Scenario } from "@/simulator/scenario.ts";
import { withSecondCluster } from "@/simulator/scenarios/second-cluster.ts";
import { smallScenario } from "@/simulator/scenarios/small.ts";
import { pastDifferences, readPast } from "./testing-past.ts";
import type { Passing } from "./testing-proxy.ts";

/** Answers of Run:ai that are odd and true all the same: a history that is read through them agrees with the truth to the second. */

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

type Item = Record<string, unknown>;
const items = ({ body }: Passing, key: string): Item[] => (Array.isArray(body?.[key]) ? body[key] : []);
const pods = (p: Passing) => items(p, "pods");
const both = (p: Passing) => [...items(p, "pods"), ...items(p, "workloads")];

/** Every time of an answer, written in another way. */
function retimed(value: unknown, write: (at: number) => string): unknown {
  if (Array.isArray(value)) return value.map((v) => retimed(v, write));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, retimed(v, write)]));
  const at = typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value) ? parseInstant(value) : null;
  return at === null ? value : write(at);
}

const inTokyo = (at: number) => formatInstant(at + 9 * 3600).replace("Z", ".987654321+09:00");
const isMetrics = (p: Passing) => p.path.endsWith("/metrics");

it.each<[string, (p: Passing) => void]>([
  [
    "pods of which the phase is Unknown",
    (p) => {
      for (const pod of pods(p)) if (pod.k8sPhase === "Running") pod.k8sPhase = "Unknown";
    },
  ],
  [
    "histories that begin with the newest record, and have each twice",
    (p) => {
      if (p.path.endsWith("/history") && p.body.records)
        p.body.records = [...p.body.records, ...p.body.records].reverse();
    },
  ],
  [
    "histories with records of other types and without a phase in between",
    (p) => {
      if (!p.path.endsWith("/history") || !p.body.records) return;
      p.body.records = p.body.records.flatMap((r: Item) => [
        r,
        { ...r, meta: { ...(r.meta as Item), type: "Event" }, spec: { event: {}, phaseUpdate: null } },
        {},
      ]);
    },
  ],
  [
    "times of another zone, with fractions",
    (p) => {
      if (!isMetrics(p)) p.body = retimed(p.body, inTokyo);
    },
  ],
  [
    "allocation samples that are NaN, -1 or empty",
    (p) => {
      if (!isMetrics(p)) return;
      for (const m of items(p, "measurements"))
        if (m.type === "GPU_ALLOCATION")
          m.values = (m.values as Item[]).map((v, i) => ({ ...v, value: ["NaN", "-1", "", null, "+Inf"][i % 5] }));
    },
  ],
  [
    "pods whose allocation says 0 GPUs",
    (p) => {
      for (const pod of pods(p))
        if (pod.allocatedResources)
          pod.allocatedResources = { ...(pod.allocatedResources as Item), gpu: 0, gpuMemory: "0B" };
    },
  ],
  [
    "pods that are to be deleted in the year 9999",
    (p) => {
      for (const pod of pods(p)) pod.deletedAt ??= "9999-12-31T23:59:59Z";
    },
  ],
  [
    "pods and workloads without the instants of their last changes",
    (p) => {
      for (const item of both(p))
        for (const key of ["updatedAt", "k8sPhaseUpdatedAt", "phaseUpdatedAt"]) delete item[key];
    },
  ],
  [
    "nodes that are listed twice",
    (p) => {
      if (p.path === "/api/v1/nodes") p.body.nodes = p.body.nodes.flatMap((n: Item) => [n, { ...n }]);
    },
  ],
  [
    "projects without a namespace and a parent",
    (p) => {
      for (const project of items(p, "projects"))
        Object.assign(project, { requestedNamespace: null, status: null, parent: null });
    },
  ],
  [
    "pods with a side-car that starts first, and one that never starts",
    (p) => {
      for (const pod of pods(p)) {
        const [main] = pod.containers as Item[];
        pod.containers = [
          { name: "proxy", startedAt: null },
          main,
          { name: "late", startedAt: main?.startedAt ? "2026-12-24T00:00:00Z" : null },
        ];
      }
    },
  ],
  [
    "pods of nodes in capitals",
    (p) => {
      for (const node of items(p, "nodes")) node.status = String(node.status).toUpperCase();
    },
  ],
])("%s", async (_, bend) => {
  const scenario = smallScenario({ faults: false, slowStarts: true, seed: 43, hours: 5 });
  const ledger = await readPast(scenario, { source: "prometheus", bend }, open);
  expect(await pastDifferences(ledger, scenario)).toEqual([]);
});

it("pods that take the name of the one before them, with another id", async () => {
  const plain = smallScenario({ faults: false, slowStarts: true, seed: 44, hours: 6, workloads: 30 });
  const renamed: Scenario = {
    ...plain,
    workloads: plain.workloads.map((w) => ({
      ...w,
      pods: w.pods.map((p) => ({ ...p, name: p.name.replace(/-1$/, "-0") })),
    })),
  };
  expect(
    renamed.workloads.filter((w) => new Set(w.pods.map((p) => p.name)).size < w.pods.length).length,
  ).toBeGreaterThan(1);
  const ledger = await readPast(renamed, { source: "prometheus" }, open);
  expect(await pastDifferences(ledger, renamed)).toEqual([]);
});

it("two clusters whose nodes, pools, projects and namespaces have the same names", async () => {
  const [first, second] = [54, 55].map((seed) => smallScenario({ faults: false, hours: 5, workloads: 16, seed }));
  const { scenario } = withSecondCluster(first as Scenario, second as Scenario);
  let shared = 0;
  const near = (value: unknown) => {
    if (typeof value === "string" && value.startsWith("far-")) shared++;
    return typeof value === "string" ? value.replace(/^far-/, "") : value;
  };
  const bend = (p: Passing) => {
    for (const node of items(p, "nodes")) Object.assign(node, { name: near(node.name), nodePool: near(node.nodePool) });
    for (const pool of items(p, "nodepools")) pool.name = near(pool.name);
    for (const item of [...both(p), ...items(p, "projects")])
      for (const key of ["nodeName", "currentNodePool", "projectName", "namespace", "name"])
        if (key in item) item[key] = near(item[key]);
  };
  const ledger = await readPast(scenario, { source: "pod", bend }, open);
  expect(shared).toBeGreaterThan(50);
  expect(await pastDifferences(ledger, scenario)).toEqual([]);
});
