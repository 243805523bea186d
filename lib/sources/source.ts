import type { Env } from "@/lib/env.ts";
import type { Log } from "@/lib/log.ts";
import type { CallTime } from "@/lib/sources/call-times.ts";
import type { Instant, Interval } from "@/lib/time.ts";
import type { ConnectionField, ConnectionReport, Entered } from "./connection-form.ts";
import type { PodFinder, PodLabels, PodRestart, ReadOfPods } from "./find-pods.ts";
import type { NamespaceCost } from "./namespace-cost.ts";

/**
 * What a source is, and what it reports in the words of the product. Vendor words stop in the `reshape.ts` of each
 * source. Instants are whole seconds UTC; intervals are half-open. A value that the source does not report is null or
 * absent, never zero.
 */

/**
 * Metrics in the units of the product. A source may report others; those keep the name of the vendor in lower case, and
 * their values as reported.
 */
export const METRICS = [
  "gpu_utilisation_percent",
  "gpu_memory_used_mib",
  "sm_active_percent",
  "dram_active_percent",
  "tensor_active_percent",
  "power_watts",
  "temperature_celsius",
  "xid_code",
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
  "allocated_gpu",
  // Of a card or slice that a claim gave a pod: 1, or the compute slices of its profile; of several pods, their equal parts.
  "claimed_gpu",
] as const;
export type KnownMetric = (typeof METRICS)[number];
export type Metric = KnownMetric | (string & {});

/**
 * What a series describes.
 * - `gpu`: one card (or MIG slice) while one pod holds it; `subjectId` is the id of the pod, `gpu` the UUID or index of
 *   the card
 * - `pod`: the mean (or sum) over a pod; `workload`: over the pods of a workload
 * - `card`: a card that no pod holds at the time; `subjectId` is the name of the node, `gpu` the UUID or index. Temperature and XID
 *   code are of the card, no matter which pod holds it
 * - `cluster`: the whole cluster; `subjectId` is the id of the cluster
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
  /** Facts of node and card from the labels of the series, where they have them. */
  readonly node?: string | undefined;
  readonly gpuModel?: string | undefined;
  /** The value is that of the device, shared by several pods: its attribution to pods is an estimate. */
  readonly shared?: boolean | undefined;
}

/**
 * A part of an answer that is missing.
 * - `gone`: the source does not list the subject, or no longer: the answer is complete, and asking again returns the
 *   same
 * - `no-data`: the source answered in full, without a single value
 * - `failed`: the source did not answer, or not in full: asking again may help
 */
export interface Missing {
  readonly kind: "gone" | "no-data" | "failed";
  /** Empty when it concerns the whole answer. */
  readonly subject: string;
  /** In the words of the product; empty when it concerns no single metric. */
  readonly metric: Metric;
  /** For people. Nothing is decided by it. */
  readonly cause: string;
}

/** Data with its completeness: an answer that lacks parts is never taken as complete. */
export interface Answer<T> {
  readonly value: T;
  readonly missing: readonly Missing[];
  /** Units that the values prove; absent where the units of the source are fixed. */
  readonly units?: readonly UnitVerdict[];
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

/** `Train`, `Build`, `Deploy` or what the source reports. */
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
  /** Requested for the whole workload; null if the source does not report it. */
  readonly gpuRequestMilli: number | null;
  readonly gpuRequestPerPodMilli: number | null;
  readonly gpuMemoryRequestMib: number | null;
  /** GPUs requested as MIG profiles, such as `1g.10gb*2`, separated by spaces; absent or empty: none. */
  readonly gpuResources?: string | undefined;
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
  /** The start of its containers as reported now, which a restart moves. Null before it started. */
  readonly startedAt: Instant | null;
  /** The latest start of its containers, where all have one; null or absent: one waits, or the source does not say. */
  readonly latestStartAt?: Instant | null | undefined;
  readonly completedAt: Instant | null;
  readonly deletedAt: Instant | null;
  /** It is in a final phase, although neither a completion nor the instant of that phase is reported. */
  readonly isOver?: boolean | undefined;
  /** Allocated, else requested, GPUs of this pod in milli-GPU; null if neither is reported as a number. */
  readonly gpuMilli: number | null;
  readonly gpuMemoryRequestMib: number | null;
  /** GPUs requested as MIG profiles, such as `1g.10gb*1`, separated by spaces; absent or empty: none. */
  readonly gpuResources?: string | undefined;
}

