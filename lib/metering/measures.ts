import { type Instant, type Interval, intersect, seconds, union } from "@/lib/time.ts";
import type { Holding, WorkloadInput } from "./held/workload-input.ts";
import { type Additive, add, type Peak, type Quantities, raise } from "./quantities.ts";
import { clipSteps, integrate, OPEN_END, type Signals, type Steps, sumSteps } from "./timeline.ts";

/** A measured figure: its samples, and the columns for ∫ value, the observed seconds and the peak. */
interface Measure {
  readonly metric: string;
  /** Converts the unit of the metric to that of the column: 1,000 for cores → milli-cores. */
  readonly scale: number;
  readonly sum: Additive;
  readonly observed: Additive;
  readonly peak: Peak;
}

const USED: readonly Measure[] = [
  {
    metric: "gpu_memory_used_mib",
    scale: 1,
    sum: "gpuMemoryUsedMibSeconds",
    observed: "gpuMemoryObservedSeconds",
    peak: "gpuMemoryPeakMib",
  },
  {
    metric: "cpu_cores",
    scale: 1000,
    sum: "cpuUsedMilliSeconds",
    observed: "cpuObservedSeconds",
    peak: "cpuPeakMilli",
  },
  {
    metric: "cpu_memory_mib",
    scale: 1,
    sum: "memoryUsedMibSeconds",
    observed: "memoryObservedSeconds",
    peak: "memoryPeakMib",
  },
];

/** A requested figure: its samples if there are any, else the fact of the workload for as long as it ran. */
interface Request {
  readonly metric: string;
  readonly scale: number;
  readonly fact: (workload: WorkloadInput) => number | null;
  readonly sum: Additive;
  readonly peak: Peak;
}

const REQUESTED: readonly Request[] = [
  {
    metric: "gpu_memory_request_mib",
    scale: 1,
    fact: (w) => w.gpuMemoryRequestMib,
    sum: "gpuMemoryRequestedMibSeconds",
    peak: "gpuMemoryRequestedPeakMib",
  },
  {
    metric: "cpu_request_cores",
    scale: 1000,
    fact: (w) => w.cpuRequestMilli,
    sum: "cpuRequestedMilliSeconds",
    peak: "cpuRequestedPeakMilli",
  },
  {
    metric: "cpu_limit_cores",
    scale: 1000,
    fact: (w) => w.cpuLimitMilli,
    sum: "cpuLimitMilliSeconds",
    peak: "cpuLimitPeakMilli",
  },
  {
    metric: "cpu_memory_request_mib",
    scale: 1,
    fact: (w) => w.cpuMemoryRequestMib,
    sum: "memoryRequestedMibSeconds",
    peak: "memoryRequestedPeakMib",
  },
  {
    metric: "cpu_memory_limit_mib",
    scale: 1,
    fact: (w) => w.cpuMemoryLimitMib,
    sum: "memoryLimitMibSeconds",
    peak: "memoryLimitPeakMib",
  },
];

/** When a workload ran: any started pod, or any holding without a pod. Half-open, disjoint, ascending. */
export function runSpans(workload: WorkloadInput, held: readonly Holding[], range: Interval): Interval[] {
  const pods = workload.pods.flatMap((p) => (p.startedAt === null ? [] : [{ start: p.startedAt, end: p.endedAt }]));
  return union([...pods, ...held].flatMap((i) => intersect(i, range) ?? []));
}

/**
 * What a workload used, by metric: its own reading, else the sum over its pods, each with its own reading or the sum
 * over its cards.
 */
