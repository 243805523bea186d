import { expect, it } from "vitest";
import { holdings, withLives } from "@/lib/metering/held/holding.ts";
import type { WorkloadInput } from "@/lib/metering/held/workload-input.ts";
import { meter } from "@/lib/metering/meter.ts";
import { HOUR_RANGE, hourOf, inputOf, nodeOf, podOf, stepsOf, workloadOf } from "@/lib/metering/testing-parts.ts";
import { unheldCards } from "./unheld-cards.ts";

const on = (steps = hourOf(50)) => new Map([["p", new Map([["card", new Map([["gpu_utilisation_percent", steps]])]])]]);
const found = (change: Partial<WorkloadInput>, cardSignals = on()) => {
  const workload = withLives(workloadOf(change));
  const { holdings: held, open } = holdings(workload, HOUR_RANGE);
  return unheldCards({ cardSignals, range: HOUR_RANGE }, workload, held, open).map((c) => [c.start, c.end, c.milli]);
};

it.each<[string, Partial<WorkloadInput>, ReturnType<typeof on>, number[][]]>([
  ["that asks for none", { pods: [podOf(0, 3600, { gpuMilli: 0 })] }, on(), [[0, 3600, 1000]]],
  ["that never started", { pods: [podOf(null, 3600, { node: "", gpuMilli: 1000 })] }, on(), [[0, 3600, 1000]]],
  ["that holds one", { pods: [podOf(0, 3600)] }, on(), []],
  ["whose GPUs are an open item", { pods: [podOf(0, 3600, { gpuMilli: null, gpuResources: "x" })] }, on(), []],
  ["that is named for a moment", { pods: [podOf(0, 3600, { gpuMilli: 0 })] }, on(stepsOf([600, 9])), []],
])("a pod on a card %s", (_, change, signals, expected) => expect(found(change, signals)).toEqual(expected));

it("is an open item with its GPU-hours, however few GPUs it asks for", () => {
  const workload = workloadOf({ pods: [podOf(0, 3600, { gpuMilli: 0 })] });
  const { findings } = meter(inputOf({ nodes: [nodeOf("n1")], workloads: [workload], cardSignals: on() }));
  expect(findings.map((f) => [f.kind, f.subject, f.quantityMilli])).toEqual([["card-without-gpus", "w", 3_600_000]]);
});

it("is no second open item for a background pod that others hold the cards of", () => {
  const workloads = [
    workloadOf({ isBackground: true, pods: [podOf(0, 3600)] }),
    workloadOf({ id: "train", key: 2, pods: [podOf(0, 3600, { id: "q" })] }),
  ];
  const nodes = [nodeOf("n1", { gpuCount: 1 })];
  const { findings } = meter(inputOf({ nodes, workloads, cardSignals: on() }));
  expect(findings.map((f) => [f.kind, f.subject, f.quantityMilli])).toEqual([["runs-under", "w", 3_600_000]]);
});

it("a card whose sensors contradict each other is not observed, and an open item", () => {
  const cards = new Map([
    ["gpu_utilisation_percent", hourOf(99)],
    ["sm_active_percent", hourOf(0)],
  ]);
  const workload = workloadOf({ pods: [podOf(0, 3600)] });
  const cardSignals = new Map([["p", new Map([["card", cards]])]]);
  const { findings, usage } = meter(inputOf({ nodes: [nodeOf("n1")], workloads: [workload], cardSignals }));
  expect(findings.map((f) => [f.kind, f.subject, f.quantityMilli])).toEqual([["sensors-contradict", "w", 3_600_000]]);
  const own = usage.find((u) => u.workloadKey === 1)?.quantities;
  expect([own?.activeMilli, own?.startingMilli, own?.noDataMilli]).toEqual([0, 900_000, 2_700_000]);
});