/** From `at` on the workload was in `phase`, in the words of lib/sync/facts/running-episodes.ts. */
export interface PhaseRecord {
  readonly at: Instant;
  readonly phase: string;
}

/** How far a list was read: absence from one that is not whole means nothing. */
export interface ListEnd {
  /** Whether the items that were read, with those in `unread`, are proven to be all. */
  readonly isWhole: boolean;
  /** Ids of items that are listed and cannot be read: they exist. */
  readonly unread: readonly string[];
}

export interface Listed<T> extends ListEnd {
  readonly items: readonly T[];
}

/** Pages of a list; returns how far it was read. Nothing returned: it is whole. */
export type Pages<T> = AsyncGenerator<T[], ListEnd | undefined, undefined>;

/**
 * What exists, as complete lists. Those that grow with the history of a cluster are read page by page, so that memory
 * does not grow with them.
 */
export interface InventoryReader {
  clusters(): Promise<Listed<ClusterFact>>;
  nodePools(): Promise<NodePoolFact[]>;
  nodes(clusterIds: readonly string[]): Promise<Listed<NodeFact>>;
  departments(): Promise<DepartmentFact[]>;
  projects(): Promise<Listed<ProjectFact>>;
  workloads(which: "active" | "deleted"): Pages<WorkloadFact>;
  pods(which: "active" | "deleted"): Pages<PodFact>;
}

/**
 * `metering`: what classing time needs. `all`: also the metrics that only serve as evidence on pages (power, tensor
 * activity).
 */
export type Detail = "metering" | "all";

interface SampleLimits {
  /** The most points of one series that one call may request. */
  readonly mostPoints: number;
}

export type Unit = "percent" | "ratio";

/** The unit that values of a metric prove on a day (UTC), under the name of the source. */
export interface UnitVerdict {
  readonly name: string;
  readonly day: Instant;
  readonly unit: Unit;
}

/** Samples of everything in one window, in a few calls. */
export interface WindowSamples extends SampleLimits {
  readonly by: "window";
  /** Series with points at the multiples of the step within the half-open window. @throws AppError when no call was answered. */
  series(
    window: Interval,
    stepSeconds: number,
    finder: PodFinder,
    detail: Detail,
    units?: (name: string, at: Instant) => Unit | null,
  ): Promise<Answer<Series[]>>;
}

/**
 * Samples of one subject in one window, in one call or a few: of each node that has GPUs, and of each workload (`by: "workload"`)
 * or, where pods are known, each pod (`by: "pod"`) that ran in it.
 * Points at the multiples of the step within the half-open window. @throws AppError when no call was answered.
 */
export interface SubjectSamples extends SampleLimits {
  readonly by: "workload" | "pod";
  workload(clusterId: string, workloadId: string, window: Interval, stepSeconds: number): Promise<Answer<Series[]>>;
  pod(
    clusterId: string,
    workloadId: string,
    podId: string,
    window: Interval,
    stepSeconds: number,
  ): Promise<Answer<Series[]>>;
  /** @param nodeId empty where the source has no ids of nodes. */
  node(
    clusterId: string,
    nodeId: string,
    node: string,
    window: Interval,
    stepSeconds: number,
  ): Promise<Answer<Series[]>>;
}

export type SampleReader = WindowSamples | SubjectSamples;

