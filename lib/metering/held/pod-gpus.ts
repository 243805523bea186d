import { firstAfter, type Steps } from "@/lib/metering/timeline.ts";
import { type Instant, type Interval, intersect } from "@/lib/time.ts";
import { claimedParts } from "./claims.ts";
import { requestedShare, type Share } from "./gpu-share.ts";
import type { Holding, PodInput, WorkloadInput } from "./workload-input.ts";

/** A part of the life of a pod with the GPUs that it held; null if they are unknown. */
export interface PodPart extends Interval {
  readonly milli: number | null;
  /** What milli-GPU leave over (gpu-share.ts); 0 if it is absent. */
  readonly rest?: number;
  readonly basis: Holding["basis"];
}

export interface PodGpus {
  /** Its GPUs wherever samples do not decide, in milli-GPU; null if they are unknown. */
  readonly milli: number | null;
  /** What milli-GPU leave over (gpu-share.ts). */
  readonly rest: number;
  /** The life of the pod within the range, in parts that hold the same. */
  readonly parts: readonly PodPart[];
}

type ModelOf = (node: string, nodePool: string) => string;

/**
 * The GPUs of each pod of a workload, clipped to `range` (docs/accounting.md §3). A pod's own number, else the request
 * per pod, else the request of its workload if it is the only pod. Without a number: what allocation samples report
 * beyond the other pods, and where they are silent what claims gave it, else the share that its profiles or memory take of
 * a card of its node.
 */
export function gpusOfPods(
  workload: WorkloadInput,
  allocation: Steps | undefined,
  range: Interval,
  modelOf: ModelOf,
): PodGpus[] {
  const numbers = workload.pods.map((pod) => numberOf(pod, workload));
  return workload.pods.map((pod, i): PodGpus => {
    const life = pod.startedAt === null ? null : intersect({ start: pod.startedAt, end: pod.endedAt }, range);
    const number = numbers[i];
    if (number !== null && number !== undefined) {
      const rest = pod.gpuRest ?? 0;
      return { milli: number, rest, parts: life ? [{ ...life, milli: number, rest, basis: "pod" }] : [] };
    }
    const whole = { start: pod.startedAt ?? pod.createdAt, end: pod.endedAt };
    const claimed = pod.claims
      ? claimedParts(pod.claims, whole, modelOf(pod.node, pod.nodePool || workload.nodePool))
      : [];
    const share = claimed[0] ?? shareOfPod(pod, workload, modelOf);
    const parts = life ? sampledParts(workload, numbers, life, { share, claimed }, allocation) : [];
    return { milli: share?.milli ?? null, rest: share?.rest ?? 0, parts };
  });
}

/** Null if no number is reported for the pod. A 0 beside MIG profiles, memory or claims is not a number of GPUs: the pod asks in another way. */
function numberOf(pod: PodInput, workload: WorkloadInput): number | null {
  const ofPod = Boolean(pod.gpuResources || pod.gpuMemoryRequestMib || pod.claims);
  const asks = ofPod || Boolean(workload.gpuResources || workload.gpuMemoryRequestMib);
  if (pod.gpuMilli !== null && (pod.gpuMilli > 0 || !ofPod)) return pod.gpuMilli;
  const { gpuRequestPerPodMilli, gpuRequestMilli } = workload;
  const number = gpuRequestPerPodMilli || (workload.pods.length === 1 ? gpuRequestMilli : gpuRequestPerPodMilli);
  return number === 0 && asks ? null : number;
}

/** 0 for a pod that asks for no GPU in any way; null for a share that cannot be known. */
function shareOfPod(pod: PodInput, workload: WorkloadInput, modelOf: ModelOf): Share | null {
  const alone = workload.pods.length === 1;
  const resources = pod.gpuResources || (alone ? workload.gpuResources : "");
  const memory = pod.gpuMemoryRequestMib || (alone ? workload.gpuMemoryRequestMib : null);
  if (resources || memory)
    return requestedShare(resources, memory, modelOf(pod.node, pod.nodePool || workload.nodePool));
  const asks = workload.gpuRequestMilli || workload.gpuResources || workload.gpuMemoryRequestMib;
  return asks ? null : { milli: 0 };
}

/** What a pod without a number holds where allocation samples are silent: what claims gave it, else a share; null if neither is known. */
interface Silent {
  readonly share: Share | null;
  readonly claimed: readonly (Interval & Share)[];
}

