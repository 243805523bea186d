import type { Ctx } from "@/lib/ctx.ts";
import type { PodFact, Series, WorkloadFact } from "@/lib/sources/source.ts";
import {
  saveClusters,
  saveDepartments,
  saveNodePools,
  saveProjects,
  saveWorkloads,
} from "@/lib/sync/facts/inventory-store.ts";
import { saveNodes } from "@/lib/sync/facts/node-store.ts";
import { savePods } from "@/lib/sync/facts/pod-store.ts";
import { CHUNK_SECONDS } from "@/lib/sync/samples/chunk.ts";
import { SeriesKeys, saveSamples } from "@/lib/sync/samples/sample-store.ts";
import { floorTo } from "@/lib/time.ts";
import { milliOf, type PodSpec, podEnd, type Scenario, type WorkloadSpec } from "@/simulator/scenario.ts";

/** Most entries of one page of a Run:ai list. */
const PAGE = 500;
const TOTAL_STEP = 300;

/**
 * Writes a scenario's facts through the verbs of a sync, in pages, one transaction each, as seen at its end; and the
 * cluster's `TOTAL_GPU` history, by which free cards are known to be free. No workload has samples.
 */
export async function ingestScenario(ctx: Ctx, scenario: Scenario): Promise<void> {
  const { clusters, nodePools, departments, projects, nodes, range } = scenario;
  const now = range.end;
  const clusterIds = clusters.map((c) => c.id);
  const departmentName = new Map(departments.map((d) => [`${d.clusterId}/${d.id}`, d.name]));
  await ctx.db.write(async (tx) => {
    const live = { state: "Connected", lastLivenessAt: now, deletedAt: null };
    await saveClusters(
      tx,
      "",
      clusters.map((c) => ({ ...c, ...live })),
      now,
    );
    await saveNodePools(tx, nodePools, now);
    const seen = nodes.map((n) => ({ ...n, nodePool: n.pool, ready: true }));
    await saveNodes(tx, clusterIds, seen, now);
    await saveDepartments(tx, departments, now);
    const quotas = projects.map((p) => ({ ...p, quotaMilli: {} }));
    await saveProjects(tx, quotas, departmentName, now);
  });
  const factsOf = workloadFacts(scenario);
  for (const page of pages(scenario.workloads)) await ctx.db.write((tx) => saveWorkloads(tx, page.map(factsOf), now));
  const clusterOf = new Map(nodes.map((n) => [n.name, n.clusterId]));
  const pods = scenario.workloads.flatMap((w) => w.pods.map((p) => podFact(p, w, clusterOf.get(p.node ?? "") ?? "")));
  for (const page of pages(pods)) await ctx.db.write((tx) => savePods(tx, page, now));
  await saveTotals(ctx, scenario);
}

function* pages<T>(list: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < list.length; at += PAGE) yield list.slice(at, at + PAGE);
}

function workloadFacts({ projects, departments }: Scenario): (w: WorkloadSpec) => WorkloadFact {
  const projectOf = new Map(projects.map((p) => [p.id, p]));
  const departmentOf = new Map(departments.map((d) => [d.id, d.name]));
  return (w) => {
    const project = projectOf.get(w.projectId);
    const last = w.phases.at(-1);
    const startedAt = w.phases.find((p) => p.phase === "Running")?.at ?? null;
    const completedAt = last && ["Completed", "Failed", "Stopped"].includes(last.phase) ? last.at : null;
    const gpus = w.pods.reduce((sum, p) => sum + milliOfPod(p), 0);
    return {
      clusterId: project?.clusterId ?? "",
      id: w.id,
      name: w.name,
      type: w.type,
      category: w.category,
      namespace: project?.namespace ?? "",
      projectId: w.projectId,
      projectName: project?.name ?? "",
      departmentId: project?.departmentId ?? "",
      departmentName: departmentOf.get(project?.departmentId ?? "") ?? "",
      submittedBy: w.user,
      phase: last?.phase ?? "",
      preemptible: w.preemptible,
      priorityClass: w.priorityClass,
      nodePool: w.pool,
      createdAt: w.createdAt,
      phaseUpdatedAt: last?.at ?? null,
      completedAt,
      deletedAt: w.deletedAt,
      gpuRequestMilli: gpus,
      gpuRequestPerPodMilli: milliOf(w.request.gpuPerPod),
      gpuMemoryRequestMib: null,
      cpuRequestMilli: w.request.cpuMilliPerPod * w.pods.length,
      cpuLimitMilli: null,
      cpuMemoryRequestMib: w.request.memoryMibPerPod * w.pods.length,
      cpuMemoryLimitMib: null,
      pendingSeconds: startedAt === null ? null : startedAt - w.createdAt,
      runningSeconds: startedAt === null || completedAt === null ? null : completedAt - startedAt,
      images: [w.image],
    };
  };
}

const milliOfPod = (pod: PodSpec): number => pod.gpus.reduce((sum, g) => sum + milliOf(g.fraction), 0);

function podFact(pod: PodSpec, workload: WorkloadSpec, clusterId: string): PodFact {
  return {
    clusterId,
    id: pod.id,
    name: pod.name,
    workloadId: workload.id,
    node: pod.node,
    nodePool: workload.pool,
    phase: podEnd(pod) === null ? "Running" : pod.failed ? "Failed" : "Succeeded",
    createdAt: pod.createdAt,
    startedAt: pod.startedAt,
    completedAt: pod.completedAt,
    deletedAt: pod.deletedAt,
    gpuMilli: milliOfPod(pod),
    gpuMemoryRequestMib: null,
  };
}

async function saveTotals(ctx: Ctx, { clusters, nodes, range }: Scenario): Promise<void> {
  const at: number[] = [];
  for (let t = floorTo(range.start, CHUNK_SECONDS); t < range.end; t += TOTAL_STEP) at.push(t);
  const series = clusters.map((c): Series => {
    const cards = nodes.filter((n) => n.clusterId === c.id).reduce((sum, n) => sum + n.gpuCount, 0);
    const identity = {
      clusterId: c.id,
      subjectKind: "cluster",
      subjectId: c.id,
      gpu: "",
      metric: "total_gpu",
    } as const;
    return { ...identity, at, value: at.map(() => cards) };
  });
  await ctx.db.write((tx) => saveSamples(tx, new SeriesKeys(), series, TOTAL_STEP));
}
