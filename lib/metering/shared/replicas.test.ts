import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CardLife, mostAtOnce } from "@/lib/metering/divided-node.ts";
import { identityBreaches } from "@/lib/metering/identity.ts";
import { meter } from "@/lib/metering/meter.ts";
import { hourOf, inputOf, nodeOf, podOf, stepsOf, workloadOf } from "@/lib/metering/testing-parts.ts";
import { OPEN_END } from "@/lib/metering/timeline.ts";
import { runs } from "@/lib/testing-runs.ts";
import { partsOf, withCards } from "./replicas.ts";

const cards = (count: number, start = 0, end = OPEN_END): CardLife[] =>
  Array.from({ length: count }, () => ({ start, end, gpuModel: "L40S" }));

it.each<[string, number, number, ReturnType<typeof partsOf>]>([
  ["NVIDIA-L40S", 8, 8, { model: "NVIDIA-L40S", parts: 1 }],
  ["NVIDIA-L40S", 8, 1, { model: "NVIDIA-L40S", parts: 1 }],
  ["NVIDIA-L40S-SHARED", 12, 1, { model: "NVIDIA-L40S", parts: 12 }],
  ["NVIDIA-L40S-SHARED", 32, 8, { model: "NVIDIA-L40S", parts: 4 }],
  ["NVIDIA-L40S-SHARED", 12, 0, null],
  ["NVIDIA-L40S-SHARED", 12, 5, null],
  ["NVIDIA-A100-SXM4-40GB-MIG-1g.5gb", 56, 0, { model: "NVIDIA-A100-SXM4-40GB", parts: 7 }],
  ["NVIDIA-A100-SXM4-40GB-MIG-3g.20gb", 16, 8, { model: "NVIDIA-A100-SXM4-40GB", parts: 2 }],
  ["NVIDIA-A100-SXM4-40GB-MIG-1g.5gb-SHARED", 28, 1, { model: "NVIDIA-A100-SXM4-40GB", parts: 28 }],
  ["NVIDIA-A100-SXM4-40GB-MIG-1g.5gb-SHARED", 28, 0, null],
])("a node of %s that counts %i and shows %i cards", (model, count, cards, expected) =>
  expect(partsOf(model, count, cards)).toEqual(expected),
);

describe("a node that counts 12 replicas of one card", () => {
  const look = { start: 0, end: 3600, nodePool: "pool", gpuModel: "L40S-SHARED", gpuCount: 12, ready: true };
  const node = nodeOf("n1", { gpuModel: "L40S-SHARED", gpuCount: 12, states: [look] });
  const workloads = Array.from({ length: 12 }, (_, i) =>
    workloadOf({
      ...{ id: `w${i}`, key: i + 1, gpuRequestMilli: 1000, signals: new Map([["gpu_allocation", hourOf(1)]]) },
      pods: [podOf(0, 3600, { id: `p${i}` })],
    }),
  );

  it("has one card, and each pod holds a part of it", () => {
    const totals = { totalGpu: hourOf(12), allocatedGpu: stepsOf([0, 12], [60, 12], [120, 12]) };
    const result = meter(inputOf({ nodes: [withCards(node, cards(1))], workloads, ...totals }));
    expect(result.capacity.map((c) => [c.gpuModel, c.capacityMilli, c.overlapMilli])).toEqual([["L40S", 3_600_000, 0]]);
    const held = result.usage.filter((u) => u.workloadKey > 0).map((u) => u.quantities);
    expect(held.map((q) => q.startingMilli + q.noDataMilli)).toEqual(workloads.map(() => 300_000));
    expect(identityBreaches(result)).toEqual([]);
    expect(result.findings).toEqual([]);
  });

  it.each<[string, string[], number[]]>([
    ["whose product does not say so, is an open item by its pods", ["GPU-a", "GPU-a"], [3_600_000]],
    ["is no open item where each pod has a card of its own", ["GPU-a", "GPU-b"], []],
    ["is no open item where cards are named by the index in the pod", ["0", "0"], []],
  ])("%s", (_, gpus, expected) => {
    const used = new Map([["gpu_utilisation_percent", hourOf(50)]]);
    const cardSignals = new Map(gpus.map((gpu, i) => [`p${i}`, new Map([[gpu, used]])]));
    const plain = nodeOf("n1", { gpuCount: 12 });
    const { findings } = meter(inputOf({ nodes: [plain], workloads: workloads.slice(0, 2), cardSignals }));
    expect(findings.filter((f) => f.kind === "cards-unknown").map((f) => f.quantityMilli)).toEqual(expected);
  });

  it("is an open item while no sample shows its cards", () => {
    const { findings, capacity } = meter(inputOf({ nodes: [withCards(node, cards(0))], workloads: [] }));
    expect(capacity[0]?.capacityMilli).toBe(12 * 3_600_000);
    expect(findings.map((f) => [f.kind, f.subject, f.quantityMilli])).toEqual([
      ["cards-unknown", "n1", 12 * 3_600_000],
    ]);
  });
});

