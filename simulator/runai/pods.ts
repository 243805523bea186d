import { DAY, type Instant } from "@/lib/time.ts";
import { type Call, json, type Reply } from "@/simulator/http.ts";
import { hashText } from "@/simulator/random.ts";
import { type PodSpec, podEnd, type WorkloadSpec } from "@/simulator/scenario.ts";
import { asSent, hidesClaims, isOddAt, iso, isoPast, notFound, type RunaiContext, replicasOfPool } from "./context.ts";
import { type Fields, filtered, oddItem, oddPage, page } from "./listing.ts";
import { known, podRuns } from "./workload-state.ts";
import {
  allocated,
  asksForMemory,
  findWorkload,
  memoryOfPool,
  profileOf,
  requestedBy,
  TENANT_ID,
} from "./workloads.ts";

const asksOtherwise = (context: RunaiContext, workload: WorkloadSpec): boolean =>
  asksForMemory(context, workload) || profileOf(context, workload) !== undefined;

interface PodState {
  readonly pod: PodSpec;
  readonly workload: WorkloadSpec;
  readonly now: Instant;
}

/** Whether the pod stays listed as running after it ended with its workload. */
function outlives(context: RunaiContext, { pod, workload }: PodState): boolean {
  const end = podEnd(pod);
  const last = workload.phases.at(-1);
  const isLast = last?.phase === "Completed" && last.at === end;
  const oneIn = context.switches.podsOutlive;
  return (
    oneIn > 0 &&
    hashText(pod.id) % oneIn === 0 &&
    isLast &&
    workload.pods.length === 1 &&
    isOddAt(context, pod.createdAt)
  );
}

/** Whether the pod is no longer listed, because its workload got another one after it. */
function isForgotten(context: RunaiContext, { pod, workload, now }: PodState): boolean {
  const { deletedAt } = pod;
  if (!context.switches.forgetsPods || deletedAt === null || !isOddAt(context, pod.createdAt)) return false;
  return workload.pods.some((p) => p.node === pod.node && p.createdAt >= deletedAt && p.createdAt <= now);
}

function phaseOf({ pod, now }: PodState): string {
  if (pod.completedAt !== null && pod.completedAt <= now) return pod.failed ? "Failed" : "Succeeded";
  return pod.startedAt !== null && pod.startedAt <= now ? "Running" : "Pending";
}

/** A pod is gone when it was deleted, or its workload was. */
function deletedAt(context: RunaiContext, state: PodState): Instant | null {
  const { pod, workload, now } = state;
  if (outlives(context, state)) return null;
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
    deletedAt: (s) => isoPast(deletedAt(context, s), s.now),
  };
}

/** Seconds for which a restarted container waits, without a start. */
const WAITING_SECONDS = 40;

/** The start that is reported of a pod: of its last restart, where its containers are restarted. */
function startOf(context: RunaiContext, { pod, workload, now }: PodState): Instant | null {
  const { startedAt } = pod;
  const { restarts, crashLoops } = context.switches;
  const isOdd = (restarts || crashLoops) && isOddAt(context, pod.createdAt);
  if (!isOdd || startedAt === null || startedAt > now || workload.pods.length > 1) return startedAt;
  const period = crashLoops ? 240 + (hashText(pod.id) % 240) : 1500 + (hashText(pod.id) % 4000);
  const last = Math.min(now, (podEnd(pod) ?? now + 1) - 1);
  const restart = startedAt + Math.floor((last - startedAt) / period) * period;
  return restart > startedAt && now === last && now - restart < WAITING_SECONDS ? null : restart;
}

/** A pod as the API lists it; verbosity `full` adds project and workload names. */
function podWire(context: RunaiContext, state: PodState, full: boolean): Record<string, unknown> {
  const { pod, workload, now } = state;
  const project = context.timeline.project.get(workload.projectId);
  const memory = memoryOfPool(context, workload.pool);
  const milli = pod.gpus.reduce((sum, g) => sum + Math.round(g.fraction * 1000), 0);
  const gpus = hidesClaims(context, workload) ? 0 : (milli * replicasOfPool(context, workload.pool)) / 1000;
  const start = startOf(context, state);
  const started = start === null ? null : isoPast(start, now);
  const stays = outlives(context, state);
  const runs = podRuns(pod, stays ? Math.min(now, (podEnd(pod) ?? now + 1) - 1) : now);
  const completed = stays ? null : isoPast(pod.completedAt, now);
  const byPhase = context.switches.endsByPhase && isOddAt(context, pod.createdAt) && completed !== null;
  const boundAt = pod.boundAt ?? pod.startedAt;
  const node = boundAt !== null && boundAt <= now ? pod.node : null;
  const changes = [pod.createdAt, pod.startedAt, stays ? null : pod.completedAt, deletedAt(context, state)].filter(
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
    nodeName: node,
    currentNodePool: node === null ? null : workload.pool,
    requestedNodePools: [workload.pool],
    k8sPhase: stays && pod.startedAt !== null && pod.startedAt <= now ? "Running" : phaseOf(state),
    createdAt: iso(pod.createdAt),
    updatedAt: updated,
    k8sPhaseUpdatedAt: byPhase ? completed : updated,
    completedAt: byPhase ? null : completed,
    deletedAt: isoPast(deletedAt(context, state), now),
    ip: null,
    containers: [{ name: "main", image: workload.image, startedAt: started }],
    requestedResources: requestedBy(context, workload, 1),
    allocatedResources: runs
      ? { ...allocated(workload, gpus, 1, memory), ...(asksOtherwise(context, workload) ? { gpu: null } : {}) }
      : null,
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
      const gone = deletedAt(context, state);
      if (isForgotten(context, state)) continue;
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
  return page(
    call,
    filtered(context, call, states, fieldsOf(context)),
    "pods",
    (s) => asSent(context, podWire(context, s, full), s.pod.createdAt),
    true,
    oddItem(context),
    oddPage(context, call),
  );
}

export function countPods(context: RunaiContext, call: Call): Reply {
  const states = podsOf(context, context.timeline.scenario.workloads, call).filter((s) => completedMatches(call, s));
  const odd = oddItem(context).length;
  return json({ count: filtered(context, call, states, fieldsOf(context)).length + odd });
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