/** How each capability is read. */
export interface Readers {
  /** Clusters, nodes, projects, workloads and pods. A source that provides it owns the clusters that it lists (lib/sync/sources.ts). */
  readonly inventory: InventoryReader;
  /** The phase history of one workload, in any order; empty where the source keeps none. */
  readonly phases: (workloadId: string) => Promise<PhaseRecord[]>;
  /** The use of cards, while pods hold them and while nobody does. */
  readonly samples: SampleReader;
  /** The number of GPUs of a cluster over time, as it reports it: `total_gpu`, and how many of them are allocated: `allocated_gpu`. */
  readonly totals: (clusterId: string, window: Interval, stepSeconds: number) => Promise<Answer<Series[]>>;
  /** Labels of pods in a window, of some keys. A pod that the source did not see is left out. */
  readonly labels: (window: Interval, keys: readonly string[], finder: PodFinder) => Promise<Answer<PodLabels[]>>;
  /** Restarts of containers in a window. Those between two looks of the source are one. */
  readonly restarts: (window: Interval, finder: PodFinder) => Promise<Answer<PodRestart[]>>;
  /**
   * What a query in the source's own language counts in a window, with `$window` for its length; null: it has no value. `missing` says
   * why: `no-data` where the source has other samples of that time.
   */
  readonly counts: (query: string, window: Interval) => Promise<Answer<number | null>>;
  /** Requests that a pod served in a window, by its own counter (counter.ts); null: unknown. @param life of the pod, half-open. */
  readonly requests: (workload: string, pod: string, at: Interval, life: Interval) => Promise<Answer<number | null>>;
  /** Tokens that pods read and wrote, by `namespace/pod`, by the counters of vLLM; 0: never ready in its life in the window; absent: unknown. */
  readonly tokens: ReadOfPods<Answer<ReadonlyMap<string, number>>>;
  /** What namespaces cost in a window that is over. No rows: the source has nothing of that time, and `missing` says why. */
  readonly costs: (window: Interval) => Promise<Answer<NamespaceCost[]>>;
}
export type Capability = keyof Readers;

export interface SourceClock {
  /** What time it is by the clock of the source; null before its first answer. */
  now(): Instant | null;
  /** Sends one request, whose answer has the time. Never throws. */
  ask(): Promise<void>;
}

/** A source while it is open. Nothing is sent before the first call. */
export interface OpenSource<C extends Capability = never> {
  readonly read: Pick<Readers, C> & Partial<Readers>;
  /** Ids or names of the clusters that it can report on; absent: every one. */
  readonly clusters?: readonly string[] | undefined;
  /** Asks which server answers. The report says in one sentence what to do if that fails; nothing is thrown. */
  connection(): Promise<ConnectionReport>;
  /** HTTP requests sent so far, retries included. */
  requests(): number;
  takeCallTimes?(): readonly CallTime[];
  /** Its clock, where it has one. */
  readonly clock?: SourceClock;
  close(): Promise<void>;
}

/** What is known of a source without opening it. */
export interface SourceIdentity {
  /** Stored with each cluster, window and gap: it never changes. */
  readonly name: string;
  /** As people call it. */
  readonly title: string;
  readonly provides: ReadonlySet<Capability>;
}

export interface Source extends SourceIdentity, OpenSource {
  /** Nobody may ask it now, because it is paused or could not be opened: what it owns stays its own. */
  readonly rests?: "paused" | "broken" | undefined;
}

/** How people connect a source of this kind, beside the one that the settings name. */
export interface ConnectionForm {
  readonly help: string;
  readonly fields: readonly ConnectionField[];
  /** What is wrong, by field. */
  problems(entered: Entered): Readonly<Record<string, string>>;
  /** The clusters that it names; undefined: it is for every one that no other names. Absent: its own inventory says. */
  clusters?(entered: Entered): readonly string[] | undefined;
  samplesBy(env: Env): SampleReader["by"];
  /** @throws AppError `invalid`. */
  open(entered: Entered, env: Env, log: Log): OpenSource;
}

/** An entry of the list of sources (lib/sources/index.ts): all that the product knows of a vendor. */
export interface SourceDefinition<C extends Capability = never> extends SourceIdentity {
  /** The settings without which it stays off, each with an example, in the order in which people set them. */
  readonly settings: Readonly<Record<string, string>>;
  /** Its address as it is set, which may carry a user and a password; undefined while it is off. */
  address(env: Env): string | undefined;
  /** @throws AppError `invalid` naming the setting that is wrong. */
  open(env: Env, log: Log): OpenSource<C>;
  /** Absent: only the settings connect it. */
  readonly form?: ConnectionForm;
}

const BACKGROUND = /\bbackground\b/i;

/**
 * Whether a priority class or preemptibility is that of Run:ai's background workloads (3.0), which run under others: the
 * scheduler plans as if they were not there.
 */
export const isBackground = (priority: string | null | undefined): boolean => BACKGROUND.test(priority ?? "");