describe("a node whose replicas change at half past", () => {
  type Look = readonly [model: string, count: number];
  const stateAt = ([gpuModel, gpuCount]: Look, start: number, end: number) => ({
    ...{ nodePool: "pool", ready: true, gpuModel, gpuCount, start, end },
  });
  const changed = (first: Look, second: Look, lives: readonly CardLife[]) => {
    const node = nodeOf("n1", {
      ...{ gpuModel: second[0], gpuCount: second[1] },
      states: [stateAt(first, 0, 1800), stateAt(second, 1800, 3600)],
    });
    return withCards(node, lives);
  };
  const jobs = [
    workloadOf({ id: "through", key: 1, pods: [podOf(0, 3600, { id: "through-0" })] }),
    workloadOf({ id: "before", key: 2, pods: [podOf(0, 1800, { id: "before-0" })] }),
    workloadOf({ id: "after", key: 3, gpuRequestMilli: 1000, pods: [podOf(1800, 3600, { id: "a", gpuMilli: null })] }),
  ];
  const heldBy = (result: ReturnType<typeof meter>, key: number) =>
    result.usage
      .filter((u) => u.workloadKey === key)
      .reduce((n, u) => n + u.quantities.startingMilli + u.quantities.noDataMilli, 0);

  it.each<[string, Look, Look, CardLife[], [capacity: number, before: number, after: number]]>([
    ["lowered", ["L40S-SHARED", 40], ["L40S-SHARED", 16], cards(4), [4, 100, 250]],
    ["raised", ["L40S-SHARED", 16], ["L40S-SHARED", 40], cards(4), [4, 250, 100]],
    ["switched on", ["L40S", 4], ["L40S-SHARED", 40], cards(4), [4, 1000, 100]],
    ["switched off", ["L40S-SHARED", 40], ["L40S", 4], cards(4), [4, 100, 1000]],
    ["of other slices", ["L40S-MIG-1g.5gb", 28], ["L40S-MIG-3g.20gb", 8], [], [4, 1000 / 7, 500]],
    ["of a lost card", ["L40S-SHARED", 40], ["L40S-SHARED", 30], cards(4), [4, 100, 100]],
  ])("%s: each pod holds its part of then", (_, first, second, lives, [capacity, before, after]) => {
    const result = meter(inputOf({ nodes: [changed(first, second, lives)], workloads: jobs }));
    expect(result.capacity.map((c) => [c.gpuModel, c.capacityMilli])).toEqual([["L40S", capacity * 3_600_000]]);
    [before + after, before, after].forEach((milli, i) => {
      // To the milli-GPU-second.
      expect(Math.abs(heldBy(result, i + 1) - milli * 1800)).toBeLessThan(1);
    });
    expect(identityBreaches(result)).toEqual([]);
    expect(result.findings).toEqual([]);
  });

  it("counts the cards that lived then where cards are added", () => {
    const lives = [...cards(4), ...cards(4, 1800)];
    const result = meter(
      inputOf({ nodes: [changed(["L40S-SHARED", 40], ["L40S-SHARED", 80], lives)], workloads: jobs }),
    );
    expect(result.capacity.map((c) => c.capacityMilli)).toEqual([6 * 3_600_000]);
    expect(heldBy(result, 1)).toBe(100 * 3600);
  });

  it("reads totals and allocation in the parts of then", () => {
    const totals = stepsOf(...Array.from({ length: 60 }, (_, i) => [i * 60, i < 30 ? 4 : 40] as const));
    const signals = new Map([["gpu_allocation", hourOf(1)]]);
    const workloads = jobs.slice(0, 1).map((w) => ({ ...w, signals }));
    const nodes = [changed(["L40S", 4], ["L40S-SHARED", 40], cards(4))];
    // One GPU more than is held: a difference while cards are counted, and none while parts are.
    const allocatedGpu = hourOf(2);
    const { findings } = meter(inputOf({ nodes, workloads, totalGpu: totals, allocatedGpu }));
    expect(findings.map((f) => [f.kind, f.quantityMilli])).toEqual([["unlisted-holders", 1_800_000]]);
  });

  it("never counts more cards than there are, and the ledger adds up, whatever it says", () => {
    const look = fc.tuple(fc.constantFrom("L40S", "L40S-SHARED", "L40S-MIG-1g.5gb"), fc.integer({ min: 0, max: 40 }));
    fc.assert(
      fc.property(look, look, fc.integer({ min: 0, max: 8 }), fc.integer({ min: 0, max: 8 }), (a, b, first, added) => {
        const lives = [...cards(first), ...cards(added, 1800)];
        const node = changed(a, b, lives);
        expect(identityBreaches(meter(inputOf({ nodes: [node], workloads: jobs })))).toEqual([]);
        for (const s of node.states)
          if ((s.parts ?? 1) > 1 && s.gpuModel === "L40S" && !a[0].includes("MIG") && !b[0].includes("MIG"))
            expect(s.gpuCount).toBeLessThanOrEqual(mostAtOnce(lives));
      }),
      runs(100),
    );
  });
});
