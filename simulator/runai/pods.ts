import { DAY, type Instant } from "@/lib/time.ts";
import { type Call, json, type Reply } from "@/simulator/http.ts";
import type { PodSpec, WorkloadSpec } from "@/simulator/scenario.ts";
import { iso, isoPast, notFound, type RunaiContext } from "./context.ts";
import { type Fields, filtered, page } from "./listing.ts";
import { known, podRuns } from "./workload-state.ts";
import { allocated, findWorkload, memoryOfPool, requested, TENANT_ID } from "./workloads.ts";

interface PodState {
  readonly pod: PodSpec;
  readonly workload: WorkloadSpec;
  readonly now: Instant;
}

function phaseOf({ pod, now }: PodState): string {
  if (pod.completedAt !== null && pod.completedAt <= now) return pod.failed ? "Failed" : "Succeeded";
  return pod.startedAt !== null && pod.startedAt <= now ? "Running" : "Pending";
}

/** A pod is gone when it was deleted, or its workload was. */
function deletedAt({ pod, workload, now }: PodState): Instant | null {
  const at = pod.deletedAt ?? workload.deletedAt;
  return at !== null && at <= now ? at : null;
}

function fieldsOf(context: RunaiContext): Fields<PodState> {
  return {
    name: (s) => s.pod.name,
    clusterId: (s) => context.timeline.project.get(s.workload.projectId)?.clusterId,
    workloadId: (s) => s.workload.id,
    revisionId: () => null,
    nodeName: (s) => s.pod.node,
    currentNodepool: (s) => s.workload.pool,
    createdAt: (s) => iso(s.pod.createdAt),
    completedAt: (s) => isoPast(s.pod.completedAt, s.now),
    deletedAt: (s) => isoPast(deletedAt(s), s.now),
  };
}

/** A pod as the API lists it; verbosity `full` adds project and workload names. */
function podWire(context: RunaiContext, state: PodState, full: boolean): Record<string, unknown> {
  const { pod, workload, now } = state;
  const project = context.timeline.project.get(workload.projectId);
  const memory = memoryOfPool(context, workload.pool);
  const gpus = pod.gpus.reduce((sum, g) => sum + Math.round(g.fraction * 1000), 0) / 1000;
  const runs = podRuns(pod, now);
  const started = isoPast(pod.startedAt, now);
  const changes = [pod.createdAt, pod.startedAt, pod.completedAt, deletedAt(state)].filter(
    (t): t is number => t !== null && t <= now,
  );
  const updated = iso(Math.max(...changes));
  return {
    id: pod.id,
    name: pod.name,
    workloadId: workload.id,
    clusterId: project?.clusterId,
    tenantId: TENANT_ID,
    projectId: workload.projectId,
    ...(full ? { projectName: project?.name, workloadName: workload.name } : {}),
    priorityClassName: workload.priorityClass,
    nodeName: pod.node,
    currentNodePool: pod.node === null ? null : workload.pool,
    requestedNodePools: [workload.pool],
    k8sPhase: phaseOf(state),
    createdAt: iso(pod.createdAt),
    updatedAt: updated,
    k8sPhaseUpdatedAt: updated,
    completedAt: isoPast(pod.completedAt, now),
    deletedAt: isoPast(deletedAt(state), now),
    ip: null,
    containers: [{ name: "main", image: workload.image, startedAt: started }],
    requestedResources: requested(workload, 1, memory),
    allocatedResources: runs ? allocated(workload, gpus, 1, memory) : null,
    tolerations: [],
  };
}

function podsOf(context: RunaiContext, workloads: readonly WorkloadSpec[], call: Call): PodState[] {
  const now = context.clock.now();
  const deleted = call.query.get("deleted") === "true";
  const retention = context.switches.deletedRetentionDays;
  const out: PodState[] = [];
  for (const workload of workloads) {
    if (!known(context, workload, now)) continue;
    for (const pod of workload.pods) {
      const state = { pod, workload, now };
      const gone = deletedAt(state);
      if (pod.createdAt > now || (gone !== null) !== deleted) continue;
      if (gone !== null && retention !== null && gone <= now - retention * DAY) continue;
      out.push(state);
    }
  }
  return out;
}

function completedMatches(call: Call, state: PodState): boolean {
  const wanted = call.query.get("completed");
  if (wanted !== "true" && wanted !== "false") return true;
  return (state.pod.completedAt !== null && state.pod.completedAt <= state.now) === (wanted === "true");
}

export function listPods(context: RunaiContext, call: Call): Reply {
  const states = podsOf(context, context.timeline.scenario.workloads, call).filter((s) => completedMatches(call, s));
  const full = call.query.get("verbosity") === "full";
  return page(call, filtered(context, call, states, fieldsOf(context)), "pods", (s) => podWire(context, s, full));
}

export function countPods(context: RunaiContext, call: Call): Reply {
  const states = podsOf(context, context.timeline.scenario.workloads, call).filter((s) => completedMatches(call, s));
  return json({ count: filtered(context, call, states, fieldsOf(context)).length });
}

export function listWorkloadPods(context: RunaiContext, call: Call, id: string): Reply {
  const states = podsOf(context, [findWorkload(context, id)], call);
  return page(call, states, "pods", (s) => podWire(context, s, true));
}

/** @throws RunaiError 404 unless the pod is one of that workload. */
export function findPod(context: RunaiContext, workloadId: string, podId: string): PodSpec {
  const pod = findWorkload(context, workloadId).pods.find((p) => p.id === podId && p.createdAt <= context.clock.now());
  if (!pod) throw notFound(podId);
  return pod;
}
