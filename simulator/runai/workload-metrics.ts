import { type Curve, dramAt, memoryAt, smAt, tensorAt, utilisationAt } from "@/simulator/curves.ts";
import { spanAt } from "@/simulator/device.ts";
import { podCpuMilli, podMemoryMib } from "@/simulator/host.ts";
import type { Call, Reply } from "@/simulator/http.ts";
import type { WorkloadSpec } from "@/simulator/scenario.ts";
import type { PodRun, Slot } from "@/simulator/timeline.ts";
import { atLeast, hidesClaims, type RunaiContext, replicasOfPool } from "./context.ts";
import { type Measurement, metricRequest, metricsReply, type SampleAt } from "./metrics.ts";
import { findPod } from "./pods.ts";
import { findWorkload, memoryOfPool } from "./workloads.ts";

const MIB = 1_048_576;

const WORKLOAD_TYPES = [
  "GPU_UTILIZATION",
  "GPU_MEMORY_USAGE_BYTES",
  "GPU_MEMORY_REQUEST_BYTES",
  "GPU_ALLOCATION",
  "CPU_USAGE_CORES",
  "CPU_REQUEST_CORES",
  "CPU_LIMIT_CORES",
  "CPU_MEMORY_USAGE_BYTES",
  "CPU_MEMORY_REQUEST_BYTES",
  "CPU_MEMORY_LIMIT_BYTES",
  "POD_COUNT",
  "RUNNING_POD_COUNT",
];
const NIM_TYPES = [
  "NIM_NUM_REQUESTS_RUNNING",
  "NIM_NUM_REQUESTS_WAITING",
  "NIM_NUM_REQUEST_MAX",
  "NIM_REQUEST_SUCCESS_TOTAL",
  "NIM_REQUEST_FAILURE_TOTAL",
  "NIM_GPU_CACHE_USAGE_PERC",
  "NIM_TIME_TO_FIRST_TOKEN_SECONDS",
  "NIM_E2E_REQUEST_LATENCY_SECONDS",
  "NIM_TIME_TO_FIRST_TOKEN_SECONDS_PERCENTILES",
  "NIM_E2E_REQUEST_LATENCY_SECONDS_PERCENTILES",
];
/** Types of a card, from its part held by a pod; ratios come as percent. Those without a figure are known and stay empty. */
const PER_GPU: Readonly<Record<string, ((c: Curve, i: number) => number) | null>> = {
  GPU_UTILIZATION_PER_GPU: utilisationAt,
  GPU_MEMORY_USAGE_BYTES_PER_GPU: (c, i) => memoryAt(c, i) * MIB,
  GPU_GRAPHICS_ENGINE_ACTIVITY_PER_GPU: utilisationAt,
  GPU_SM_ACTIVITY_PER_GPU: (c, i) => smAt(c, i, utilisationAt(c, i)) / 100,
  GPU_SM_OCCUPANCY_PER_GPU: (c, i) => smAt(c, i, utilisationAt(c, i)) / 250,
  GPU_TENSOR_ACTIVITY_PER_GPU: (c, i) => tensorAt(c, i, utilisationAt(c, i)) / 100,
  GPU_MEMORY_BANDWIDTH_UTILIZATION_PER_GPU: (c, i) => dramAt(c, i, utilisationAt(c, i)) / 100,
  GPU_FP64_ENGINE_ACTIVITY_PER_GPU: null,
  GPU_FP32_ENGINE_ACTIVITY_PER_GPU: null,
  GPU_FP16_ENGINE_ACTIVITY_PER_GPU: null,
  GPU_NVLINK_TRANSMITTED_BANDWIDTH_PER_GPU: null,
  GPU_NVLINK_RECEIVED_BANDWIDTH_PER_GPU: null,
  GPU_PCIE_TRANSMITTED_BANDWIDTH_PER_GPU: null,
  GPU_PCIE_RECEIVED_BANDWIDTH_PER_GPU: null,
  GPU_SWAP_MEMORY_BYTES_PER_GPU: () => 0,
};
const PROFILING = /ENGINE_ACTIVITY|SM_|TENSOR_|BANDWIDTH/;
const POD_TYPES = [
  "GPU_UTILIZATION",
  "GPU_MEMORY_USAGE_BYTES",
  "CPU_USAGE_CORES",
  "CPU_MEMORY_USAGE_BYTES",
  ...Object.keys(PER_GPU),
];

function known(context: RunaiContext, base: readonly string[]): ReadonlySet<string> {
  return new Set(atLeast(context.switches, "2.23") ? [...base, ...NIM_TYPES, "NVLINK_BANDWIDTH_TOTAL"] : base);
}

function runsAt(runs: readonly PodRun[], at: number): PodRun[] {
  return runs.filter((r) => r.start <= at && at < r.end);
}

/** Sums or averages over the cards seen; null when none is. */
function overSlots(
  slots: readonly Slot[],
  i: number,
  value: (c: Curve, i: number) => number,
  mean: boolean,
): number | null {
  let sum = 0;
  let n = 0;
  for (const slot of slots)
    if (spanAt(slot.spans, i)) {
      sum += value(slot.curve, i);
      n++;
    }
  return n === 0 ? null : mean ? sum / n : sum;
}

/** CPU figures of a set of pods; they come from Kubernetes, and stop with the metrics as a whole only. */
function cpuSample(runs: readonly PodRun[], i: number, memory: boolean): number {
  return runs.reduce((sum, run) => sum + (memory ? podMemoryMib(run, i) * MIB : podCpuMilli(run, i) / 1000), 0);
}

