import type { PhaseRecord } from "@/lib/sources/source.ts";
import { episodesBesidePods } from "@/lib/sync/facts/running-episodes.ts";
import { type Instant, type Interval, intersect } from "@/lib/time.ts";
import type { Signals, Steps } from "./timeline.ts";

export interface PodInput {
  readonly id: string;
  readonly node: string;
  readonly nodePool: string;
  readonly createdAt: Instant;
  /** Null before it started. */
  readonly startedAt: Instant | null;
  readonly endedAt: Instant;
  readonly gpuMilli: number | null;
}

/** The facts and samples of a workload in the range that metering reads. */
export interface WorkloadInput {
  readonly key: number;
  readonly id: string;
  readonly projectKey: number;
  readonly category: string;
  readonly phase: string;
  readonly nodePool: string;
  readonly createdAt: Instant;
  readonly phaseUpdatedAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly runningSeconds: number | null;
  readonly gpuRequestMilli: number | null;
  readonly gpuRequestPerPodMilli: number | null;
  readonly gpuMemoryRequestMib: number | null;
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
  /** What it is based on: a pod, allocation samples, or the request over a running episode. */
  readonly basis: "pod" | "samples" | "request";
}

/**
 * When a workload held how many GPUs, in milli-GPU, clipped to `range` (docs/accounting.md §3).
 *
 * Pods decide every running episode that one of them overlaps: their starts and ends are exact. An episode without any
 * pod (the source no longer lists them) follows the allocation samples, and the request where there are none.
 */
export function holdings(workload: WorkloadInput, range: Interval): Holding[] {
  const out: Holding[] = [];
  const podSpans: Interval[] = [];
  for (const pod of workload.pods) {
    if (pod.startedAt === null) continue;
    podSpans.push({ start: pod.startedAt, end: pod.endedAt });
    const part = intersect({ start: pod.startedAt, end: pod.endedAt }, range);
    const milli = podMilli(pod, workload);
    if (part && milli > 0)
      out.push({
        workload,
        podId: pod.id,
        node: pod.node,
        nodePool: pod.nodePool || workload.nodePool,
        ...part,
        milli,
        basis: "pod",
      });
  }
  const allocation = workload.signals.get("gpu_allocation");
  for (const episode of episodesBesidePods(workload, podSpans, allocation ? positiveSpans(allocation) : null)) {
    const part = intersect(episode, range);
    if (part) out.push(...withoutPods(workload, part));
  }
  return out;
}

/**
 * GPUs of one pod in milli-GPU: its own number, else the request per pod, else the request of the workload if it has
 * only one pod.
 */
function podMilli(pod: PodInput, workload: WorkloadInput): number {
  if (pod.gpuMilli !== null) return pod.gpuMilli;
  if (workload.gpuRequestPerPodMilli !== null) return workload.gpuRequestPerPodMilli;
  return workload.pods.length === 1 ? (workload.gpuRequestMilli ?? 0) : 0;
}

function positiveSpans(steps: Steps): Interval[] {
  const out: Interval[] = [];
  steps.at.forEach((start, i) => {
    if ((steps.value[i] as number) > 0) out.push({ start, end: steps.until[i] as number });
  });
  return out;
}

function withoutPods(workload: WorkloadInput, episode: Interval): Holding[] {
  const base = { workload, podId: null, node: "", nodePool: workload.nodePool };
  const out: Holding[] = [];
  const requested = workload.gpuRequestMilli ?? 0;
  const request = (start: Instant, end: Instant) => {
    if (end > start && requested > 0) out.push({ ...base, start, end, milli: requested, basis: "request" });
  };
  let at = episode.start;
  const allocation = workload.signals.get("gpu_allocation");
  allocation?.at.forEach((sampleAt, i) => {
    const start = Math.max(sampleAt, episode.start);
    const end = Math.min(allocation.until[i] as number, episode.end);
    if (end <= start) return;
    request(at, start);
    const milli = Math.round((allocation.value[i] as number) * 1000);
    const last = out.at(-1);
    if (milli > 0) {
      if (last && last.basis === "samples" && last.end === start && last.milli === milli)
        out[out.length - 1] = { ...last, end };
      else out.push({ ...base, start, end, milli, basis: "samples" });
    }
    at = end;
  });
  request(at, episode.end);
  return out;
}
