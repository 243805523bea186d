import { describe, expect, it } from "vitest";
import { HOUR_RANGE, podOf, stepsOf, workloadOf } from "@/lib/metering/testing-parts.ts";
import { OPEN_END } from "@/lib/metering/timeline.ts";
import { holdings, withLives } from "./holding.ts";
import type { WorkloadInput } from "./workload-input.ts";

/** `[start, end, milli-GPU, basis, node]` of each holding within the hour. */
const held = (workload: WorkloadInput) =>
  holdings(withLives(workload), HOUR_RANGE, () => "NVIDIA-H100-80GB-HBM3").holdings.map((h) => [
    h.start,
    h.end,
    h.milli,
    h.basis,
    h.node,
  ]);
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
      "is what its history says of the time before any pod of it is listed: earlier pods are no longer listed",
      { pods: [podOf(590, 1200, { createdAt: 580 })], phases: [running(0), stopped(600)], gpuRequestMilli: 1000 },
      [
        [590, 1200, 1000, "pod", "n1"],
        [0, 590, 1000, "request", ""],
      ],
    ],
    [
      "is not what its history says within two minutes of a pod: reports are late",
      { pods: [podOf(120, 900)], phases: [running(0), stopped(1020)], gpuRequestMilli: 1000 },
      [[120, 900, 1000, "pod", "n1"]],
    ],
    [
      "is nothing after the end of a listed pod: a list keeps longest what ended last",
      { pods: [podOf(0, 900)], phases: [running(0), stopped(2400)], gpuRequestMilli: 1000 },
      [[0, 900, 1000, "pod", "n1"]],
    ],
    [
      "is what samples show after the end of a listed pod, from the second on",
      {
        pods: [podOf(0, 900)],
        phases: [running(0), stopped(2400)],
        gpuRequestMilli: 1000,
        signals: allocation([840, 1], [900, 1], [960, 2], [1020, 2], [1080, 0]),
      },
      [
        [0, 900, 1000, "pod", "n1"],
        [960, 1080, 2000, "samples", ""],
      ],
    ],
    [
      "begins with its creation where its history says that it ran, although a container started later: it restarted",
      { pods: [podOf(1800, 3600, { createdAt: 40 })], phases: [running(60)], gpuRequestMilli: 1000 },
      [[60, 3600, 1000, "pod", "n1"]],
    ],
    [
      "begins with the initialising of its workload: its image is being pulled",
      {
        pods: [podOf(1800, 3600, { createdAt: 40 })],
        phases: [{ at: 600, phase: "Initializing" }, running(1810)],
        gpuRequestMilli: 1000,
      },
      [[600, 3600, 1000, "pod", "n1"]],
    ],
    [
      "begins with the initialising of its workload, which was pending in the same second",
      {
        pods: [podOf(1800, 3600, { createdAt: 600 })],
        phases: [{ at: 600, phase: "Initializing" }, { at: 600, phase: "Pending" }, running(1810)],
        gpuRequestMilli: 1000,
      },
      [[600, 3600, 1000, "pod", "n1"]],
    ],
    [
      "begins with the running of its workload where its container restarted later, and started within two minutes",
      {
        pods: [podOf(1800, 3600, { createdAt: 600 })],
        phases: [{ at: 600, phase: "Initializing" }, running(670)],
        gpuRequestMilli: 1000,
      },
      [[670, 3600, 1000, "pod", "n1"]],
    ],
    [
      "begins by its history where its start is reported to be after its end",
      {
        pods: [podOf(3000, 1800, { createdAt: 40 })],
        phases: [running(60), { at: 1800, phase: "Completed" }],
        gpuRequestMilli: 1000,
        endedAt: 1800,
      },
      [[60, 1800, 1000, "pod", "n1"]],
    ],
    [
      "does not begin while it waits for a node, whatever another pod of it does",
      {
        pods: [podOf(0, 3600, { id: "a" }), podOf(1800, 3600, { id: "b", createdAt: 40 })],
        phases: [running(0)],
        gpuRequestMilli: 2000,
      },
      [
        [0, 3600, 1000, "pod", "n1"],
        [1800, 3600, 1000, "pod", "n1"],
      ],
    ],
    [
      "begins where allocation samples show that it holds too",
      {
        pods: [podOf(0, 3600, { id: "a" }), podOf(1800, 3600, { id: "b", createdAt: 40 })],
        signals: allocation([1500, 1], [1600, 2], [1700, 2]),
      },
      [
        [0, 3600, 1000, "pod", "n1"],
        [1600, 3600, 1000, "pod", "n1"],
      ],
    ],
    [
      "begins with the first look that saw it bound, and never starts",
      { pods: [podOf(null, 3000, { boundAt: 700 })], phase: "Pending" },
      [[700, 3000, 1000, "pod", "n1"]],
    ],
    [
      "ends with its workload if the pod has no end of its own",
      { pods: [podOf(0, OPEN_END)], endedAt: 1200, phase: "Completed" },
      [[0, 1200, 1000, "pod", "n1"]],
    ],
    [
      "ends with the pod if that has an end, however long after its workload",
      { pods: [podOf(0, 3000)], endedAt: 1200, phase: "Completed" },
      [[0, 3000, 1000, "pod", "n1"]],
    ],
    [
      "is not ended by an end of its workload before it started",
      { pods: [podOf(1800, OPEN_END, { createdAt: 1790 })], endedAt: 1200, phase: "Running" },
      [[1800, 3600, 1000, "pod", "n1"]],
    ],
    [
      "of a pod without a number is what samples show beyond the other pods, and its memory's share of the card in between",
      {
        pods: [podOf(0, 3600, { id: "a" }), podOf(0, 600, { id: "b", gpuMilli: null, gpuMemoryRequestMib: 20_480 })],
        signals: allocation([100, 1.3], [200, 1.3]),
      },
      [
        [0, 3600, 1000, "pod", "n1"],
        [0, 100, 250, "pod", "n1"],
        [100, 350, 300, "samples", "n1"],
        [350, 600, 250, "pod", "n1"],
      ],
    ],
    [
      "of a pod that asks for MIG profiles is their part of the card",
      { pods: [podOf(0, 600, { gpuMilli: null, gpuResources: "1g.10gb*1 3g.40gb*1" })] },
      [[0, 600, 571, "pod", "n1"]],
    ],
    [
      "is the share of the card of a pod that asks for a profile beside a request of 0",
      {
        pods: [podOf(0, 600, { gpuMilli: 0, gpuResources: "1g.10gb*1" })],
        ...{ gpuRequestMilli: 0, gpuRequestPerPodMilli: 0, gpuResources: "1g.10gb*1" },
      },
      [[0, 600, 142, "pod", "n1"]],
    ],
    [
      "is the share of the card also without a pod",
      {
        ...{ phases: [running(0), stopped(600)], gpuRequestMilli: 0, gpuResources: "1g.10gb*1" },
      },
      [[0, 600, 142, "request", ""]],
    ],
    [
      "is nothing of a launcher whose workers ask for profiles",
      { pods: [podOf(0, 600, { gpuMilli: 0 })], gpuRequestMilli: 0, gpuResources: "1g.10gb*1" },
      [],
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
      { phase: "Running", phaseUpdatedAt: 1200, gpuRequestMilli: 1000, pods: [podOf(null, 3600, { node: "" })] },
      [[1200, 3600, 1000, "request", ""]],
    ],
    [
      "is that of its pod on a node since its row says that it runs",
      { phase: "Running", phaseUpdatedAt: 1200, gpuRequestMilli: 1000, pods: [podOf(null, 3600)] },
      [[1200, 3600, 1000, "pod", "n1"]],
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

describe("what is left open", () => {
  /** `[start, end, milli, kind]` of each open item within the hour. */
  const open = (workload: WorkloadInput) =>
    holdings(withLives(workload), HOUR_RANGE).open.map((o) => [o.start, o.end, o.milli, o.kind]);
  it.each<[string, Partial<WorkloadInput>, unknown[]]>([
    [
      "is a pod that asks for GPUs in a way whose share is not known",
      { pods: [podOf(0, 600, { gpuMilli: null, gpuResources: "nvidia.com/gpu.shared*1" })] },
      [[0, 600, 1000, "gpus-unknown"]],
    ],
    [
      "is a pod whose part of the card cannot be computed, because the memory of the card is not known",
      { pods: [podOf(0, 600, { gpuMilli: null, gpuMemoryRequestMib: 4096 })] },
      [[0, 600, 1000, "gpus-unknown"]],
    ],
    [
      "is running time after the end of a pod, without a pod or a sample",
      { pods: [podOf(0, 900)], phases: [running(0), stopped(2400)], gpuRequestMilli: 2000 },
      [[900, 2400, 2000, "time-unknown"]],
    ],
    [
      "is one of several pods whose workload asks for a profile beside a request of 0",
      {
        pods: [podOf(0, 600, { gpuMilli: null }), podOf(0, 600, { id: "b", gpuMilli: 1000 })],
        ...{ gpuRequestMilli: 0, gpuRequestPerPodMilli: 0, gpuResources: "1g.10gb*1" },
      },
      [[0, 600, 1000, "gpus-unknown"]],
    ],
    [
      "is a pod that is listed as running after its workload ended",
      { pods: [podOf(0, OPEN_END)], endedAt: 1200, phase: "Completed" },
      [[1200, 3600, 1000, "outlives-workload"]],
    ],
    [
      "is such a pod also when it asks for memory",
      {
        pods: [podOf(0, OPEN_END, { gpuMilli: null, gpuMemoryRequestMib: 20_480 })],
        ...{ endedAt: 1200, phase: "Completed" },
      },
      [
        [0, 1200, 1000, "gpus-unknown"],
        [1200, 3600, 1000, "outlives-workload"],
      ],
    ],
    ["is nothing of such a pod without GPUs", { pods: [podOf(0, OPEN_END, { gpuMilli: 0 })], endedAt: 1200 }, []],
    ["is nothing of CPU work", { pods: [podOf(0, 600, { gpuMilli: null })] }, []],
    [
      "is nothing where samples say that nothing was held",
      {
        pods: [podOf(0, 900)],
        phases: [running(0), stopped(1200)],
        gpuRequestMilli: 2000,
        signals: allocation([900, 0], [1050, 0]),
      },
      [],
    ],
  ])("%s", (_, change, expected) => expect(open(workloadOf(change))).toEqual(expected));
});

it("a pod without an end of its own ends with its node; only one whose workload ended outlives it", () => {
  const workload = workloadOf({ pods: [podOf(0, OPEN_END), podOf(0, 3000, { id: "b" })] });
  const [open, ended] = withLives(workload, new Map([["n1", 1200]])).pods;
  expect([open?.endedAt, open?.outlivesFrom, ended?.endedAt]).toEqual([1200, null, 3000]);
  const over = withLives({ ...workload, endedAt: 900 }, new Map([["n1", 1200]])).pods[0];
  expect([over?.endedAt, over?.outlivesFrom]).toEqual([900, 900]);
});
