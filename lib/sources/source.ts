import type { Instant, Interval } from "@/lib/time.ts";

/**
 * What a source of facts and samples tells us, in our own words. Vendor words stop in each source's `reshape.ts`.
 * Instants are whole seconds UTC. A value that the source did not give is null or absent, never zero.
 */

/** Metrics in the product's units. A source may give others; those keep the vendor's name in lower case, "as reported". */
export const METRICS = [
  "gpu_utilisation_percent",
  "gpu_memory_used_mib",
  "sm_active_percent",
  "dram_active_percent",
  "tensor_active_percent",
  "power_watts",
  "gpu_allocation",
  "gpu_memory_request_mib",
  "cpu_cores",
  "cpu_request_cores",
  "cpu_limit_cores",
  "cpu_memory_mib",
  "cpu_memory_request_mib",
  "cpu_memory_limit_mib",
  "pod_count",
  "running_pod_count",
  "total_gpu",
] as const;
export type KnownMetric = (typeof METRICS)[number];
export type Metric = KnownMetric | (string & {});

/**
 * What a series describes.
 * - `gpu`: one card (or MIG slice) while one pod holds it; `subjectId` is the pod's id, `gpu` the card's UUID or index
 * - `pod`: the mean (or sum) over a pod; `workload`: over a workload's pods
 * - `card`: a card that no pod holds at the time; `subjectId` is the node's name, `gpu` the UUID or index
 * - `cluster`: the whole cluster; `subjectId` is the cluster's id
 */
export type SubjectKind = "gpu" | "pod" | "workload" | "card" | "cluster";

export interface SeriesKey {
  readonly clusterId: string;
  readonly subjectKind: SubjectKind;
  readonly subjectId: string;
  /** Card UUID (`UUID/GI` for a MIG slice) or index as text; empty when the subject is not one card. */
  readonly gpu: string;
  readonly metric: Metric;
}

/** One series: instants ascending and unique, values finite, both of the same length. */
export interface Series extends SeriesKey {
  readonly at: readonly Instant[];
  readonly value: readonly number[];
  /** Node and card facts that the series' labels carried, where they did. */
  readonly node?: string | undefined;
  readonly gpuModel?: string | undefined;
  /** The value is the device's, shared by several pods: attribution below the card is an estimate. */
  readonly shared?: boolean | undefined;
}

/** Why part of what was asked for did not come. `subject` is empty when it concerns the whole answer. */
export interface Missing {
  readonly subject: string;
  readonly metric: string;
  readonly cause: string;
}

/** Data with its completeness: an answer that lacks parts is never taken for whole. */
export interface Answer<T> {
  readonly value: T;
  readonly missing: readonly Missing[];
}

export interface ClusterFact {
  readonly id: string;
  readonly name: string;
  readonly version: string | null;
  readonly state: string;
  readonly lastLivenessAt: Instant | null;
  readonly createdAt: Instant | null;
  readonly deletedAt: Instant | null;
}

export interface NodePoolFact {
  readonly clusterId: string;
  readonly id: string;
  readonly name: string;
}

export interface NodeFact {
  readonly clusterId: string;
  readonly id: string;
  readonly name: string;
  readonly nodePool: string;
  readonly gpuModel: string | null;
  /** Whole cards; 0 for a CPU node. */
  readonly gpuCount: number;
  readonly ready: boolean | null;
  readonly createdAt: Instant | null;
}

export interface DepartmentFact {
  readonly clusterId: string;
  readonly id: string;
  readonly name: string;
}

export interface ProjectFact {
  readonly clusterId: string;
  readonly id: string;
  readonly name: string;
  readonly departmentId: string;
  readonly namespace: string | null;
  /** Deserved GPUs per node pool name, in milli-GPU. */
  readonly quotaMilli: Readonly<Record<string, number>>;
}

/** `Train`, `Build`, `Deploy` or what the source said. */
export type Category = string;

