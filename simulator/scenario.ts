import type { Instant, Interval } from "@/lib/time.ts";

/** How a workload's cards behave (simulator/curves.ts). */
export type CurveKind = "training" | "notebook" | "inference" | "idle-holding" | "dead" | "hung" | "data-starved";

/** Those phases of a Run:ai workload that scenarios use; the API has more. */
export type Phase =
  | "Creating"
  | "Initializing"
  | "Pending"
  | "Running"
  | "Resuming"
  | "Stopping"
  | "Stopped"
  | "Degraded"
  | "Failed"
  | "Completed"
  | "Deleting";

export interface ClusterSpec {
  readonly id: string;
  readonly name: string;
  readonly version: string;
  readonly createdAt: Instant;
}

export interface NodePoolSpec {
  readonly id: string;
  readonly name: string;
  readonly clusterId: string;
}

/** A card that fell off the bus while its node stayed up. No pod holds it meanwhile. */
export interface LostCard extends Interval {
  readonly index: number;
}

/** A part that a card is divided into by MIG, as `GPU_I_ID` and `GPU_I_PROFILE` name it. */
export interface MigSlice {
  readonly id: number;
  readonly profile: string;
  /** What holding it takes of the card: its sevenths of the compute, in thousandths, which are no whole number. */
  readonly milli: number;
}

/** How the cards of a node are shared without Run:ai: divided for good, or by turns among pods that all see the whole card. */
export type Sharing =
  | { readonly kind: "mig"; readonly slices: readonly MigSlice[] }
  | { readonly kind: "time-slicing"; readonly replicas: number };

export interface NodeSpec {
  readonly id: string;
  readonly name: string;
  readonly clusterId: string;
  /** Name of the pool. */
  readonly pool: string;
  /** Product string as in the node label, for example `NVIDIA-H100-80GB-HBM3`. */
  readonly gpuModel: string;
  readonly gpuCount: number;
  readonly memoryMibPerGpu: number;
  /** Absent: cards are held whole, or in Run:ai's fractions. */
  readonly sharing?: Sharing;
  readonly createdAt: Instant;
  /** Not Ready, and no metrics; multiples of the step. */
  readonly down: readonly Interval[];
  readonly lostCards: readonly LostCard[];
  /** Cards whose profiling counters read 0, whatever they do; what holds them whole does so in this time. */
  readonly deadCounters?: readonly LostCard[];
}

export interface DepartmentSpec {
  readonly id: string;
  readonly name: string;
  readonly clusterId: string;
}

export interface ProjectSpec {
  readonly id: string;
  readonly name: string;
  readonly clusterId: string;
  readonly departmentId: string;
  readonly namespace: string;
  /** Deserved GPUs by node pool name. */
  readonly quota: Readonly<Record<string, number>>;
  readonly createdAt: Instant;
}

/** A card, or a part of one, held by a pod. `fraction` is 1 or a multiple of 0.001 below it. */
export interface GpuSpec {
  readonly index: number;
  readonly fraction: number;
  /** The MIG slice held, on a card that is divided. */
  readonly slice?: number;
}

/** Runs in `[startedAt, completedAt ?? deletedAt ?? for ever)`, and holds its cards from `boundAt ?? startedAt` on. Suspended and pre-empted pods are deleted, never completed. */
export interface PodSpec {
  readonly id: string;
  readonly name: string;
  readonly node: string | null;
  readonly createdAt: Instant;
  /** When the scheduler bound it to its node, if its containers started much later (its image is pulled); a multiple of the step. */
  readonly boundAt?: Instant;
  readonly startedAt: Instant | null;
  readonly completedAt: Instant | null;
  readonly deletedAt: Instant | null;
  readonly failed: boolean;
  readonly gpus: readonly GpuSpec[];
}

export interface PhaseSpec {
  readonly at: Instant;
  readonly phase: Phase;
  readonly message: string;
}

export interface RequestSpec {
  readonly pods: number;
  readonly minPods: number | null;
  readonly maxPods: number | null;
  /** GPUs of one pod: 0.5 is half a card, 8 eight cards. */
  readonly gpuPerPod: number;
  readonly cpuMilliPerPod: number;
  readonly memoryMibPerPod: number;
}

export interface WorkloadSpec {
  /** Of its pods, as kube-state-metrics shows them; most workloads have none. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly category: string;
  readonly projectId: string;
  readonly user: string;
  readonly pool: string;
  readonly kind: CurveKind;
  readonly preemptible: boolean;
  /** Of `background` work: its pods hold whole cards while no other pod does, and run under others otherwise. */
  readonly priorityClass: string;
  readonly image: string;
  readonly createdAt: Instant;
  readonly deletedAt: Instant | null;
  /** Ascending; the first is at `createdAt`. */
  readonly phases: readonly PhaseSpec[];
  readonly pods: readonly PodSpec[];
  readonly request: RequestSpec;
}

/** Metrics of a cluster give nothing in this time. Multiples of the step. */
export interface OutageSpec extends Interval {
  readonly clusterId: string;
}

/**
 * One deterministic timeline: everything the simulator serves, and the exact answers (simulator/truth.ts), come from it.
 * Samples lie on the grid of whole multiples of `stepSeconds`; nothing is known outside `range`.
 */
export interface Scenario {
  readonly seed: number;
  readonly stepSeconds: number;
  readonly range: Interval;
  readonly clusters: readonly ClusterSpec[];
  readonly nodePools: readonly NodePoolSpec[];
  readonly nodes: readonly NodeSpec[];
  readonly departments: readonly DepartmentSpec[];
  readonly projects: readonly ProjectSpec[];
  readonly workloads: readonly WorkloadSpec[];
  readonly outages: readonly OutageSpec[];
}

/** End of a pod's run, exclusive; null while nothing ends it. */
export function podEnd(pod: PodSpec): Instant | null {
  if (pod.completedAt === null) return pod.deletedAt;
  return pod.deletedAt === null ? pod.completedAt : Math.min(pod.completedAt, pod.deletedAt);
}

/** Memory of a card as vendors name it: 80 GiB of 81,559 MiB, 48 GiB of 46,068. */
export const namedMemory = (mib: number): number => Math.ceil(mib / 8192) * 8192;

/** A part of a card in thousandths. */
export function milliOf(fraction: number): number {
  return Math.round(fraction * 1000);
}
