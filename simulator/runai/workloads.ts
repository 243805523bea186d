import type { Instant } from "@/lib/time.ts";
import { type Call, json, type Reply } from "@/simulator/http.ts";
import { hashText } from "@/simulator/random.ts";
import { namedMemory, type WorkloadSpec } from "@/simulator/scenario.ts";
import {
  asSent,
  atLeast,
  hidesClaims,
  isOddAt,
  iso,
  isoPast,
  notFound,
  type RunaiContext,
  replicasOfPool,
} from "./context.ts";
import { type Fields, filtered, oddItem, oddPage, page } from "./listing.ts";
import { known, listed, stateOf, type WorkloadState } from "./workload-state.ts";

export const TENANT_ID = 1001;

function fieldsOf(context: RunaiContext): Fields<WorkloadState> {
  const project = (s: WorkloadState) => context.timeline.project.get(s.spec.projectId);
  const department = (s: WorkloadState) =>
    context.timeline.scenario.departments.find((d) => d.id === project(s)?.departmentId);
  return {
    type: (s) => s.spec.type,
    name: (s) => s.spec.name,
    clusterId: (s) => project(s)?.clusterId,
    projectId: (s) => s.spec.projectId,
    projectName: (s) => project(s)?.name,
    departmentId: (s) => project(s)?.departmentId,
    departmentName: (s) => department(s)?.name,
    createdAt: (s) => iso(s.spec.createdAt),
    deletedAt: (s) => (s.deletedAt === null ? null : iso(s.deletedAt)),
    completedAt: (s) => (s.completedAt === null ? null : iso(s.completedAt)),
    phaseUpdatedAt: (s) => iso(s.phase.at),
    submittedBy: (s) => s.spec.user,
    phase: (s) => s.phase.phase,
    nodepool: (s) => s.spec.pool,
    allocatedGPU: allocatedGpus,
    category: (s) => s.spec.category,
    priorityClassName: (s) => s.spec.priorityClass,
    idleGpus: () => 0,
    idleAllocatedGpus: () => 0,
    distributedFramework: (s) => (s.spec.type === "Distributed" ? "Pytorch" : ""),
    totalPendingTimeSeconds: (s) => s.pendingSeconds,
    totalRunningTimeSeconds: (s) => s.runningSeconds,
  };
}

export function allocatedGpus(state: WorkloadState): number {
  const milli = state.runningPods.reduce(
    (sum, pod) => sum + pod.gpus.reduce((g, gpu) => g + Math.round(gpu.fraction * 1000), 0),
    0,
  );
  return milli / 1000;
}

export function quantityMib(mib: number): string {
  return mib % 1024 === 0 ? `${mib / 1024}Gi` : `${mib}Mi`;
}

/** Requested resources of `pods` pods. */
export function requested(spec: WorkloadSpec, pods: number, memoryMibPerGpu: number, replicas = 1) {
  const { cpuMilliPerPod, memoryMibPerPod } = spec.request;
  const gpuPerPod = spec.request.gpuPerPod * replicas;
  const gpu = gpuPerPod * pods;
  return {
    gpuRequestType: gpuPerPod > 0 ? "portion" : null,
    gpu: gpuPerPod > 0 ? { request: gpu, limit: gpu } : null,
    gpuMemory:
      gpuPerPod > 0 && gpuPerPod < 1 ? { request: quantityMib(Math.round(gpu * memoryMibPerGpu)), limit: null } : null,
    cpu: { request: (cpuMilliPerPod * pods) / 1000, limit: (2 * cpuMilliPerPod * pods) / 1000 },
    cpuMemory: { request: quantityMib(memoryMibPerPod * pods), limit: quantityMib(2 * memoryMibPerPod * pods) },
    extendedResources: null,
  };
}

/** Whether the workload asks for memory instead of a number of GPUs. */
export function asksForMemory(context: RunaiContext, { request, pool, createdAt }: WorkloadSpec): boolean {
  if (!isOddAt(context, createdAt)) return false;
  const isShared = context.timeline.scenario.nodes.some((n) => n.pool === pool && n.sharing);
  return context.switches.memoryRequests && !isShared && (request.gpuPerPod === 0.25 || request.gpuPerPod === 0.5);
}

/** The MIG profile of the slices that pods of the workload hold, if they hold slices. */
export function profileOf({ timeline }: RunaiContext, { pods }: WorkloadSpec): string | undefined {
  const [pod] = pods;
  const sharing = timeline.node.get(pod?.node ?? "")?.sharing;
  return sharing?.kind === "mig" ? sharing.slices.find((s) => s.id === pod?.gpus[0]?.slice)?.profile : undefined;
}

