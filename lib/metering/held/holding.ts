import { firstAfter, OPEN_END, type Steps } from "@/lib/metering/timeline.ts";
import { podLives, type Uncovered, uncoveredTime } from "@/lib/sync/facts/pod-life.ts";
import { REPORT_LAG_SECONDS } from "@/lib/sync/facts/running-episodes.ts";
import { DAY, type Instant, type Interval, intersect, subtract, union } from "@/lib/time.ts";
import { requestedShare, type Share } from "./gpu-share.ts";
import { beforeStart, gpusOfPods } from "./pod-gpus.ts";
import type { Held, Holding, OpenTime, PodInput, WorkloadInput } from "./workload-input.ts";

/** A pod that stays listed after its workload ended is reported for this long, in seconds. */
const OUTLIVES_SECONDS = 14 * DAY;

/**
 * The workload with the start and end of each pod as it held its GPUs (lib/sync/facts/pod-life.ts). A pod without an end
 * of its own ends with its node.
 * @param removedAt when nodes that no longer exist were last seen, by name.
 */
export function withLives(workload: WorkloadInput, removedAt: ReadonlyMap<string, Instant> = new Map()): WorkloadInput {
  if (!workload.pods.length) return workload;
  const lives = podLives(workload, workload.pods);
  const pods = workload.pods.map((pod, i): PodInput => {
    const { start, end: until } = lives[i] as (typeof lives)[number];
    const gone = pod.endedAt === OPEN_END ? removedAt.get(pod.node) : undefined;
    const end = gone !== undefined && gone > (start ?? pod.createdAt) ? Math.min(until, gone) : until;
    if (start === pod.startedAt && end === pod.endedAt) return pod;
    // One that ended with its node does not outlive its workload, which may run on.
    const outlivesFrom = pod.endedAt === OPEN_END && end !== OPEN_END && end === until ? end : null;
    return { ...pod, startedAt: start, endedAt: end, outlivesFrom };
  });
  return { ...workload, pods };
}

/**
 * When a workload held how many GPUs, in milli-GPU, clipped to `range`, by one rule for every instant
 * (docs/accounting.md §3): what its pods held; in running time that no pod covers, what allocation samples report; where
 * those are silent and pods may be hidden, the request.
 * @param workload as `withLives` returns it.
 * @param modelOf the GPU model of a node (empty for an unknown node) or pool; empty if it is unknown.
 */
export function holdings(
  workload: WorkloadInput,
  range: Interval,
  modelOf: (node: string, nodePool: string) => string = () => "",
): Held {
  const allocation = workload.signals.get("gpu_allocation");
  const out: Holding[] = [];
  const open: OpenTime[] = [];
  const gpus = gpusOfPods(workload, allocation, range, modelOf);
  const before = beforeStart(workload, gpus, allocation, range);
  workload.pods.forEach((pod, i) => {
    const base = { workload, podId: pod.id, node: pod.node, nodePool: pod.nodePool || workload.nodePool };
    let early = before[i] ?? [];
    for (const part of gpus[i]?.parts ?? []) {
      if (part.milli === null) open.push({ start: part.start, end: part.end, kind: "gpus-unknown", milli: 1000 });
      if (!part.milli) continue;
      const joined = early.at(-1)?.end === part.start ? early.at(-1)?.start : undefined;
      if (joined !== undefined) early = early.slice(0, -1);
      const { end, milli, basis } = part;
      out.push({ ...base, start: joined ?? part.start, end, milli, ...restOf(part), basis });
    }
    const milli = gpus[i]?.milli;
    if (milli) for (const part of early) out.push({ ...base, ...part, milli, ...restOf(gpus[i]), basis: "samples" });
    const outlives = pod.outlivesFrom ?? null;
    const listed = outlives === null ? null : intersect({ start: outlives, end: outlives + OUTLIVES_SECONDS }, range);
    if (listed && milli !== 0) open.push({ ...listed, kind: "outlives-workload", milli: milli ?? 1000 });
  });
  const lives = workload.pods.map((pod) => ({ start: pod.startedAt, end: pod.endedAt }));
  const allocated = allocation ? positiveSpans(allocation) : null;
  for (const part of uncoveredTime(workload, lives, allocated)) {
    const within = intersect(part, range);
    for (const piece of within ? subtract(within, union(before.flat())) : [])
      withoutPods(workload, { ...part, ...piece, since: part.start }, modelOf, out, open);
  }
  return { holdings: out, open };
}

/** As a property only where there is any: most holdings are whole. */
const restOf = (share: { readonly rest?: number } | undefined): { readonly rest?: number } =>
  share?.rest ? { rest: share.rest } : {};

function positiveSpans(steps: Steps): Interval[] {
  const out: Interval[] = [];
  steps.at.forEach((start, i) => {
    if ((steps.value[i] as number) > 0) out.push({ start, end: steps.until[i] as number });
  });
  return out;
}

/**
 * What a workload held in an interval that none of its pods covers: by allocation samples taken within it – after a
 * listed pod only from the second positive one on, because the first may still report that pod –, else by the request.
 */
function withoutPods(
  workload: WorkloadInput,
  part: Uncovered & { readonly since: Instant },
  modelOf: (node: string, nodePool: string) => string,
  out: Holding[],
  open: OpenTime[],
): void {
  const base = { workload, podId: null, node: "", nodePool: workload.nodePool };
  const requested = requestOf(workload, modelOf);
  const silent = (start: Instant, end: Instant) => {
    if (end <= start) return;
    if (!part.mayHide && end - start <= REPORT_LAG_SECONDS) return;
    if (!part.mayHide) open.push({ start, end, kind: "time-unknown", milli: requested?.milli ?? 1000 });
    else if (requested === null) open.push({ start, end, kind: "gpus-unknown", milli: 1000 });
    else if (requested.milli > 0)
      out.push({ ...base, start, end, milli: requested.milli, ...restOf(requested), basis: "request" });
  };
  let at = part.start;
  const allocation = workload.signals.get("gpu_allocation");
  const first = allocation && !part.mayHide ? firstAfter(allocation.at, part.since - 1) : 0;
  for (let i = first; allocation && i < allocation.at.length; i++) {
    const start = Math.max(allocation.at[i] as number, part.start);
    const end = Math.min(allocation.until[i] as number, part.end);
    if (start >= part.end) break;
    if (end <= start) continue;
    silent(at, start);
    const milli = Math.round((allocation.value[i] as number) * 1000);
    const last = out.at(-1);
    const isEcho = !part.mayHide && i === first && part.since === part.start;
    if (milli > 0 && !isEcho) {
      if (last && last.podId === null && last.basis === "samples" && last.end === start && last.milli === milli)
        out[out.length - 1] = { ...last, end };
      else out.push({ ...base, start, end, milli, basis: "samples" });
    }
    at = end;
  }
  silent(at, part.end);
}

/** GPUs that the workload requests as a whole: null if it requests some whose share is unknown. */
function requestOf(workload: WorkloadInput, modelOf: (node: string, nodePool: string) => string): Share | null {
  const { gpuRequestMilli, gpuResources, gpuMemoryRequestMib, nodePool } = workload;
  if (gpuRequestMilli) return { milli: gpuRequestMilli };
  if (!gpuResources && !gpuMemoryRequestMib) return { milli: 0 };
  return requestedShare(gpuResources, gpuMemoryRequestMib, modelOf("", nodePool));
}
