import type {
  ClusterFact,
  DepartmentFact,
  NodeFact,
  NodePoolFact,
  PhaseRecord,
  PodFact,
  ProjectFact,
  WorkloadFact,
} from "@/lib/sources/source.ts";
import { isBackground } from "@/lib/sources/source.ts";
import type { Instant } from "@/lib/time.ts";
import { categoryOf } from "./category.ts";
import { extendedGpus } from "./extended.ts";
import { quantityMib, quantityMilliCores } from "./quantity.ts";
import type * as wire from "./wire.ts";

/** GPUs, including fractions, in milli-GPU; null if it is not a number. */
function milliGpu(gpus: number | null | undefined): number | null {
  return typeof gpus === "number" && gpus >= 0 ? Math.round(gpus * 1000) : null;
}

const wholeSeconds = (seconds: number | null | undefined) =>
  typeof seconds === "number" && seconds >= 0 ? Math.round(seconds) : null;

export function toCluster(c: wire.WireCluster): ClusterFact {
  return {
    id: c.uuid,
    name: c.name,
    version: c.version || null,
    state: c.status?.state || "Unknown",
    lastLivenessAt: c.lastLiveness,
    createdAt: c.createdAt,
    deletedAt: c.deletedAt,
  };
}

export function toNodePool(p: wire.WireNodePool): NodePoolFact {
  return { clusterId: p.clusterId, id: p.id, name: p.name };
}

/** A node that takes no new pods (`Ready,SchedulingDisabled`) is as ready as it says. */
function readiness(status: string | null | undefined): boolean | null {
  const [word] = (status ?? "").toLowerCase().split(",");
  return word === "ready" ? true : word === "notready" ? false : null;
}

/**
 * `id` is empty before 2.19, which has none. `clusterId` is the requested cluster where the node does not name its own.
 */
export function toNode(n: wire.WireNode, clusterId: string): NodeFact {
  return {
    clusterId: n.clusterUuid ?? clusterId,
    id: n.id ?? "",
    name: n.name,
    nodePool: n.nodePool ?? "",
    gpuModel: n.gpuInfo?.gpuType || null,
    gpuCount: Math.max(0, Math.round(n.gpuInfo?.gpuCount ?? 0)),
    ready: readiness(n.status),
    createdAt: n.createdAt,
  };
}

export function toDepartment(d: wire.WireDepartment): DepartmentFact {
  return { clusterId: d.clusterId ?? "", id: d.id, name: d.name };
}

/** Quotas of a pool that is named twice add up; a quota without a pool has the key "". */
export function toProject(p: wire.WireProject): ProjectFact {
  const quotaMilli: Record<string, number> = {};
  for (const resource of p.resources ?? []) {
    const quota = milliGpu(resource.gpu?.deserved);
    const pool = resource.nodePool?.name ?? "";
    if (quota !== null) quotaMilli[pool] = (quotaMilli[pool] ?? 0) + quota;
  }
  return {
    clusterId: p.clusterId ?? "",
    id: p.id,
    name: p.name,
    departmentId: p.parentId ?? p.parent?.id ?? "",
    namespace: p.status?.namespace || p.requestedNamespace || null,
    quotaMilli,
  };
}

export function toWorkload(w: wire.WireWorkload): WorkloadFact {
  const requested = w.workloadRequestedResources;
  const perPod = w.podsRequestedResources;
  // A number of 0 beside MIG profiles or memory requests nothing: the others do.
  const isOther = asksOtherwise(requested) || asksOtherwise(perPod);
  const type = w.type ?? "";
  const isUnder = w.background === true || isBackground(w.preemptibility) || isBackground(w.priorityClassName);
  return {
    clusterId: w.clusterId,
    id: w.id,
    name: w.name,
    type,
    category: categoryOf(w.category, type),
    namespace: w.namespace ?? "",
    projectId: w.projectId ?? "",
    projectName: w.projectName ?? "",
    departmentId: w.departmentId ?? "",
    departmentName: w.departmentName ?? "",
    submittedBy: w.submittedBy ?? "",
    phase: w.deletedAt !== null && LEAVING.has(w.phase ?? "") ? "Deleted" : w.phase || "Unknown",
    preemptible: isUnder ? true : (w.preemptible ?? null),
    priorityClass: isUnder && !isBackground(w.priorityClassName) ? BACKGROUND : (w.priorityClassName ?? ""),
    nodePool: w.currentNodePools?.[0] ?? w.requestedNodePools?.[0] ?? "",
    createdAt: w.createdAt,
    phaseUpdatedAt: w.phaseUpdatedAt,
    completedAt: w.completedAt,
    deletedAt: w.deletedAt,
    gpuRequestMilli: isOther ? null : requestMilli(requested),
    gpuRequestPerPodMilli: isOther ? null : requestMilli(perPod),
    gpuMemoryRequestMib: quantityMib(requested?.gpuMemory?.request) || quantityMib(perPod?.gpuMemory?.request),
    gpuResources: resourcesOf(requested) || resourcesOf(perPod),
    cpuRequestMilli: quantityMilliCores(requested?.cpu?.request),
    cpuLimitMilli: quantityMilliCores(requested?.cpu?.limit),
    cpuMemoryRequestMib: quantityMib(requested?.cpuMemory?.request),
    cpuMemoryLimitMib: quantityMib(requested?.cpuMemory?.limit),
    pendingSeconds: wholeSeconds(w.totalPendingTimeSeconds),
    runningSeconds: wholeSeconds(w.totalRunningTimeSeconds),
    images: w.images ?? [],
  };
}

