import { describe, expect, it } from "vitest";
import type { Holding, PodInput, WorkloadInput } from "./held/workload-input.ts";
import { measureBucket, peakOf, runSpans, usedSignals } from "./measures.ts";
import { noQuantities, type Quantities } from "./quantities.ts";
import { type Signals, toSteps } from "./timeline.ts";

const BUCKET = { start: 0, end: 3600 };

/** One value a minute over `[from, to)`, each holding 60 s. */
function series(from: number, to: number, value: number) {
  const at = Array.from({ length: (to - from) / 60 }, (_, i) => from + i * 60);
  return toSteps(
    at,
    at.map(() => value),
    at.map(() => 60),
  );
}

const pod = (id: string, startedAt: number | null, endedAt: number, createdAt = startedAt ?? 0): PodInput => ({
  id,
  node: "node",
  nodePool: "pool",
  createdAt,
  startedAt,
  boundAt: null,
  endedAt,
  gpuMilli: 1000,
  gpuResources: "",
  gpuMemoryRequestMib: null,
});

const workload = (pods: readonly PodInput[], signals: Signals = new Map(), facts: object = {}): WorkloadInput => ({
  key: 1,
  id: "w",
  projectKey: 1,
  category: "Train",
  phase: "Running",
  nodePool: "pool",
  createdAt: 0,
  phaseUpdatedAt: null,
  endedAt: null,
  runningSeconds: null,
  gpuRequestMilli: 1000,
  gpuRequestPerPodMilli: 1000,
  gpuMemoryRequestMib: null,
  gpuResources: "",
  cpuRequestMilli: null,
  cpuLimitMilli: null,
  cpuMemoryRequestMib: null,
  cpuMemoryLimitMib: null,
  pods,
  phases: [],
  signals,
  ...facts,
});

const holding = (w: WorkloadInput, start: number, end: number, milli = 1000): Holding => ({
  workload: w,
  podId: "p",
  node: "node",
  nodePool: "pool",
  start,
  end,
  milli,
  basis: "pod",
});

type ByPod = ReadonlyMap<string, Signals>;
type ByCard = ReadonlyMap<string, ReadonlyMap<string, Signals>>;

function measured(w: WorkloadInput, held: readonly Holding[] = [], pods: ByPod = new Map(), cards: ByCard = new Map()) {
  const usage: Quantities = noQuantities();
  measureBucket(usage, w, held, runSpans(w, held, BUCKET), usedSignals(w, pods, cards), BUCKET);
  return usage;
}

