import type { JobFigures } from "./job-figures.ts";

export interface Suspicion {
  readonly issue: "Zero GPU Utilization" | "Low Memory Utilization" | "Low Long-term Utilization";
  readonly description: string;
  /** The figure that broke the rule, in percent. */
  readonly value: number;
}

const LOW_PERCENT = 10;
export const LARGE_MEMORY_GIB = 10;
export const LONG_HOURS = 24;

/**
 * The three rules of the Run:ai metrics script, each on figures that were observed: what is unknown is never suspicious.
 * The third compares percent with percent; the script held cores against a percentage.
 * @param allocatedGpus the most GPUs that the job held at once.
 */
export function suspicions(job: JobFigures, allocatedGpus: number): Suspicion[] {
  const out: Suspicion[] = [];
  if (allocatedGpus > 0 && job.gpuPeakPercent === 0)
    out.push({
      issue: "Zero GPU Utilization",
      description: `Held ${allocatedGpus.toFixed(2)} GPUs and was never seen to use them`,
      value: 0,
    });
  const { memoryPeakGib: peak, memoryAverageGib: mean } = job;
  if (peak !== null && mean !== null && peak > LARGE_MEMORY_GIB && mean < (peak * LOW_PERCENT) / 100)
    out.push({
      issue: "Low Memory Utilization",
      description: `Used ${mean.toFixed(2)} GB of CPU memory on average, below ${LOW_PERCENT}% of its own peak of ${peak.toFixed(2)} GB`,
      value: (100 * mean) / peak,
    });
  const low = (
    [
      ["GPU", job.gpuAveragePercent],
      ["CPU", job.cpuAveragePercent],
    ] as const
  ).flatMap(([what, percent]) => (percent !== null && percent < LOW_PERCENT ? [{ what, percent }] : []));
  const [first] = low;
  if (job.durationHours > LONG_HOURS && first)
    out.push({
      issue: "Low Long-term Utilization",
      description: `Ran longer than ${LONG_HOURS} hours with ${low.map((l) => `${l.what} utilization ${l.percent.toFixed(2)}%`).join(" and ")} on average, below ${LOW_PERCENT}%`,
      value: first.percent,
    });
  return out;
}
