import type { Instant, Interval } from "@/lib/time.ts";
import type { WorkloadInput } from "./holding.ts";
import type { NodeInput } from "./node-capacity.ts";

/**
 * What random clusters of testing-input.ts hold, computed second by second from the rules of docs/accounting.md §3 and nothing of
 * metering's own code: slow, and plain enough to be read as the rule.
 */

type Pod = WorkloadInput["pods"][number];

const runs = (pod: Pod, at: Instant) => pod.startedAt !== null && pod.startedAt <= at && at < pod.endedAt;

/** A pod's own figure, else the request per pod, else the workload's whole request when it has no other pod. */
function gpusOf(pod: Pod, workload: WorkloadInput): number {
  if (pod.gpuMilli !== null) return pod.gpuMilli;
  if (workload.gpuRequestPerPodMilli !== null) return workload.gpuRequestPerPodMilli;
  return workload.pods.length > 1 ? 0 : (workload.gpuRequestMilli ?? 0);
}

/** The workload's only running episode: from its first record to its last. */
function episodeOf({ phases }: WorkloadInput): Interval {
  return { start: phases[0]?.at ?? 0, end: phases[1]?.at ?? 0 };
}

/** Milli-GPUs that a workload held at a second: by its pods; in an episode that none of them saw, what it requested. */
function heldAt(workload: WorkloadInput): (at: Instant) => number {
  const episode = episodeOf(workload);
  let seen = false;
  for (let at = episode.start; at < episode.end && !seen; at++) seen = workload.pods.some((pod) => runs(pod, at));
  return (at) => {
    let held = 0;
    for (const pod of workload.pods) if (runs(pod, at)) held += gpusOf(pod, workload);
    if (!seen && episode.start <= at && at < episode.end) held += workload.gpuRequestMilli ?? 0;
    return held;
  };
}

/** Milli-GPU-seconds that a workload held in a range. */
export function naiveHeld(workload: WorkloadInput, range: Interval): number {
  const held = heldAt(workload);
  let sum = 0;
  for (let at = range.start; at < range.end; at++) sum += held(at);
  return sum;
}

/** Milli-GPU-seconds that pods held on a node above its cards, while it was there. */
export function naiveOverlap(node: NodeInput, workloads: readonly WorkloadInput[], range: Interval): number {
  const there = workloads.flatMap((w) => w.pods.filter((p) => p.node === node.name).map((pod) => ({ pod, w })));
  let overlap = 0;
  for (let at = range.start; at < range.end; at++) {
    if (at < node.since || (node.removedAt !== null && at >= node.removedAt)) continue;
    const held = there.reduce((sum, { pod, w }) => sum + (runs(pod, at) ? gpusOf(pod, w) : 0), 0);
    overlap += Math.max(0, held - node.gpuCount * 1000);
  }
  return overlap;
}

/** The most that workloads had at one second of a bucket: at its start or where something begins, for nothing grows between. */
export function naivePeak(workloads: readonly WorkloadInput[], bucket: Interval) {
  const pods = workloads.flatMap((w) => w.pods);
  const begins = [
    bucket.start,
    ...pods.flatMap((p) => [p.createdAt, p.startedAt ?? p.createdAt]),
    ...workloads.map((w) => episodeOf(w).start),
  ].filter((at) => bucket.start <= at && at < bucket.end);
  const held = workloads.map(heldAt);
  const most = (at: (second: Instant) => number) => Math.max(...begins.map(at));
  return {
    allocatedMilli: most((at) => held.reduce((sum, of) => sum + of(at), 0)),
    pods: most((at) => pods.filter((p) => p.createdAt <= at && at < p.endedAt).length),
    runningPods: most((at) => pods.filter((p) => runs(p, at)).length),
  };
}