export function usedSignals(
  workload: WorkloadInput,
  podSignals: ReadonlyMap<string, Signals>,
  cardSignals: ReadonlyMap<string, ReadonlyMap<string, Signals>>,
): Signals {
  const out = new Map<string, Steps>();
  for (const { metric } of USED) {
    const ofPods = workload.pods.flatMap((pod) => {
      const own = podSignals.get(pod.id)?.get(metric);
      const cards = [...(cardSignals.get(pod.id)?.values() ?? [])];
      const readings = own ? [own] : cards.flatMap((card) => card.get(metric) ?? []);
      if (workload.pods.length === 1 || pod.startedAt === null) return readings;
      // The last sample of a pod that ended must not hold into the time of the pod that follows.
      const ran = { start: pod.startedAt, end: pod.endedAt };
      return readings.map((steps) => clipSteps(steps, ran));
    });
    const [first, ...rest] = ofPods;
    const used = workload.signals.get(metric) ?? (first && rest.reduce(sumSteps, first));
    if (used) out.set(metric, used);
  }
  return out;
}

/**
 * Adds what a workload used and requested in one bucket, apart from GPU time: memory, CPU, pods, peaks.
 * @param spans when it ran (runSpans).
 * @param used its readings (usedSignals).
 */
export function measureBucket(
  usage: Quantities,
  workload: WorkloadInput,
  held: readonly Holding[],
  spans: readonly Interval[],
  used: Signals,
  bucket: Interval,
): void {
  const running = spans.flatMap((s) => intersect(s, bucket) ?? []);
  const ran = seconds(running);
  add(usage, "heldSeconds", ran);
  for (const span of running) {
    for (const m of USED) {
      const read = integrate(used.get(m.metric), span);
      add(usage, m.sum, Math.round(read.weighted * m.scale));
      add(usage, m.observed, read.seconds);
      if (read.peak !== null) raise(usage, m.peak, Math.round(read.peak * m.scale));
    }
    for (const r of REQUESTED) addRequest(usage, workload, r, span);
  }
  countPods(usage, workload, bucket);
  raise(
    usage,
    "allocatedPeakMilli",
    peakOf(
      held.map((h) => ({ ...h, weight: h.milli })),
      bucket,
    ),
  );
}

function addRequest(usage: Quantities, workload: WorkloadInput, request: Request, span: Interval): void {
  const measured = integrate(workload.signals.get(request.metric), span);
  const fact = request.fact(workload);
  const rest = span.end - span.start - measured.seconds;
  const sum = measured.weighted * request.scale + (fact ?? 0) * rest;
  add(usage, request.sum, Math.round(sum));
  if (measured.peak !== null) raise(usage, request.peak, Math.round(measured.peak * request.scale));
  else if (fact !== null) raise(usage, request.peak, fact);
}

function countPods(usage: Quantities, workload: WorkloadInput, bucket: Interval): void {
  const existing: Weighted[] = [];
  const running: Weighted[] = [];
  for (const { createdAt, startedAt, endedAt } of workload.pods) {
    if (endedAt <= bucket.start) continue;
    existing.push({ start: createdAt, end: endedAt, weight: 1 });
    if (startedAt !== null) running.push({ start: startedAt, end: endedAt, weight: 1 });
  }
  add(usage, "podSeconds", secondsWithin(existing, bucket));
  add(usage, "runningPodSeconds", secondsWithin(running, bucket));
  raise(usage, "podsPeak", peakOf(existing, bucket));
  raise(usage, "runningPodsPeak", peakOf(running, bucket));
}

interface Weighted extends Interval {
  readonly weight: number;
}

function secondsWithin(list: readonly Weighted[], bucket: Interval): number {
  return list.reduce((sum, i) => sum + Math.max(0, Math.min(i.end, bucket.end) - Math.max(i.start, bucket.start)), 0);
}

/** The largest sum of weights at one instant of the bucket; an end and a start at the same second do not overlap. */
export function peakOf(list: readonly Weighted[], bucket: Interval): number {
  const edges: [at: Instant, change: number][] = [];
  for (const item of list) {
    const part = intersect(item, bucket);
    if (part) edges.push([part.start, item.weight], [Math.min(part.end, OPEN_END), -item.weight]);
  }
  if (edges.length === 2) return edges[0]?.[1] ?? 0;
  edges.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  let level = 0;
  let peak = 0;
  for (const [, change] of edges) {
    level += change;
    peak = Math.max(peak, level);
  }
  return peak;
}