/** The priority class of what Run:ai marks as background work in another way. */
const BACKGROUND = "background";

/** The last phase reported of something that has since been deleted. */
const LEAVING: ReadonlySet<string> = new Set(["Deleting", "Terminating"]);

/** Phases of Kubernetes, and reasons shown as phases, after which no container of a pod starts again. */
const FINAL = /^(succeeded|failed|completed|evicted|preempted|deadlineexceeded|unexpectedadmissionerror|outof.*)$/i;

const isFinal = (p: wire.WirePod): boolean => FINAL.test(p.k8sPhase ?? "");
const isOver = (p: wire.WirePod): boolean => p.completedAt !== null || p.deletedAt !== null || isFinal(p);

/** Completion, else the instant of a final phase unless it was deleted before. */
function completedAt(p: wire.WirePod): Instant | null {
  if (p.completedAt !== null || !isFinal(p)) return p.completedAt;
  const at = p.k8sPhaseUpdatedAt ?? p.updatedAt;
  return at !== null && p.deletedAt !== null ? Math.min(at, p.deletedAt) : at;
}

/** GPUs that are requested by a number that nobody can read. */
const UNREADABLE = "unreadable*1";

type Requested = wire.WirePod["requestedResources"];

/**
 * Requested GPUs as a number: portions, or whole cards as an extended resource, which may stand beside a number of 0.
 * Null if they are requested otherwise.
 */
function requestMilli(requested: Requested): number | null {
  const portions = milliGpu(requested?.gpu?.request);
  return portions || (milliGpu(extendedGpus(requested?.extendedResources).cards) ?? portions);
}

/** What is requested of cards other than a number or memory: MIG profiles, shared cards, claims; empty for nothing. */
function resourcesOf(requested: Requested): string {
  const { profiles } = extendedGpus(requested?.extendedResources);
  if (profiles) return profiles;
  if (requested?.migProfile) return requested.migProfile;
  const claims = requested?.resourceClaims?.length ?? 0;
  if (claims > 0) return `claim*${claims}`;
  return Number.isNaN(requested?.gpu?.request) ? UNREADABLE : "";
}

/** Whether GPUs are requested as something that is not a number of cards: memory, MIG profiles, shared cards, claims. */
function asksOtherwise(requested: Requested): boolean {
  if (requestMilli(requested)) return false;
  return resourcesOf(requested) !== "" || Boolean(quantityMib(requested?.gpuMemory?.request));
}

/**
 * The allocation is the present one, so a pod that has ended may report 0: then it held what it requested, or the
 * number is unknown. An allocation of 0 says nothing where GPUs are not requested as a number.
 */
function podGpuMilli(p: wire.WirePod): number | null {
  const allocated = milliGpu(p.allocatedResources?.gpu);
  const requested = requestMilli(p.requestedResources);
  if (allocated) return allocated;
  return asksOtherwise(p.requestedResources) ? null : (requested ?? (isOver(p) ? null : allocated));
}

export function toPod(p: wire.WirePod): PodFact {
  const containers = p.containers ?? [];
  const starts = containers.flatMap((container) => container.startedAt ?? []);
  return {
    clusterId: p.clusterId,
    id: p.id,
    name: p.name,
    workloadId: p.workloadId ?? "",
    node: p.nodeName || null,
    nodePool: p.currentNodePool || p.requestedNodePools?.[0] || null,
    phase: isOver(p) && p.k8sPhase === "Running" ? "Ended" : p.k8sPhase || "Unknown",
    createdAt: p.createdAt,
    startedAt: starts.length > 0 ? Math.min(...starts) : null,
    latestStartAt: starts.length > 0 && starts.length === containers.length ? Math.max(...starts) : null,
    completedAt: completedAt(p),
    deletedAt: p.deletedAt,
    isOver: isFinal(p),
    gpuMilli: podGpuMilli(p),
    gpuMemoryRequestMib: quantityMib(p.requestedResources?.gpuMemory?.request ?? p.allocatedResources?.gpuMemory),
    gpuResources:
      resourcesOf(p.requestedResources) ||
      extendedGpus(p.allocatedResources?.extendedResources).profiles ||
      (p.allocatedResources?.migProfile ?? ""),
  };
}

/**
 * The phase updates among history records, oldest first, without repeats of a phase. Of several at one instant – Kubernetes
 * knows whole seconds – the last one counts: the others took no time, and no order of theirs can be kept.
 */
export function toPhases(records: readonly wire.WireHistoryRecord[]): PhaseRecord[] {
  const phases = records.flatMap(({ meta, spec }) => {
    const at = meta?.creationTimestamp;
    const phase = spec?.phaseUpdate?.phase;
    return typeof at === "number" && phase ? [{ at, phase }] : [];
  });
  const [first, last] = [phases[0], phases.at(-1)];
  if (first && last && first.at > last.at) phases.reverse();
  phases.sort((a, b) => a.at - b.at);
  const lasting = phases.filter((record, i) => record.at !== phases[i + 1]?.at);
  return lasting.filter((record, i) => record.phase !== lasting[i - 1]?.phase);
}
