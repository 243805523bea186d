import type { Quantity } from "@/lib/reports/read/measures.ts";
import { BUCKET, type Facts } from "@/lib/reports/testing.ts";

/** The scenario of the golden files: 2026-10-01 and the day after, in UTC, on two clusters. */
export const DAY_ONE = Date.UTC(2026, 9, 1) / 1000;
export const NOON = DAY_ONE + 12 * BUCKET;
/** As lib/metering/timeline.ts has it. */
const RUNNING = 253_402_300_799;

const GPU_HOUR = 3_600_000;

/** A workload's bucket with everything observed: `percent` of `gpus`, the CPU and memory that go with it. */
function busy(
  gpus: number,
  percent: number,
  more: Partial<Record<Quantity, number>> = {},
): Partial<Record<Quantity, number>> {
  return {
    activeMilli: gpus * GPU_HOUR,
    observedMilli: gpus * GPU_HOUR,
    utilisationWeighted: gpus * GPU_HOUR * percent * 100,
    utilisationPeakCenti: Math.min(10_000, percent * 120),
    allocatedPeakMilli: gpus * 1000,
    heldSeconds: BUCKET,
    cpuUsedMilliSeconds: 4000 * BUCKET,
    cpuObservedSeconds: BUCKET,
    cpuPeakMilli: 6000,
    cpuRequestedMilliSeconds: 8000 * BUCKET,
    cpuRequestedPeakMilli: 8000,
    cpuLimitMilliSeconds: 16_000 * BUCKET,
    cpuLimitPeakMilli: 16_000,
    memoryUsedMibSeconds: 20_480 * BUCKET,
    memoryObservedSeconds: BUCKET,
    memoryPeakMib: 32_768,
    memoryRequestedMibSeconds: 65_536 * BUCKET,
    memoryRequestedPeakMib: 65_536,
    memoryLimitMibSeconds: 131_072 * BUCKET,
    memoryLimitPeakMib: 131_072,
    podSeconds: BUCKET,
    podsPeak: 1,
    runningPodSeconds: BUCKET,
    runningPodsPeak: 1,
    ...more,
  };
}

/** Held without a sample and without any request known. */
const dark = (gpus: number): Partial<Record<Quantity, number>> => ({
  noDataMilli: gpus * GPU_HOUR,
  allocatedPeakMilli: gpus * 1000,
  heldSeconds: BUCKET,
  podSeconds: BUCKET,
  podsPeak: 1,
});

const idle = (gpus: number): Partial<Record<Quantity, number>> =>
  busy(gpus, 0, {
    activeMilli: 0,
    deadIdleMilli: gpus * GPU_HOUR,
    cpuUsedMilliSeconds: 100 * BUCKET,
    memoryUsedMibSeconds: 512 * BUCKET,
  });

const hours = (n: number): number[] => Array.from({ length: n }, (_, i) => DAY_ONE + i * BUCKET);

/** One A100 in the default pool: half of it held by the notebook, and for two hours more than there is. */
const overlapAt = (at: number): number =>
  at === DAY_ONE + BUCKET ? GPU_HOUR / 2 : at === DAY_ONE + 2 * BUCKET ? (3 * GPU_HOUR) / 2 : 0;