describe("what a workload used besides GPU time", () => {
  it("is ∫ value over the time it ran, the seconds observed and the peak, in the column's unit", () => {
    const cpu = series(0, 1800, 2.5);
    expect(measured(workload([pod("a", 600, 3000)], new Map([["cpu_cores", cpu]])))).toMatchObject({
      heldSeconds: 2400,
      // Samples before its start and after their end do not count.
      cpuUsedMilliSeconds: 1200 * 2500,
      cpuObservedSeconds: 1200,
      cpuPeakMilli: 2500,
    });
  });

  it("is unknown, not zero, where nothing was observed", () => {
    expect(measured(workload([pod("a", 0, 3600)]))).toMatchObject({
      cpuObservedSeconds: 0,
      cpuPeakMilli: null,
      memoryPeakMib: null,
      gpuMemoryPeakMib: null,
    });
  });

  const memory = (value: number, from = 0, to = 3600): Signals =>
    new Map([["cpu_memory_mib", series(from, to, value)]]);

  it("is the sum of its pods where the workload has no readings of its own, and never both", () => {
    const pods = new Map([
      ["a", memory(100)],
      ["b", memory(200)],
    ]);
    const both = [pod("a", 0, 3600), pod("b", 0, 3600)];
    const summed = { memoryUsedMibSeconds: 300 * 3600, memoryObservedSeconds: 3600, memoryPeakMib: 300 };
    expect(measured(workload(both), [], pods)).toMatchObject(summed);
    expect(measured(workload(both, memory(250)), [], pods)).toMatchObject({
      memoryUsedMibSeconds: 250 * 3600,
      memoryPeakMib: 250,
    });
  });

  it("does not double where one pod follows another, though the last sample of the first still holds", () => {
    const pods = new Map([
      ["a", memory(100, 0, 1860)],
      ["b", memory(100, 1800, 3600)],
    ]);
    expect(measured(workload([pod("a", 0, 1800), pod("b", 1800, 3600)]), [], pods)).toMatchObject({
      memoryUsedMibSeconds: 100 * 3600,
      memoryObservedSeconds: 3600,
      memoryPeakMib: 100,
    });
  });

  it("counts seconds observed once where pods overlap in part", () => {
    const pods = new Map([
      ["a", memory(100, 0, 2400)],
      ["b", memory(50, 1200, 3600)],
    ]);
    expect(measured(workload([pod("a", 0, 2400), pod("b", 1200, 3600)]), [], pods)).toMatchObject({
      memoryUsedMibSeconds: 100 * 2400 + 50 * 2400,
      memoryObservedSeconds: 3600,
      memoryPeakMib: 150,
    });
  });

  it("is that of its cards where only they have it, beside what the pod has", () => {
    const gpu = (value: number): Signals => new Map([["gpu_memory_used_mib", series(0, 3600, value)]]);
    const cards = new Map([
      [
        "a",
        new Map([
          ["card-0", gpu(1000)],
          ["card-1", gpu(3000)],
        ]),
      ],
    ]);
    expect(measured(workload([pod("a", 0, 3600)]), [], new Map([["a", memory(100)]]), cards)).toMatchObject({
      memoryUsedMibSeconds: 100 * 3600,
      gpuMemoryUsedMibSeconds: 4000 * 3600,
      gpuMemoryObservedSeconds: 3600,
      gpuMemoryPeakMib: 4000,
    });
  });
});

describe("what it asked for", () => {
  it("is its fact for as long as it ran, and its samples where there are any", () => {
    const facts = { cpuRequestMilli: 4000, cpuMemoryLimitMib: 512 };
    const signals: Signals = new Map([["cpu_request_cores", series(0, 600, 8)]]);
    expect(measured(workload([pod("a", 0, 1800)], signals, facts))).toMatchObject({
      cpuRequestedMilliSeconds: 600 * 8000 + 1200 * 4000,
      cpuRequestedPeakMilli: 8000,
      memoryLimitMibSeconds: 1800 * 512,
      memoryLimitPeakMib: 512,
      memoryRequestedPeakMib: null,
    });
  });
});

describe("pods and peaks", () => {
  it("counts pods from their creation, running ones from their start", () => {
    const w = workload([pod("a", 600, 3600, 0), pod("b", 600, 1200, 300), pod("c", null, 3600, 3000)]);
    expect(measured(w)).toMatchObject({
      podSeconds: 3600 + 900 + 600,
      runningPodSeconds: 3000 + 600,
      podsPeak: 2,
      runningPodsPeak: 2,
    });
  });

  it("takes the most GPUs held at once, of the bucket only", () => {
    const w = workload([pod("a", 0, 3600)]);
    const held = [holding(w, -600, 1200, 500), holding(w, 1200, 3600, 2000), holding(w, 3600, 7200, 8000)];
    expect(measured(w, held)).toMatchObject({ allocatedPeakMilli: 2000 });
  });

  it.each([
    ["nothing", [], 0],
    ["one", [{ start: 0, end: 10, weight: 3 }], 3],
    [
      "an end and a start at the same second",
      [
        { start: 0, end: 10, weight: 3 },
        { start: 10, end: 20, weight: 4 },
      ],
      4,
    ],
    [
      "an overlap of one second",
      [
        { start: 0, end: 11, weight: 3 },
        { start: 10, end: 20, weight: 4 },
      ],
      7,
    ],
    ["what lies outside", [{ start: 3600, end: 3700, weight: 3 }], 0],
  ])("has the peak of %s", (_, list, peak) => {
    expect(peakOf(list, BUCKET)).toBe(peak);
  });
});
