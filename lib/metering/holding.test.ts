import { describe, expect, it } from "vitest";
import { holdings, type WorkloadInput } from "./holding.ts";
import { HOUR_RANGE, podOf, stepsOf, workloadOf } from "./testing-parts.ts";

/** `[start, end, milli-GPU, basis, node]` of each holding within the hour. */
const held = (workload: WorkloadInput) =>
  holdings(workload, HOUR_RANGE).map((h) => [h.start, h.end, h.milli, h.basis, h.node]);
const running = (at: number) => ({ at, phase: "Running" });
const stopped = (at: number) => ({ at, phase: "Stopped" });
const allocation = (...list: Parameters<typeof stepsOf>) => new Map([["gpu_allocation", stepsOf(...list)]]);
type Row = readonly [start: number, end: number, milli: number, basis: string, node: string];

describe("what a workload with pods held", () => {
  it.each<[string, Partial<WorkloadInput>, readonly Row[]]>([
    ["is what the pod says, while it ran", { pods: [podOf(600, 1800)] }, [[600, 1800, 1000, "pod", "n1"]]],
    ["is clipped to the range", { pods: [podOf(-900, 7200)] }, [[0, 3600, 1000, "pod", "n1"]]],
    [
      "is each pod's own, also at once",
      { pods: [podOf(0, 1200, { id: "a" }), podOf(600, 1800, { id: "b", node: "n2", gpuMilli: 500 })] },
      [
        [0, 1200, 1000, "pod", "n1"],
        [600, 1800, 500, "pod", "n2"],
      ],
    ],
    [
      "of a pod that does not say is the request per pod",
      { pods: [podOf(0, 600, { gpuMilli: null })], gpuRequestPerPodMilli: 250, gpuRequestMilli: 4000 },
      [[0, 600, 250, "pod", "n1"]],
    ],
    [
      "of its only pod, which does not say, is its whole request",
      { pods: [podOf(0, 600, { gpuMilli: null })], gpuRequestMilli: 4000 },
      [[0, 600, 4000, "pod", "n1"]],
    ],
    [
      "of several pods that do not say, without a request per pod, is not guessed",
      { pods: [podOf(0, 600, { gpuMilli: null }), podOf(0, 600, { id: "b", gpuMilli: null })], gpuRequestMilli: 4000 },
      [],
    ],
    ["is nothing for pods of CPU work", { pods: [podOf(0, 600, { gpuMilli: 0 })], gpuRequestMilli: 1000 }, []],
    [
      "is not what its history says of an episode that a pod overlaps, however little",
      { pods: [podOf(590, 1200)], phases: [running(0), stopped(600)], gpuRequestMilli: 1000 },
      [[590, 1200, 1000, "pod", "n1"]],
    ],
    [
      "includes an episode without pods, by the request",
      {
        pods: [podOf(1500, 3000)],
        phases: [running(300), stopped(900), running(1500), { at: 3000, phase: "Completed" }],
        gpuRequestMilli: 2000,
      },
      [
        [1500, 3000, 1000, "pod", "n1"],
        [300, 900, 2000, "request", ""],
      ],
    ],
    [
      "is nothing of a pod that ended as it began; and the times of the workload are not used, because it has a pod",
      { pods: [podOf(600, 600)], phase: "Running", phaseUpdatedAt: 0, gpuRequestMilli: 1000 },
      [],
    ],
  ])("%s", (_, change, expected) => expect(held(workloadOf(change))).toEqual(expected));
});

describe("what a workload without started pods held", () => {
  it.each<[string, Partial<WorkloadInput>, readonly Row[]]>([
    [
      "is its request while its history says that it ran",
      { phases: [running(300), stopped(900)], gpuRequestMilli: 1000 },
      [[300, 900, 1000, "request", ""]],
    ],
    [
      "goes on while it stops, and ends when it has",
      { phases: [running(300), { at: 800, phase: "Stopping" }, stopped(900)], gpuRequestMilli: 1000 },
      [[300, 900, 1000, "request", ""]],
    ],
    [
      "follows allocation samples inside an episode, and the request where they are silent",
      { phases: [running(0), stopped(600)], gpuRequestMilli: 1000, signals: allocation([60, 2], [120, 2], [180, 3]) },
      [
        [0, 60, 1000, "request", ""],
        [60, 180, 2000, "samples", ""],
        [180, 330, 3000, "samples", ""],
        [330, 600, 1000, "request", ""],
      ],
    ],
    [
      "is nothing while samples say 0",
      { phases: [running(0), stopped(300)], gpuRequestMilli: 1000, signals: allocation([0, 0], [100, 1], [200, 0]) },
      [[100, 200, 1000, "samples", ""]],
    ],
    [
      "is what allocation samples say where no history was read",
      { gpuRequestMilli: 4000, signals: allocation([600, 2], [700, 2]) },
      [[600, 850, 2000, "samples", ""]],
    ],
    [
      "without either is its request since its row says that it runs",
      { phase: "Running", phaseUpdatedAt: 1200, gpuRequestMilli: 1000, pods: [podOf(null, 3600)] },
      [[1200, 3600, 1000, "request", ""]],
    ],
    [
      "or for as long as its row says that it ran before it ended",
      { endedAt: 3000, runningSeconds: 600, gpuRequestMilli: 1000 },
      [[2400, 3000, 1000, "request", ""]],
    ],
    ["is nothing of one that never ran", { phase: "Pending", gpuRequestMilli: 1000 }, []],
    ["is nothing of one that asked for no GPU", { phases: [running(0)], gpuRequestMilli: null }, []],
  ])("%s", (_, change, expected) => expect(held(workloadOf(change))).toEqual(expected));
});
