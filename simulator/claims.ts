import { MINUTE } from "@/lib/time.ts";
import { hashText } from "./random.ts";
import { podEnd, type WorkloadSpec } from "./scenario.ts";

const LEAST_SECONDS = 20 * MINUTE;

/**
 * Whether the workload gets its cards by claims (dynamic resource allocation) where a switch says that there are any: some of those
 * whose pods have whole cards or MIG slices, long enough to be sampled.
 */
export function usesClaims(workload: WorkloadSpec): boolean {
  const { id, pods, priorityClass } = workload;
  if (hashText(`claims/${id}`) % 4 !== 0 || priorityClass === "background") return false;
  return pods.every((pod) => {
    const ran = pod.startedAt === null ? 0 : (podEnd(pod) ?? Number.POSITIVE_INFINITY) - pod.startedAt;
    return ran >= LEAST_SECONDS && pod.gpus.every((gpu) => gpu.fraction === 1 || gpu.slice !== undefined);
  });
}
