import {
  average,
  CLASS_QUANTITIES,
  per,
  type Quantities,
  type Quantity,
  UTILISATION_QUANTITIES,
  utilisationPercent,
} from "@/lib/reports/read/measures.ts";
import { SECONDS_PER_HOUR } from "@/lib/units.ts";

/** What the predecessor's reports about single jobs read. */
export const JOB_QUANTITIES = [
  ...CLASS_QUANTITIES,
  ...UTILISATION_QUANTITIES,
  "utilisationPeakCenti",
  "allocatedPeakMilli",
  "heldSeconds",
  "cpuUsedMilliSeconds",
  "cpuObservedSeconds",
  "cpuPeakMilli",
  "cpuRequestedMilliSeconds",
  "cpuLimitMilliSeconds",
  "cpuLimitPeakMilli",
  "memoryUsedMibSeconds",
  "memoryObservedSeconds",
  "memoryPeakMib",
  "memoryRequestedPeakMib",
  "memoryLimitPeakMib",
  "gpuMemoryRequestedPeakMib",
  "podsPeak",
  "runningPodsPeak",
  "runningPodSeconds",
] as const satisfies readonly Quantity[];
export type JobSums = Quantities<(typeof JOB_QUANTITIES)[number]>;

/** Figures of one job in the period, in percent, cores, GiB and hours; null where nothing was observed. Means are weighted by time. */
export interface JobFigures {
  readonly gpuPeakPercent: number | null;
  readonly gpuAveragePercent: number | null;
  readonly cpuAverageCores: number | null;
  /** Of the cores it may use: its limit, or what it requested where it has none. */
  readonly cpuAveragePercent: number | null;
  readonly memoryPeakGib: number | null;
  readonly memoryAverageGib: number | null;
  /** How long it held GPUs or had a running pod. */
  readonly durationHours: number;
}

export function jobFigures(q: JobSums): JobFigures {
  const cpuMilli = average(q.cpuUsedMilliSeconds, q.cpuObservedSeconds);
  const mayUse = average(q.cpuLimitMilliSeconds || q.cpuRequestedMilliSeconds, q.heldSeconds);
  return {
    gpuPeakPercent: per(q.utilisationPeakCenti, 100),
    gpuAveragePercent: utilisationPercent(q),
    cpuAverageCores: per(cpuMilli, 1000),
    cpuAveragePercent: cpuMilli === null || !mayUse ? null : (100 * cpuMilli) / mayUse,
    memoryPeakGib: per(q.memoryPeakMib, 1024),
    memoryAverageGib: per(average(q.memoryUsedMibSeconds, q.memoryObservedSeconds), 1024),
    durationHours: q.heldSeconds / SECONDS_PER_HOUR,
  };
}
