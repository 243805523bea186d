import { describe, expect, it } from "vitest";
import { toSteps } from "@/lib/metering/timeline.ts";
import { disagreements } from "./reconcile.ts";
import type { Holding, WorkloadInput } from "./workload-input.ts";

const RANGE = { start: 0, end: 7200 };
const pod = (start: number, end: number, milli: number): Holding => ({
  workload: {} as WorkloadInput,
  podId: "p",
  node: "n",
  nodePool: "",
  start,
  end,
  milli,
  basis: "pod",
});
const allocation = (value: (minute: number) => number) => {
  const at = Array.from({ length: 120 }, (_, i) => i * 60);
  return toSteps(
    at,
    at.map((t) => value(t / 60)),
    at.map(() => 150),
  );
};

describe("sources that disagree", () => {
  it("report nothing when they agree", () => {
    expect(
      disagreements(
        allocation((m) => (m < 60 ? 2 : 0)),
        [pod(0, 3600, 2000)],
        RANGE,
        3600,
      ),
    ).toEqual([]);
  });
  it("say nothing for one sample that came late", () => {
    expect(
      disagreements(
        allocation((m) => (m <= 60 ? 2 : 0)),
        [pod(0, 3600, 2000)],
        RANGE,
        3600,
      ),
    ).toEqual([]);
  });
  it("name the bucket and the amount from two samples on", () => {
    const found = disagreements(
      allocation((m) => (m <= 62 ? 2 : 0)),
      [pod(0, 3600, 2000)],
      RANGE,
      3600,
    );
    expect(found).toEqual([{ bucketAt: 3600, milliGpuSeconds: 3 * 60 * 2000 }]);
  });
  it("have nothing to compare where there are no pods, or no samples", () => {
    expect(
      disagreements(
        allocation(() => 2),
        [],
        RANGE,
        3600,
      ),
    ).toEqual([]);
    expect(disagreements(undefined, [pod(0, 3600, 2000)], RANGE, 3600)).toEqual([]);
  });
});
