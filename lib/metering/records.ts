import type { Instant, Interval } from "@/lib/time.ts";
import type { OpenKind } from "./held/open-kinds.ts";
import type { WorkloadInput } from "./held/workload-input.ts";
import type { ClusterSight, NodeInput } from "./node-capacity.ts";
import type { Level, Quantities } from "./quantities.ts";
import type { Signals, Steps } from "./timeline.ts";
import type { MeterRules } from "./types.ts";

/**
 * All facts and samples of one cluster that metering reads: those of `loaded`, which is `range` with the read margin
 * around it.
 */
export interface MeterInput {
  readonly clusterId: string;
  /** The buckets to meter; the last may end early, at the instant up to which the cluster is synced. */
  readonly range: Interval;
  readonly loaded: Interval;
  readonly rules: MeterRules;
  readonly nodes: readonly NodeInput[];
  readonly sight: ClusterSight;
  /** The cards of the cluster as it reports them; absent if it does not. */
  readonly totalGpu?: Steps | undefined;
  /** The GPUs of the cluster that are allocated, as it reports them; absent if it does not. */
  readonly allocatedGpu?: Steps | undefined;
  readonly workloads: readonly WorkloadInput[];
  /** Readings of a pod as a whole, by pod id. */
  readonly podSignals: ReadonlyMap<string, Signals>;
  /** Readings of each card that a pod held, by pod id and card. */
  readonly cardSignals: ReadonlyMap<string, ReadonlyMap<string, Signals>>;
  /** Readings of cards while no pod was named on them, by node and card; absent where they are not needed. */
  readonly unnamedSignals?: ReadonlyMap<string, ReadonlyMap<string, Signals>>;
  readonly wantFleet: boolean;
}

export interface UsageRecord {
  readonly bucketAt: Instant;
  readonly nodePool: string;
  readonly gpuModel: string;
  /** 0: nobody. */
  readonly workloadKey: number;
  readonly projectKey: number;
  level: Level;
  readonly quantities: Quantities;
}

export interface CapacityRecord {
  readonly bucketAt: Instant;
  readonly nodePool: string;
  readonly gpuModel: string;
  capacityMilli: number;
  overlapMilli: number;
  readonly throughAt: Instant;
}

export type FindingKind = OpenKind | "clamped";

export interface Finding {
  readonly bucketAt: Instant;
  readonly kind: FindingKind;
  readonly subject: string;
  readonly quantityMilli: number;
  readonly detail: string;
}
