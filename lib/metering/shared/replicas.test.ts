import { describe, expect, it } from "vitest";
import { identityBreaches } from "@/lib/metering/identity.ts";
import { meter } from "@/lib/metering/meter.ts";
import { hourOf, inputOf, nodeOf, podOf, stepsOf, workloadOf } from "@/lib/metering/testing-parts.ts";
import { partsOf, withCards } from "./replicas.ts";

it.each<[string, number, number, ReturnType<typeof partsOf>]>([
  ["NVIDIA-L40S", 8, 8, { model: "NVIDIA-L40S", parts: 1 }],
  ["NVIDIA-L40S", 8, 1, { model: "NVIDIA-L40S", parts: 1 }],
  ["NVIDIA-L40S-SHARED", 12, 1, { model: "NVIDIA-L40S", parts: 12 }],
  ["NVIDIA-L40S-SHARED", 32, 8, { model: "NVIDIA-L40S", parts: 4 }],
  ["NVIDIA-L40S-SHARED", 12, 0, null],
  ["NVIDIA-L40S-SHARED", 12, 5, null],
  ["NVIDIA-A100-SXM4-40GB-MIG-1g.5gb", 56, 0, { model: "NVIDIA-A100-SXM4-40GB", parts: 7 }],
  ["NVIDIA-A100-SXM4-40GB-MIG-3g.20gb", 16, 8, { model: "NVIDIA-A100-SXM4-40GB", parts: 2 }],
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
    const result = meter(inputOf({ nodes: [withCards(node, 1)], workloads, ...totals }));
    expect(result.capacity.map((c) => [c.gpuModel, c.capacityMilli, c.overlapMilli])).toEqual([["L40S", 3_600_000, 0]]);
    const held = result.usage.filter((u) => u.workloadKey > 0).map((u) => u.quantities);
    expect(held.map((q) => q.startingMilli + q.noDataMilli)).toEqual(workloads.map(() => 83 * 3600));
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
    const { findings, capacity } = meter(inputOf({ nodes: [withCards(node, 0)], workloads: [] }));
    expect(capacity[0]?.capacityMilli).toBe(12 * 3_600_000);
    expect(findings.map((f) => [f.kind, f.subject, f.quantityMilli])).toEqual([
      ["cards-unknown", "n1", 12 * 3_600_000],
    ]);
  });
});