export const scenario: Facts = {
  clusters: [
    { id: "c-1", name: "east" },
    { id: "c-2", name: 'west, "blue"' },
  ],
  projects: [
    { key: 7, cluster: "c-1", name: "vision", department: "research" },
    { key: 5, cluster: "c-1", name: "speech", department: "research" },
    { key: 9, cluster: "c-2", name: "=cmd|'/c calc'!A0", department: "+sales" },
  ],
  hardware: [
    { key: 3, cluster: "c-1", model: "H100-80GB" },
    { key: 1, cluster: "c-1", model: "A100-40GB" },
    { key: 2, cluster: "c-1", model: "A100-40GB", pool: "spot" },
    { key: 4, cluster: "c-2", model: "T4" },
    { key: 6, cluster: "c-1", model: "" },
  ],
  workloads: [
    { key: 30, cluster: "c-1", project: 7, id: "w-30", name: "train-a", user: "ada" },
    { key: 20, cluster: "c-1", project: 7, id: "w-20", name: "train-a", user: "ada" },
    {
      key: 11,
      cluster: "c-1",
      project: 5,
      id: "w-11",
      name: 'notebook\nof "joy"',
      user: "bob, the second",
      category: "Build",
    },
    { key: 12, cluster: "c-2", project: 9, id: "w-12", name: "-inference", user: "@eve", category: "Deploy" },
    { key: 13, cluster: "c-1", project: 5, id: "w-13", name: "cpu-only", user: "bob, the second" },
  ],
  pods: [
    {
      id: "pod-30",
      workload: 30,
      created: DAY_ONE - 7200,
      started: DAY_ONE - 3600,
      ended: DAY_ONE + 2 * BUCKET,
      gpuMilli: 4000,
    },
    {
      id: "pod-20",
      workload: 20,
      created: DAY_ONE,
      started: DAY_ONE + BUCKET,
      ended: DAY_ONE + 3 * BUCKET,
      gpuMilli: 2000,
    },
    { id: "pod-20-b", workload: 20, created: DAY_ONE + 2 * BUCKET, started: null, ended: RUNNING, gpuMilli: 2000 },
    { id: "pod-11", workload: 11, created: DAY_ONE, started: DAY_ONE, ended: RUNNING, gpuMilli: 500 },
    { id: "pod-12", workload: 12, created: DAY_ONE, started: DAY_ONE, ended: DAY_ONE + BUCKET, gpuMilli: 1000 },
    { id: "pod-13", workload: 13, created: DAY_ONE, started: DAY_ONE, ended: DAY_ONE + BUCKET },
  ],
  usage: [
    { at: DAY_ONE, hardware: 3, workload: 30, ...busy(4, 80) },
    {
      at: DAY_ONE + BUCKET,
      hardware: 3,
      workload: 30,
      ...busy(4, 40, { startingMilli: 1, activeMilli: 4 * GPU_HOUR - 1 }),
    },
    { at: DAY_ONE + BUCKET, hardware: 1, workload: 20, ...busy(1, 90, { allocatedPeakMilli: 2000 }) },
    {
      at: DAY_ONE + BUCKET,
      hardware: 2,
      workload: 20,
      activeMilli: GPU_HOUR,
      observedMilli: GPU_HOUR / 2,
      utilisationWeighted: (GPU_HOUR / 2) * 1000,
    },
    { at: DAY_ONE + 2 * BUCKET, hardware: 1, workload: 20, ...dark(2) },
    ...hours(30).map((at) => ({ at, hardware: 1, workload: 11, ...idle(0.5) })),
    {
      at: DAY_ONE,
      hardware: 4,
      workload: 12,
      ...busy(1, 100, {
        activeMilli: 3_333_333,
        warmServingMilli: 166_667,
        downMilli: 100_000,
        observedMilli: 3_500_000,
        utilisationWeighted: 3_333_333 * 10_000,
      }),
    },
    { at: DAY_ONE, hardware: 6, workload: 13, ...busy(0, 0, { utilisationPeakCenti: undefined }) },
    { at: DAY_ONE, hardware: 3, workload: 0, unallocatedMilli: 4 * GPU_HOUR },
    { at: DAY_ONE + BUCKET, hardware: 3, workload: 0, unallocatedMilli: 3 * GPU_HOUR, downMilli: GPU_HOUR },
    ...hours(30)
      .filter((at) => overlapAt(at) === 0)
      .map((at) => ({ at, hardware: 1, workload: 0, unallocatedMilli: GPU_HOUR / 2 })),
    { at: DAY_ONE, hardware: 4, workload: 0, unknownMilli: GPU_HOUR },
  ],
  capacity: [
    { at: DAY_ONE, hardware: 3, milli: 8 * GPU_HOUR },
    { at: DAY_ONE + BUCKET, hardware: 3, milli: 8 * GPU_HOUR },
    { at: DAY_ONE + BUCKET, hardware: 2, milli: GPU_HOUR },
    ...hours(30).map((at) => ({
      at,
      hardware: 1,
      milli: GPU_HOUR,
      overlap: overlapAt(at),
    })),
    { at: DAY_ONE, hardware: 4, milli: 2 * GPU_HOUR },
  ],
};
