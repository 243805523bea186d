import { describe, expect, it } from "vitest";
import { noQuantities } from "@/lib/metering/quantities.ts";
import { type LargestBucket, type ProjectSums, projectFigures } from "./project-figures.ts";

const HOUR = 3600;
const none = { allocatedMilli: 0, pods: 0, runningPods: 0 };
const day = { seconds: 24 * HOUR, bucketSeconds: HOUR };
const sums = (change: Partial<ProjectSums>) => ({ ...noQuantities(), ...change }) as unknown as ProjectSums;
const largest = (change: Partial<LargestBucket>) =>
  ({
    memoryUsedMibSeconds: 0,
    cpuUsedMilliSeconds: 0,
    gpuMemoryRequestedMibSeconds: 0,
    cpuLimitMilliSeconds: 0,
    memoryRequestedMibSeconds: 0,
    memoryLimitMibSeconds: 0,
    ...change,
  }) satisfies LargestBucket;

describe("projectFigures", () => {
  it("averages GPUs over the time metered, and takes the most held at one instant", () => {
    const m = sums({ activeMilli: 48_000 * HOUR, downMilli: 0, allocatedPeakMilli: 4000 });
    const figures = projectFigures(m, { ...none, allocatedMilli: 6000 }, undefined, day);
    expect(figures).toMatchObject({ allocated_gpu_avg: 2, allocated_gpu_peak: 6 });
  });

  it("takes a workload to have used its mean where samples are missing, never nothing", () => {
    const used = { memoryUsedMibSeconds: 10_240 * HOUR, memoryObservedSeconds: HOUR, heldSeconds: 24 * HOUR };
    expect(projectFigures(sums(used), none, undefined, day)).toMatchObject({
      cpu_memory_avg: 10,
      cpu_memory_peak: 10,
      cpu_cores_avg: null,
      cpu_cores_peak: null,
    });
  });

  it("knows that a project's peak is no less than its mean over any bucket, or its largest workload's peak", () => {
    const used = { cpuUsedMilliSeconds: 24_000 * HOUR, cpuObservedSeconds: 48 * HOUR, heldSeconds: 48 * HOUR };
    const bucket = largest({ cpuUsedMilliSeconds: 9000 * HOUR });
    const peak = (cpuPeakMilli: number, b?: LargestBucket) =>
      projectFigures(sums({ ...used, cpuPeakMilli }), none, b, day).cpu_cores_peak;
    expect(peak(5000)).toBe(5);
    expect(peak(5000, bucket)).toBe(9);
    expect(peak(12_000, bucket)).toBe(12);
  });

  it("leaves a request that nobody made unknown, and everything where nothing was metered", () => {
    expect(projectFigures(sums({}), none, largest({}), day)).toMatchObject({
      cpu_limit_avg: null,
      cpu_limit_peak: null,
    });
    const unmetered = projectFigures(sums({ activeMilli: 5 }), none, undefined, { seconds: 0, bucketSeconds: HOUR });
    expect(new Set(Object.values(unmetered))).toEqual(new Set([null]));
  });
});
