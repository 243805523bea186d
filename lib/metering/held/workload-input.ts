import type { Signals } from "@/lib/metering/timeline.ts";
import type { PhaseRecord } from "@/lib/sources/source.ts";
import type { Instant, Interval } from "@/lib/time.ts";
import type { Claims } from "./claims.ts";
import type { OpenKind } from "./open-kinds.ts";

export interface PodInput {
  readonly id: string;
  readonly node: string;
  readonly nodePool: string;
  readonly createdAt: Instant;
  /** Null before it started. */
  readonly startedAt: Instant | null;
  /** When it was first seen bound before it had started; null if it never was. */
  readonly boundAt: Instant | null;
  readonly endedAt: Instant;
  /** Null if its GPUs are not reported as a number. */
  readonly gpuMilli: number | null;
  /** What milli-GPU leave over of its number (gpu-share.ts); 0 if it is absent. Set by `withParts`. */
  readonly gpuRest?: number;
  /** GPUs that it requests as profiles, such as `1g.10gb*1`; empty if it does not. */
  readonly gpuResources: string;
  readonly gpuMemoryRequestMib: number | null;
  /** Devices that claims gave it, where samples name some. Set by `heldByWorkload`. */
  readonly claims?: Claims;
  /** Since when it is listed as running although its workload ended; null if it is not. Set by `withLives`. */
  readonly outlivesFrom?: Instant | null;
}

/** The facts and samples of a workload in the range that metering reads. */
export interface WorkloadInput {
  readonly key: number;
  readonly id: string;
  readonly projectKey: number;
  readonly category: string;
  /** Whether it runs under others (under-others.ts); false where it is absent. */
  readonly isBackground?: boolean;
  readonly phase: string;
  readonly nodePool: string;
  readonly createdAt: Instant;
  readonly phaseUpdatedAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly runningSeconds: number | null;
  readonly gpuRequestMilli: number | null;
  readonly gpuRequestPerPodMilli: number | null;
  readonly gpuMemoryRequestMib: number | null;
  /** GPUs that it requests as profiles, such as `1g.10gb*2`; empty if it does not. */
  readonly gpuResources: string;
  readonly cpuRequestMilli: number | null;
  readonly cpuLimitMilli: number | null;
  readonly cpuMemoryRequestMib: number | null;
  readonly cpuMemoryLimitMib: number | null;
  readonly pods: readonly PodInput[];
  readonly phases: readonly PhaseRecord[];
  readonly signals: Signals;
}

/** GPUs that a workload held on one node (or an unknown one) in a half-open interval. */
export interface Holding {
  readonly workload: WorkloadInput;
  readonly podId: string | null;
  readonly node: string;
  readonly nodePool: string;
  readonly start: Instant;
  readonly end: Instant;
  readonly milli: number;
  /** What milli-GPU leave over (gpu-share.ts); 0 if it is absent. */
  readonly rest?: number;
  /** What it is based on: a pod, allocation samples, claims that samples name, or the request over a running episode. */
  readonly basis: "pod" | "samples" | "claim" | "request";
}

/** Time for which it cannot be said how many GPUs a workload held, or whether it held any. */
export interface OpenTime extends Interval {
  readonly kind: Exclude<
    OpenKind,
    "unlisted-cards" | "unlisted-holders" | "cards-unknown" | "sources-disagree" | "unknown-node" | "overlap"
  >;
  /** What is left uncharged at most, in milli-GPU; for GPUs that are unknown, one card for each pod. */
  readonly milli: number;
}

export interface Held {
  readonly holdings: Holding[];
  readonly open: OpenTime[];
}