/** The life of a pod without a number, cut where allocation samples begin and end. */
function sampledParts(
  workload: WorkloadInput,
  numbers: readonly (number | null)[],
  life: Interval,
  { share, claimed }: Silent,
  allocation: Steps | undefined,
): PodPart[] {
  const out: PodPart[] = [];
  const add = (start: Instant, end: Instant, held: Share | null, basis: Holding["basis"]) => {
    const last = out.at(-1);
    const [milli, rest] = [held?.milli ?? null, held?.rest ?? 0];
    if (end <= start) return;
    if (last && last.end === start && last.milli === milli && last.basis === basis)
      out[out.length - 1] = { ...last, end };
    else out.push({ start, end, milli, rest, basis });
  };
  const silent = (start: Instant, end: Instant) => {
    if (claimed.length === 0) add(start, end, share, "pod");
    for (const part of claimed) {
      const own = intersect(part, { start, end });
      if (own) add(own.start, own.end, part, "claim");
    }
  };
  let at = life.start;
  const from = allocation ? firstAfter(allocation.until, life.start) : 0;
  for (let i = from; allocation && i < allocation.at.length; i++) {
    const start = Math.max(allocation.at[i] as number, life.start);
    const end = Math.min(allocation.until[i] as number, life.end);
    if (start >= life.end) break;
    const rest = restOf(workload, numbers, start, Math.round((allocation.value[i] as number) * 1000));
    if (rest <= 0 || end <= start) continue;
    silent(at, start);
    add(start, end, isRounded(rest, share) ? share : { milli: rest }, "samples");
    at = end;
  }
  silent(at, life.end);
  return out;
}

/** Samples are rounded, to two decimals of a GPU or finer. */
const ROUNDING_MILLI = 5;

/** Whether a sample is the share, rounded: the slices of a card would exceed it otherwise, or leave some of it. */
const isRounded = (milli: number, share: Share | null): boolean =>
  share !== null && Math.abs(milli - share.milli) <= ROUNDING_MILLI;

/** What a sample reports beyond the pods whose number is known, shared equally by the others; rounded down. */
function restOf(
  { pods }: WorkloadInput,
  numbers: readonly (number | null)[],
  at: Instant,
  allocatedMilli: number,
): number {
  let rest = allocatedMilli;
  let unknown = 0;
  pods.forEach((pod, i) => {
    if (pod.startedAt === null || pod.startedAt > at || pod.endedAt <= at) return;
    const number = numbers[i] ?? null;
    if (number === null) unknown++;
    else rest -= number;
  });
  return unknown > 0 ? Math.floor(rest / unknown) : 0;
}

/**
 * When allocation samples show that pods held their GPUs before they are known to have started, for each pod; half-open,
 * ascending. A sample that reports at least as much as the pods that hold and the next pod on a node together shows that
 * this one holds too; pods count in the order of their creation.
 */
export function beforeStart(
  workload: WorkloadInput,
  gpus: readonly PodGpus[],
  allocation: Steps | undefined,
  range: Interval,
): Interval[][] {
  const out: Interval[][] = workload.pods.map(() => []);
  if (!allocation) return out;
  const waiting = workload.pods.flatMap((pod, i) => {
    const milli = gpus[i]?.milli;
    const end = Math.min(pod.startedAt ?? pod.endedAt, pod.endedAt);
    const span = pod.node && milli ? intersect({ start: pod.createdAt, end }, range) : null;
    return span && milli ? [{ i, milli, span, pod }] : [];
  });
  if (!waiting.length) return out;
  waiting.sort((a, b) => a.pod.createdAt - b.pod.createdAt || (a.pod.id < b.pod.id ? -1 : 1));
  const last = Math.max(...waiting.map((w) => w.span.end));
  const first = firstAfter(allocation.at, Math.min(...waiting.map((w) => w.span.start)) - 1);
  for (let k = first; k < allocation.at.length && (allocation.at[k] as number) < last; k++) {
    const at = allocation.at[k] as number;
    let held = heldAt(workload, gpus, at);
    for (const { i, milli, span } of waiting) {
      if (at < span.start || at >= span.end || held + milli > Math.round((allocation.value[k] as number) * 1000))
        continue;
      held += milli;
      const list = out[i] as Interval[];
      const until = Math.min(allocation.until[k] as number, span.end);
      const before = list.at(-1);
      if (before?.end === at) list[list.length - 1] = { start: before.start, end: until };
      else list.push({ start: at, end: until });
    }
  }
  return out;
}

function heldAt({ pods }: WorkloadInput, gpus: readonly PodGpus[], at: Instant): number {
  return pods.reduce((sum, pod, i) => {
    const runs = pod.startedAt !== null && pod.startedAt <= at && at < pod.endedAt;
    return sum + (runs ? (gpus[i]?.milli ?? 0) : 0);
  }, 0);
}
