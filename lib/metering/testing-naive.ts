import type { Instant, Interval } from "@/lib/time.ts";
import type { WorkloadInput } from "./held/workload-input.ts";
import type { NodeInput } from "./node-capacity.ts";

/**
 * What random clusters of testing-input.ts hold, computed second by second from the rules of docs/accounting.md §3 and nothing of
 * metering's own code: slow, and plain enough to be read as the rule.
 */

type Pod = WorkloadInput["pods"][number];

/** A phase and a pod may differ by so many seconds without anybody having held anything. */
const LAG = 120;

/** A pod's own figure, else the request per pod, else the workload's whole request when it has no other pod; null: no number. */
function numberOf(pod: Pod, workload: WorkloadInput): number | null {
  return (
    pod.gpuMilli ?? workload.gpuRequestPerPodMilli ?? (workload.pods.length === 1 ? workload.gpuRequestMilli : null)
  );
}

/** The workload's only running episode: from its first record to its last. */
function episodeOf({ phases }: WorkloadInput): Interval {
  const at = phases.map((p) => p.at).sort((a, b) => a - b);
  return { start: at[0] ?? 0, end: at[1] ?? 0 };
}

const isIn = (span: Interval | null, at: Instant) => span !== null && span.start <= at && at < span.end;

/** Maximal runs of seconds of an interval for which `free` is true. */
function runsOf(within: Interval, free: (at: Instant) => boolean): Interval[] {
  const out: Interval[] = [];
  let start: Instant | null = null;
  for (let at = within.start; at <= within.end; at++) {
    const isFree = at < within.end && free(at);
    if (isFree && start === null) start = at;
    if (!isFree && start !== null) {
      out.push({ start, end: at });
      start = null;
    }
  }
  return out;
}

/** When each pod held: from its first start or the first look that saw it bound, or earlier in running time without any pod. */
export function naiveLives(workload: WorkloadInput): (Interval | null)[] {
  const episode = episodeOf(workload);
  const started = workload.pods.map(({ startedAt, endedAt }) =>
    startedAt !== null && startedAt < endedAt ? { start: startedAt, end: endedAt } : null,
  );
  const uncovered = runsOf(episode, (at) => !started.some((life) => isIn(life, at)));
  const byPhases = (pod: Pod): Instant => {
    if (!pod.node || (pod.startedAt !== null && pod.startedAt - pod.createdAt <= LAG)) return Number.POSITIVE_INFINITY;
    for (const run of uncovered) {
      const start = Math.max(run.start, pod.createdAt);
      const end = Math.min(run.end, pod.startedAt ?? pod.endedAt, pod.endedAt);
      const isWhole = run.start === episode.start && run.end === episode.end;
      if (pod.startedAt !== null && pod.startedAt > episode.end) continue;
      if (end - start > (isWhole && pod.startedAt === null ? 0 : LAG)) return start;
    }
    return Number.POSITIVE_INFINITY;
  };
  return workload.pods.map((pod) => {
    const known = [pod.startedAt, pod.boundAt, byPhases(pod)].filter((at) => at !== null);
    const start = Math.min(...known);
    return start < pod.endedAt ? { start, end: pod.endedAt } : null;
  });
}

/** Milli-GPUs that a workload held at a second (docs/accounting.md §3). */
function heldAt(workload: WorkloadInput): (at: Instant) => number {
  return heldOn(workload);
}