/** Requested resources of a pod, or of a workload of one pod, in the manner in which the workload asks. */
export function requestedBy(context: RunaiContext, spec: WorkloadSpec, pods: number) {
  const plain = requested(spec, pods, memoryOfPool(context, spec.pool), replicasOfPool(context, spec.pool));
  if (hidesClaims(context, spec)) return { ...plain, gpuRequestType: null, gpu: null, gpuMemory: null };
  const profile = profileOf(context, spec);
  if (profile)
    return {
      ...{ ...plain, gpuRequestType: null, gpu: null, gpuMemory: null },
      extendedResources: [{ resource: `nvidia.com/mig-${profile}`, quantity: String(pods) }],
    };
  if (!asksForMemory(context, spec)) return plain;
  const memory = quantityMib(spec.request.gpuPerPod * namedMemory(memoryOfPool(context, spec.pool)));
  return { ...plain, gpuRequestType: "memory", gpu: null, gpuMemory: { request: memory, limit: memory } };
}

export function allocated(spec: WorkloadSpec, gpus: number, pods: number, memoryMibPerGpu: number) {
  return {
    gpu: gpus,
    gpuMemory: quantityMib(Math.round(gpus * memoryMibPerGpu)),
    cpu: (spec.request.cpuMilliPerPod * pods) / 1000,
    cpuMemory: quantityMib(spec.request.memoryMibPerPod * pods),
    extendedResources: null,
  };
}

export function memoryOfPool(context: RunaiContext, pool: string): number {
  return context.timeline.scenario.nodes.find((n) => n.pool === pool)?.memoryMibPerGpu ?? 0;
}

function oddities(context: RunaiContext, spec: WorkloadSpec): Record<string, unknown> {
  if (!context.odd().odd) return {};
  switch (hashText(spec.id) % 40) {
    case 0:
      return { phase: "Hibernating" };
    case 1:
      return { type: "QuantumJob", category: "Dream" };
    case 2:
      return { name: `${spec.name}-${"x".repeat(240)}` };
    case 3:
      return {
        allocatedResources: { gpu: null, gpuMemory: "0B", cpu: null, cpuMemory: "0B", extendedResources: null },
      };
    default:
      return {};
  }
}

function newerFields(context: RunaiContext, state: WorkloadState): Record<string, unknown> {
  const { switches } = context;
  return {
    ...(atLeast(switches, "2.19")
      ? {
          priority: state.spec.category === "Deploy" ? 125 : state.spec.category === "Build" ? 100 : 50,
          phaseReason: null,
        }
      : {}),
    ...(atLeast(switches, "2.20") ? { idleGpus: 0, idleAllocatedGpus: 0 } : {}),
    ...(atLeast(switches, "2.22") ? { category: state.spec.category } : {}),
    ...(atLeast(switches, "2.23")
      ? {
          totalPendingTimeSeconds: state.pendingSeconds,
          totalRunningTimeSeconds: state.runningSeconds,
          sourceApi: "WorkloadsV2",
        }
      : {}),
  };
}

/** A workload as the API lists it. */
export function workloadWire(context: RunaiContext, state: WorkloadState): Record<string, unknown> {
  const { spec, now } = state;
  const project = context.timeline.project.get(spec.projectId);
  const department = context.timeline.scenario.departments.find((d) => d.id === project?.departmentId);
  const memory = memoryOfPool(context, spec.pool);
  const pods = state.runningPods.length;
  const gpus = hidesClaims(context, spec) ? 0 : allocatedGpus(state) * replicasOfPool(context, spec.pool);
  const updated = iso(state.deletedAt ?? state.phase.at);
  const ended = state.completedAt !== null || state.deletedAt !== null;
  return {
    id: spec.id,
    name: spec.name,
    type: spec.type,
    tenantId: TENANT_ID,
    clusterId: project?.clusterId,
    projectId: spec.projectId,
    projectName: project?.name,
    departmentId: project?.departmentId,
    departmentName: department?.name,
    namespace: project?.namespace,
    submittedBy: spec.user,
    source: spec.category === "Train" ? "CLI" : "Control-plane",
    priorityClassName: spec.priorityClass,
    preemptible: spec.preemptible,
    phase: state.phase.phase,
    phaseMessage: state.phase.message,
    k8sPhase: state.phase.phase,
    conditions: [],
    createdAt: iso(spec.createdAt),
    updatedAt: updated,
    phaseUpdatedAt: iso(state.phase.at),
    k8sPhaseUpdatedAt: iso(state.phase.at),
    completedAt: isoPast(state.completedAt, now),
    deletedAt: isoPast(state.deletedAt, now),
    runningPods: pods,
    requestedPods: {
      number: spec.request.pods,
      min: spec.request.minPods,
      max: spec.request.maxPods,
      parallelism: null,
      completions: null,
    },
    workloadRequestedResources: requestedBy(context, spec, spec.request.pods),
    podsRequestedResources: requestedBy(context, spec, 1),
    allocatedResources: { ...allocated(spec, gpus, pods, memory), ...(profileOf(context, spec) ? { gpu: null } : {}) },
    requestedNodePools: [spec.pool],
    currentNodePools: pods > 0 ? [spec.pool] : [],
    images: [spec.image],
    urls: [],
    childrenIds: [],
    datasources: [],
    environments: [],
    externalConnections: [],
    distributedFramework: spec.type === "Distributed" ? "Pytorch" : "",
    actionsSupport: { delete: !ended, suspend: !ended },
    additionalFields: {},
    ...newerFields(context, state),
    ...oddities(context, spec),
  };
}

