import {
  allocatedMilli,
  average,
  CLASS_QUANTITIES,
  per,
  type Quantities,
  type Quantity,
} from "@/lib/reports/read/measures.ts";
import type { MeteredTime } from "@/lib/reports/read/metered-time.ts";
import type { Cell } from "@/lib/reports/report.ts";

/** Figures of samples: used over the time observed. `divisor` turns the column's unit into the report's. */
const SAMPLED = [
  {
    key: "cpu_memory",
    sum: "memoryUsedMibSeconds",
    observed: "memoryObservedSeconds",
    peak: "memoryPeakMib",
    divisor: 1024,
  },
  { key: "cpu_cores", sum: "cpuUsedMilliSeconds", observed: "cpuObservedSeconds", peak: "cpuPeakMilli", divisor: 1000 },
] as const;

/** What workloads asked for; a request that nobody made is unknown, not zero. */
const REQUESTED = [
  {
    key: "gpu_memory_request",
    sum: "gpuMemoryRequestedMibSeconds",
    peak: "gpuMemoryRequestedPeakMib",
    divisor: 1024,
  },
  { key: "cpu_limit", sum: "cpuLimitMilliSeconds", peak: "cpuLimitPeakMilli", divisor: 1000 },
  { key: "cpu_memory_request", sum: "memoryRequestedMibSeconds", peak: "memoryRequestedPeakMib", divisor: 1024 },
  { key: "cpu_memory_limit", sum: "memoryLimitMibSeconds", peak: "memoryLimitPeakMib", divisor: 1024 },
] as const;

/** The sums whose largest bucket bounds a project's peak from below. */
export const BUCKET_QUANTITIES = [...SAMPLED, ...REQUESTED].map((f) => f.sum);
export type BucketQuantity = (typeof BUCKET_QUANTITIES)[number];
export type LargestBucket = Readonly<Record<BucketQuantity, number>>;

/** The most that a project had at one instant of the period. */
export interface ConcurrentPeaks {
  readonly allocatedMilli: number;
  readonly pods: number;
  readonly runningPods: number;
}

export const PROJECT_QUANTITIES = [
  ...CLASS_QUANTITIES,
  ...SAMPLED.flatMap((f) => [f.sum, f.observed, f.peak]),
  ...REQUESTED.flatMap((f) => [f.sum, f.peak]),
  "heldSeconds",
  "allocatedPeakMilli",
  "podSeconds",
  "podsPeak",
  "runningPodSeconds",
  "runningPodsPeak",
] as const satisfies readonly Quantity[];
/** A project's sums over its workloads, hardware and the period; each peak is the largest of a single workload. */
export type ProjectSums = Quantities<(typeof PROJECT_QUANTITIES)[number]>;

/** The largest that is known; null when none is. */
export const larger = (...values: readonly (number | null)[]): number | null =>
  values.reduce((a, b) => (a === null || (b !== null && b > a) ? b : a), null);

/**
 * `<figure>_peak` and `<figure>_avg` of a project, all its workloads together, in GPUs, cores, GiB and pods.
 *
 * - Average: per second of the period that was metered. Where samples are missing, a workload is taken to have used then
 *   what it used on average while observed: never nothing. Null when nothing was observed or requested.
 * - Peak of GPUs and pods: the most at one instant, from the pods' own start and end. Peak of CPU, memory and requests:
 *   the largest that is known: of a single workload, of the project's mean over one bucket, or the average.
 */
export function projectFigures(
  m: ProjectSums,
  concurrent: ConcurrentPeaks | undefined,
  largest: LargestBucket | undefined,
  time: MeteredTime,
): Record<string, Cell> {
  const out: Record<string, Cell> = {};
  const put = (key: string, mean: number | null, peaks: readonly (number | null)[], divisor: number) => {
    out[`${key}_peak`] = mean === null ? null : per(larger(mean, ...peaks), divisor);
    out[`${key}_avg`] = per(mean, divisor);
  };
  const overPeriod = (sum: number) => average(sum, time.seconds);
  const bucketMean = (q: BucketQuantity) => (largest ? largest[q] / time.bucketSeconds : null);
  put("allocated_gpu", overPeriod(allocatedMilli(m)), [m.allocatedPeakMilli, concurrent?.allocatedMilli ?? null], 1000);
  put("pod_count", overPeriod(m.podSeconds), [m.podsPeak, concurrent?.pods ?? null], 1);
  put("running_pod_count", overPeriod(m.runningPodSeconds), [m.runningPodsPeak, concurrent?.runningPods ?? null], 1);
  for (const f of SAMPLED) {
    const ofOne = average(m[f.sum], m[f.observed]);
    const mean = ofOne === null ? null : overPeriod(ofOne * m.heldSeconds);
    put(f.key, mean, [m[f.peak], bucketMean(f.sum)], f.divisor);
  }
  for (const f of REQUESTED) {
    const mean = m[f.peak] === null ? null : overPeriod(m[f.sum]);
    put(f.key, mean, [m[f.peak], bucketMean(f.sum)], f.divisor);
  }
  return out;
}