/** The same; with the name of a node, what its pods held there. */
function heldOn(workload: WorkloadInput): (at: Instant, node?: string) => number {
  const episode = episodeOf(workload);
  const lives = naiveLives(workload);
  const pods = workload.pods.map((pod, i) => ({ pod, life: lives[i] ?? null, gpus: numberOf(pod, workload) ?? 0 }));
  const samples = workload.signals.get("gpu_allocation");
  const allocation = (samples?.at ?? []).map((at, i) => ({
    ...{ at, until: samples?.until[i] as number, milli: Math.round((samples?.value[i] as number) * 1000) },
  }));
  const isOn = (pod: Pod, node: string | undefined) => node === undefined || pod.node === node;
  const byPods = (at: Instant, node?: string) =>
    pods.reduce((sum, p) => sum + (isIn(p.life, at) && isOn(p.pod, node) ? p.gpus : 0), 0);
  const waiting = pods
    .filter(({ pod, gpus }) => pod.node && gpus > 0)
    .sort((a, b) => a.pod.createdAt - b.pod.createdAt || (a.pod.id < b.pod.id ? -1 : 1));
  /** What samples show of pods that have not started: at the instant of the sample, and while it holds. */
  const early = (at: Instant, node?: string) => {
    const sample = allocation.findLast((s) => s.at <= at);
    if (!sample || sample.until <= at) return 0;
    let held = byPods(sample.at);
    let sum = 0;
    for (const { pod, life, gpus } of waiting) {
      const start = Math.min(life?.start ?? pod.endedAt, pod.endedAt);
      if (sample.at < pod.createdAt || sample.at >= start || held + gpus > sample.milli) continue;
      held += gpus;
      if (at < start && isOn(pod, node)) sum += gpus;
    }
    return sum;
  };
  const firstEnd = Math.min(...pods.map((p) => p.life?.end ?? Number.POSITIVE_INFINITY));
  const parts = runsOf(episode, (at) => !lives.some((life) => isIn(life, at)));
  return (at, node) => {
    if (node !== undefined) return byPods(at, node) + early(at, node);
    const held = byPods(at) + early(at);
    const part = held > 0 ? undefined : parts.find((p) => isIn(p, at));
    if (!part) return held;
    const isWhole = part.start === episode.start && part.end === episode.end;
    if (!isWhole && part.end - part.start <= LAG) return 0;
    const mayHide = isWhole || part.start < firstEnd;
    const sample = allocation.findLast((s) => s.at <= at);
    const holds = sample && at < sample.until && (mayHide || sample.at >= part.start);
    if (!holds) return mayHide ? (workload.gpuRequestMilli ?? 0) : 0;
    const isEcho = !mayHide && sample === allocation.find((s) => s.at >= part.start);
    return isEcho ? 0 : sample.milli;
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
  const there = workloads.flatMap((w) => {
    const held = heldOn(w);
    return w.pods.some((p) => p.node === node.name) ? [held] : [];
  });
  let overlap = 0;
  for (let at = range.start; at < range.end; at++) {
    if (at < node.since || (node.removedAt !== null && at >= node.removedAt)) continue;
    const held = there.reduce((sum, of) => sum + of(at, node.name), 0);
    overlap += Math.max(0, held - node.gpuCount * 1000);
  }
  return overlap;
}

/** The most that workloads had at one second of a bucket: at its start or where something begins, for nothing grows between. */
export function naivePeak(workloads: readonly WorkloadInput[], bucket: Interval) {
  const pods = workloads.flatMap((w) => w.pods);
  const begins = [
    bucket.start,
    ...pods.map((p) => p.createdAt),
    ...workloads.flatMap((w) => naiveLives(w).flatMap((life) => (life ? [life.start, life.end] : []))),
    ...workloads.map((w) => episodeOf(w).start),
    ...workloads.flatMap((w) => {
      const samples = w.signals.get("gpu_allocation");
      return samples ? [...samples.at, ...samples.until] : [];
    }),
  ].filter((at) => bucket.start <= at && at < bucket.end);
  const held = workloads.map(heldAt);
  const most = (at: (second: Instant) => number) => Math.max(...begins.map(at));
  return {
    allocatedMilli: most((at) => held.reduce((sum, of) => sum + of(at), 0)),
    pods: most((at) => pods.filter((p) => p.createdAt <= at && at < p.endedAt).length),
    runningPods: most((at) => workloads.flatMap(naiveLives).filter((life) => isIn(life, at)).length),
  };
}