function deletedOf(call: Call): boolean {
  return call.query.get("deleted") === "true";
}

/** Later pages of a moving list start with a workload that was not there when the first was read. */
function moved(context: RunaiContext, call: Call, items: WorkloadState[], now: Instant): WorkloadState[] {
  const offset = Number(call.query.get("offset") ?? 0);
  if (!context.odd().movingList || offset === 0 || call.query.get("sortBy") !== null) return items;
  const newest = items.at(-1);
  return newest ? [stateOf(newest.spec, now), ...items.slice(0, -1)] : items;
}

export function listWorkloads(context: RunaiContext, call: Call): Reply {
  const now = context.clock.now();
  const states = listed(context, deletedOf(call), now).map((w) => stateOf(w, now));
  const items = moved(context, call, filtered(context, call, states, fieldsOf(context)), now);
  const sent = (s: WorkloadState) => asSent(context, workloadWire(context, s), s.spec.createdAt);
  return page(call, items, "workloads", sent, true, oddItem(context), oddPage(context, call));
}

export function countWorkloads(context: RunaiContext, call: Call): Reply {
  const now = context.clock.now();
  const states = listed(context, deletedOf(call), now).map((w) => stateOf(w, now));
  const odd = oddItem(context).length;
  return json({ count: filtered(context, call, states, fieldsOf(context)).length + odd });
}

/** @throws RunaiError 404 for workloads that the caller may not see, too. */
export function findWorkload(context: RunaiContext, id: string): WorkloadSpec {
  const spec = context.timeline.workload.get(id);
  if (!spec || !known(context, spec, context.clock.now())) throw notFound(id);
  return spec;
}

export function getWorkload(context: RunaiContext, _call: Call, id: string): Reply {
  const state = stateOf(findWorkload(context, id), context.clock.now());
  return json({ ...workloadWire(context, state), pendingSchedulingMessages: null });
}

/** `GET …/{id}/history`: a phase update per record, oldest first. */
export function workloadHistory(context: RunaiContext, call: Call, id: string): Reply {
  const now = context.clock.now();
  const phases = findWorkload(context, id).phases.filter((p) => p.at <= now);
  return page(call, phases, "records", (p) => ({
    meta: { creationTimestamp: iso(p.at), type: "PhaseUpdate" },
    spec: { event: null, phaseUpdate: { phase: p.phase, phaseMessage: p.message } },
  }));
}

/** `GET …/{id}/events`: newest first unless asked otherwise. */
export function workloadEvents(context: RunaiContext, call: Call, id: string): Reply {
  const now = context.clock.now();
  const spec = findWorkload(context, id);
  const project = context.timeline.project.get(spec.projectId);
  const events = spec.phases.filter((p) => p.at <= now).map((p, n) => ({ ...p, n }));
  if (call.query.get("sortOrder") !== "asc") events.reverse();
  return page(call, events, "events", (e) => ({
    createdAt: iso(e.at),
    id: `${spec.id}-${e.n}`,
    type: e.phase === "Failed" ? "Warning" : "Normal",
    clusterId: project?.clusterId,
    message: e.message || `Workload is ${e.phase}`,
    reason: e.phase,
    source: "runai-scheduler",
    involvedObject: { uid: spec.id, kind: spec.type, name: spec.name, namespace: project?.namespace },
  }));
}
