import { describe, expect, it } from "vitest";
import { noQuantities } from "@/lib/metering/quantities.ts";
import { type JobFigures, type JobSums, jobFigures } from "./job-figures.ts";
import { suspicions } from "./suspicious-rules.ts";

const healthy: JobFigures = {
  gpuPeakPercent: 90,
  gpuAveragePercent: 60,
  cpuAverageCores: 4,
  cpuAveragePercent: 50,
  memoryPeakGib: 32,
  memoryAverageGib: 20,
  durationHours: 30,
};
const issues = (change: Partial<JobFigures>, gpus = 1) =>
  suspicions({ ...healthy, ...change }, gpus).map((s) => `${s.issue} ${s.value.toFixed(2)}`);

describe("suspicions", () => {
  it.each<[string, Partial<JobFigures>, string[]]>([
    ["a healthy job", {}, []],
    [
      "never used its GPU",
      { gpuPeakPercent: 0, gpuAveragePercent: 0, durationHours: 1 },
      ["Zero GPU Utilization 0.00"],
    ],
    ["was never observed", { gpuPeakPercent: null, gpuAveragePercent: null }, []],
    ["uses a tenth of its memory peak", { memoryAverageGib: 3.2 }, []],
    ["uses less", { memoryAverageGib: 3.19 }, ["Low Memory Utilization 9.97"]],
    ["peaks at 10 GiB", { memoryPeakGib: 10, memoryAverageGib: 0.1 }, []],
    ["ran for a day", { gpuAveragePercent: 1, durationHours: 24 }, []],
    ["ran longer", { gpuAveragePercent: 1, durationHours: 24.01 }, ["Low Long-term Utilization 1.00"]],
    // The script flagged this one: 4 cores are below "10".
    ["uses 4 of 8 cores", { cpuAverageCores: 4, cpuAveragePercent: 50 }, []],
    ["uses 4 of 64 cores", { cpuAverageCores: 4, cpuAveragePercent: 6.25 }, ["Low Long-term Utilization 6.25"]],
    ["may use who knows how many", { cpuAveragePercent: null }, []],
  ])("a job that %s", (_, change, expected) => {
    expect(issues(change)).toEqual(expected);
  });

  it("lets a job without GPUs have no GPU utilisation", () => {
    expect(issues({ gpuPeakPercent: 0, gpuAveragePercent: null }, 0)).toEqual([]);
  });
});

describe("jobFigures", () => {
  const sums = (change: Partial<JobSums>) => ({ ...noQuantities(), ...change }) as unknown as JobSums;

  it("holds CPU use against the limit, else the request, averaged over the time the job ran", () => {
    const used = { cpuUsedMilliSeconds: 2000 * 100, cpuObservedSeconds: 100, heldSeconds: 200 };
    const request = { cpuRequestedMilliSeconds: 8000 * 200 };
    const limit = { cpuLimitMilliSeconds: 16_000 * 200 };
    expect(jobFigures(sums({ ...used, ...request })).cpuAveragePercent).toBe(25);
    expect(jobFigures(sums({ ...used, ...request, ...limit })).cpuAveragePercent).toBe(12.5);
    expect(jobFigures(sums(used)).cpuAveragePercent).toBeNull();
    expect(jobFigures(sums({ heldSeconds: 200, ...limit })).cpuAveragePercent).toBeNull();
  });

  it("weights a mean by the time observed, and has none where nothing was", () => {
    const half = jobFigures(sums({ observedMilli: 1000, utilisationWeighted: 1000 * 4200 }));
    expect(half.gpuAveragePercent).toBe(42);
    expect(jobFigures(sums({})).gpuAveragePercent).toBeNull();
    expect(jobFigures(sums({})).memoryAverageGib).toBeNull();
  });
});