function workloadSample(context: RunaiContext, workload: WorkloadSpec, type: string): SampleAt {
  const { timeline } = context;
  const runs = timeline.runsOfWorkload.get(workload.id) ?? [];
  const seen = timeline.seenOfCluster.get(timeline.project.get(workload.projectId)?.clusterId ?? "") ?? [];
  const slots = runs.flatMap((r) => r.slots);
  if (type === "GPU_UTILIZATION") return (i) => overSlots(slots, i, utilisationAt, true);
  if (type === "GPU_MEMORY_USAGE_BYTES") return (i) => overSlots(slots, i, (c, j) => memoryAt(c, j) * MIB, false);
  const replicas = hidesClaims(context, workload) ? 0 : replicasOfPool(context, workload.pool);
  const perGpu = memoryOfPool(context, workload.pool) * MIB;
  const { cpuMilliPerPod, memoryMibPerPod } = workload.request;
  const facts: Record<string, (live: PodRun[], i: number) => number> = {
    GPU_MEMORY_REQUEST_BYTES: (live) =>
      (live.reduce((sum, r) => sum + r.slots.reduce((s, slot) => s + slot.milli, 0), 0) / 1000) *
      (replicas > 0 ? perGpu : 0),
    CPU_USAGE_CORES: (live, i) => cpuSample(live, i, false),
    CPU_REQUEST_CORES: (live) => (live.length * cpuMilliPerPod) / 1000,
    CPU_LIMIT_CORES: (live) => (2 * live.length * cpuMilliPerPod) / 1000,
    CPU_MEMORY_USAGE_BYTES: (live, i) => cpuSample(live, i, true),
    CPU_MEMORY_REQUEST_BYTES: (live) => live.length * memoryMibPerPod * MIB,
    CPU_MEMORY_LIMIT_BYTES: (live) => 2 * live.length * memoryMibPerPod * MIB,
    POD_COUNT: (live) => live.length,
    RUNNING_POD_COUNT: (live) => live.length,
  };
  if (type === "GPU_ALLOCATION")
    return (i) => {
      const at = i * timeline.step;
      const held = slots.reduce((sum, s) => sum + (s.start <= at && at < s.end ? s.milli : 0), 0);
      return spanAt(seen, i) && (held > 0 || runsAt(runs, at).length > 0)
        ? (Math.floor(held + 1e-6) * replicas) / 1000
        : null;
    };
  const fact = facts[type];
  if (!fact) return () => null;
  return (i) => {
    if (!spanAt(seen, i)) return null;
    const live = runsAt(runs, i * timeline.step);
    return live.length === 0 ? null : fact(live, i);
  };
}

/** `GET /workloads/{id}/metrics`. */
export function workloadMetrics(context: RunaiContext, call: Call, id: string): Reply {
  const workload = findWorkload(context, id);
  const request = metricRequest(context, call, known(context, WORKLOAD_TYPES));
  return metricsReply(
    context,
    call,
    request,
    request.types.map((type) => ({
      type,
      labels: null,
      key: `${id}/${type}`,
      at: workloadSample(context, workload, type),
    })),
  );
}

/** Requests that a pod has served since its start: three each second. */
export const REQUESTS_PER_SECOND = 3;
const servedBy =
  (run: PodRun, step: number): SampleAt =>
  (i) => {
    const at = i * step;
    return run.start <= at && at < run.end ? REQUESTS_PER_SECOND * (at - run.start) : null;
  };

function podMeasurements(context: RunaiContext, workload: WorkloadSpec, podId: string, type: string): Measurement[] {
  const { timeline, switches } = context;
  const run = timeline.runOfPod.get(podId);
  const one = (at: SampleAt): Measurement[] => [{ type, labels: null, key: `${podId}/${type}`, at }];
  if (!run) return one(() => null);
  const perGpu = PER_GPU[type];
  if (perGpu !== undefined) {
    const value = PROFILING.test(type) && !switches.advancedMetrics ? null : perGpu;
    // What runs under others holds a card several times.
    return [...Map.groupBy(run.slots, (slot) => slot.card)].map(([card, slots]) => ({
      type,
      labels: { gpu: String(card.index) },
      key: `${podId}/${card.index}/${type}`,
      at: (i) => {
        const slot = slots.find((s) => spanAt(s.spans, i));
        return value !== null && slot ? value(slot.curve, i) : null;
      },
    }));
  }
  if (type === "GPU_UTILIZATION") return one((i) => overSlots(run.slots, i, utilisationAt, true));
  if (type === "GPU_MEMORY_USAGE_BYTES")
    return one((i) => overSlots(run.slots, i, (c, j) => memoryAt(c, j) * MIB, false));
  if (type === "NIM_REQUEST_SUCCESS_TOTAL" && workload.category === "Deploy") return one(servedBy(run, timeline.step));
  if (!type.startsWith("CPU_")) return one(() => null);
  const seen = timeline.seenOfCluster.get(timeline.project.get(workload.projectId)?.clusterId ?? "") ?? [];
  return one((i) => {
    const at = i * timeline.step;
    return spanAt(seen, i) && run.start <= at && at < run.end ? cpuSample([run], i, type.includes("MEMORY")) : null;
  });
}

/** `GET /workloads/{id}/pods/{podId}/metrics`: `_PER_GPU` types give a measurement per card, distinguished by `labels.gpu`. */
export function podMetrics(context: RunaiContext, call: Call, id: string, podId: string): Reply {
  const workload = findWorkload(context, id);
  findPod(context, id, podId);
  const request = metricRequest(context, call, known(context, POD_TYPES));
  return metricsReply(
    context,
    call,
    request,
    request.types.flatMap((type) => podMeasurements(context, workload, podId, type)),
  );
}