export interface WorkloadFact {
  readonly clusterId: string;
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly category: Category;
  readonly namespace: string;
  readonly projectId: string;
  readonly projectName: string;
  readonly departmentId: string;
  readonly departmentName: string;
  readonly submittedBy: string;
  readonly phase: string;
  readonly preemptible: boolean | null;
  readonly priorityClass: string;
  readonly nodePool: string;
  readonly createdAt: Instant;
  readonly phaseUpdatedAt: Instant | null;
  readonly completedAt: Instant | null;
  readonly deletedAt: Instant | null;
  /** Requested for the whole workload; null where the source does not say. */
  readonly gpuRequestMilli: number | null;
  readonly gpuRequestPerPodMilli: number | null;
  readonly gpuMemoryRequestMib: number | null;
  readonly cpuRequestMilli: number | null;
  readonly cpuLimitMilli: number | null;
  readonly cpuMemoryRequestMib: number | null;
  readonly cpuMemoryLimitMib: number | null;
  readonly pendingSeconds: number | null;
  readonly runningSeconds: number | null;
  readonly images: readonly string[];
}

export interface PodFact {
  readonly clusterId: string;
  readonly id: string;
  readonly name: string;
  readonly workloadId: string;
  readonly node: string | null;
  readonly nodePool: string | null;
  readonly phase: string;
  readonly createdAt: Instant;
  /** First container start: from here the pod is billed. Null while it has not started. */
  readonly startedAt: Instant | null;
  readonly completedAt: Instant | null;
  readonly deletedAt: Instant | null;
  /** Allocated, else requested, GPUs of this pod; null where neither is said. */
  readonly gpuMilli: number | null;
  readonly gpuMemoryRequestMib: number | null;
}

/** From `at` on the workload was in `phase`. */
export interface PhaseRecord {
  readonly at: Instant;
  readonly phase: string;
}

/** What a connection test tells: the peer's version, or one plain sentence on what to do. */
export interface ConnectionReport {
  readonly source: string;
  readonly url: string;
  readonly ok: boolean;
  readonly version: string | null;
  readonly message: string;
  readonly latencyMs: number | null;
}

/** Facts come page by page, so that memory does not grow with the cluster. */
export interface FactSource {
  readonly name: string;
  clusters(): Promise<ClusterFact[]>;
  nodePools(): Promise<NodePoolFact[]>;
  nodes(clusterIds: readonly string[]): Promise<NodeFact[]>;
  departments(): Promise<DepartmentFact[]>;
  projects(): Promise<ProjectFact[]>;
  workloads(which: "active" | "deleted"): AsyncGenerator<WorkloadFact[]>;
  pods(which: "active" | "deleted"): AsyncGenerator<PodFact[]>;
  phases(workloadId: string): Promise<PhaseRecord[]>;
  test(): Promise<ConnectionReport>;
}

/** Samples of one subject in one window, at a wanted step. */
export interface SubjectSampleSource {
  readonly name: string;
  workloadSeries(
    clusterId: string,
    workloadId: string,
    window: Interval,
    stepSeconds: number,
  ): Promise<Answer<Series[]>>;
  podSeries(
    clusterId: string,
    workloadId: string,
    podId: string,
    window: Interval,
    stepSeconds: number,
  ): Promise<Answer<Series[]>>;
  nodeSeries(
    clusterId: string,
    nodeId: string,
    node: string,
    window: Interval,
    stepSeconds: number,
  ): Promise<Answer<Series[]>>;
  clusterSeries(clusterId: string, window: Interval, stepSeconds: number): Promise<Answer<Series[]>>;
}

/** Finds the pod and cluster that a series' labels name; null when we do not know it. */
export interface PodFinder {
  byName(namespace: string, pod: string, at: Interval): { podId: string; clusterId: string } | null;
  byId(podId: string): { podId: string; clusterId: string } | null;
  /** The cluster of a node name, as inventory knows it. */
  clusterOfNode(node: string): string | null;
  /** Of all pods that can be found by name; each once. */
  namespaces(): readonly string[];
}

/** What a source told of a pod's labels, by their keys as people write them. */
export interface PodLabels {
  readonly clusterId: string;
  readonly podId: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** `metering`: what classing time needs. `all`: that, and what only serves as evidence on pages (power, tensor activity). */
export type Detail = "metering" | "all";

/** All series of a window in a few queries. */
export interface BulkSampleSource {
  readonly name: string;
  series(window: Interval, stepSeconds: number, finder: PodFinder, detail: Detail): Promise<Answer<Series[]>>;
  /** Labels of pods, where the source knows any. */
  labels?(window: Interval, keys: readonly string[], finder: PodFinder): Promise<Answer<PodLabels[]>>;
  test(): Promise<ConnectionReport>;
}
