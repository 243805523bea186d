import { own } from "@/lib/order.ts";
import type { Metric } from "@/lib/sources/source.ts";
import { MIB } from "@/lib/units.ts";

/** Our name for a metric type, and the divisor that converts its values to our unit. */
export interface MetricName {
  readonly metric: Metric;
  readonly divisor: number;
}

const one = (metric: Metric): MetricName => ({ metric, divisor: 1 });
const bytes = (metric: Metric): MetricName => ({ metric, divisor: MIB });

const NAMES: Readonly<Record<string, MetricName>> = {
  GPU_UTILIZATION: one("gpu_utilisation_percent"),
  GPU_UTILIZATION_PER_GPU: one("gpu_utilisation_percent"),
  GPU_MEMORY_USAGE_BYTES: bytes("gpu_memory_used_mib"),
  GPU_MEMORY_USAGE_BYTES_PER_GPU: bytes("gpu_memory_used_mib"),
  GPU_MEMORY_REQUEST_BYTES: bytes("gpu_memory_request_mib"),
  GPU_ALLOCATION: one("gpu_allocation"),
  // The API does not document whether activity is a ratio or a percentage, and guessing is unsafe: taken as reported.
  GPU_SM_ACTIVITY_PER_GPU: one("sm_active_percent"),
  GPU_MEMORY_BANDWIDTH_UTILIZATION_PER_GPU: one("dram_active_percent"),
  GPU_TENSOR_ACTIVITY_PER_GPU: one("tensor_active_percent"),
  CPU_USAGE_CORES: one("cpu_cores"),
  CPU_REQUEST_CORES: one("cpu_request_cores"),
  CPU_LIMIT_CORES: one("cpu_limit_cores"),
  CPU_MEMORY_USAGE_BYTES: bytes("cpu_memory_mib"),
  CPU_MEMORY_REQUEST_BYTES: bytes("cpu_memory_request_mib"),
  CPU_MEMORY_LIMIT_BYTES: bytes("cpu_memory_limit_mib"),
  POD_COUNT: one("pod_count"),
  RUNNING_POD_COUNT: one("running_pod_count"),
  TOTAL_GPU: one("total_gpu"),
  ALLOCATED_GPU: one("allocated_gpu"),
};

/** The name and unit of a metric type; an unknown one keeps its name in lower case and its values as reported. */
export function metricName(type: string): MetricName {
  return own(NAMES, type) ?? one(type.toLowerCase());
}

/** Types that change so rarely that a coarse step is enough. */
export const SLOW_TYPES: ReadonlySet<string> = new Set(["CPU_REQUEST_CORES", "POD_COUNT", "RUNNING_POD_COUNT"]);

const WORKLOAD_NEEDED = ["GPU_UTILIZATION", "GPU_MEMORY_USAGE_BYTES"];
const WORKLOAD_DEFAULTS = [
  ...WORKLOAD_NEEDED,
  "GPU_ALLOCATION",
  "GPU_MEMORY_REQUEST_BYTES",
  "CPU_USAGE_CORES",
  "CPU_LIMIT_CORES",
  "CPU_MEMORY_USAGE_BYTES",
  "CPU_MEMORY_REQUEST_BYTES",
  "CPU_MEMORY_LIMIT_BYTES",
  ...SLOW_TYPES,
];
const POD_NEEDED = ["GPU_UTILIZATION_PER_GPU", "GPU_MEMORY_USAGE_BYTES_PER_GPU"];
const POD_DEFAULTS = [
  ...POD_NEEDED,
  "GPU_SM_ACTIVITY_PER_GPU",
  "GPU_MEMORY_BANDWIDTH_UTILIZATION_PER_GPU",
  "GPU_TENSOR_ACTIVITY_PER_GPU",
  "CPU_USAGE_CORES",
  "CPU_MEMORY_USAGE_BYTES",
];
export const NODE_TYPES: readonly string[] = ["GPU_UTILIZATION_PER_GPU", "GPU_MEMORY_USAGE_BYTES_PER_GPU"];
/** What inference pods count of their requests, since 2.23: those that were answered. */
export const REQUEST_TYPES: readonly string[] = ["NIM_REQUEST_SUCCESS_TOTAL"];
export const CLUSTER_TYPES: readonly string[] = ["TOTAL_GPU", "ALLOCATED_GPU"];

/**
 * The types to request, by subject. `chosen` (METRICS) replaces the defaults of the configured resource type; what
 * metering needs is always included.
 */
export function chosenTypes(
  resourceType: "workload" | "pod",
  chosen: readonly string[],
): { workload: readonly string[]; pod: readonly string[] } {
  const of = (kind: "workload" | "pod", needed: readonly string[], defaults: readonly string[]) =>
    resourceType === kind && chosen.length > 0 ? [...new Set([...needed, ...chosen])] : defaults;
  return {
    workload: of("workload", WORKLOAD_NEEDED, WORKLOAD_DEFAULTS),
    pod: of("pod", POD_NEEDED, POD_DEFAULTS),
  };
}

/** Types that exist since 2.23 or later: an older control plane refuses a whole call because of one of them. */
export function isRecentType(type: string): boolean {
  return /^NIM_|NVLINK_BANDWIDTH_TOTAL/.test(type);
}
