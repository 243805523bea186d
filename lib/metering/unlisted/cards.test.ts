import { expect, it } from "vitest";
import { meter } from "@/lib/metering/meter.ts";
import { hourOf, inputOf, nodeOf, stepsOf } from "@/lib/metering/testing-parts.ts";

const look = { nodePool: "pool", gpuModel: "H100", gpuCount: 4, ready: true };
const node = (firstLook: number) =>
  nodeOf("n1", { since: 0, states: [{ ...look, start: firstLook, end: firstLook + 60 }] });
const capacityOf = (input: Parameters<typeof inputOf>[0]) => {
  const { capacity, findings } = meter(inputOf(input));
  return [
    capacity.reduce((sum, c) => sum + c.capacityMilli, 0) / 1000,
    findings.filter((f) => f.kind === "unlisted-cards").reduce((sum, f) => sum + f.quantityMilli, 0) / 1000,
  ];
};

it("counts cards that only the total of the cluster shows, before the first look at its nodes", () => {
  expect(capacityOf({ nodes: [node(7200)], totalGpu: hourOf(6) })).toEqual([6 * 3600, 2 * 3600]);
});

it("does not count them after it, and reports them", () => {
  expect(capacityOf({ nodes: [node(0)], totalGpu: hourOf(6) })).toEqual([4 * 3600, 2 * 3600]);
});

it("follows the total as it falls, and takes a single odd sample for none", () => {
  const falls = stepsOf([0, 6], [100, 6], [200, 4], [300, 9], [400, 4]);
  expect(capacityOf({ nodes: [node(7200)], totalGpu: falls })).toEqual([4 * 3600 + 400, 400]);
});

it("takes a total below the inventory for none: nodes that are not ready are left out of it", () => {
  expect(capacityOf({ nodes: [node(7200)], totalGpu: hourOf(2) })).toEqual([4 * 3600, 0]);
});

it("has none that is down where there are fewer after a while, because their node is known by then", () => {
  const fewer = stepsOf([0, 7], [600, 7], [1200, 5], [1800, 5], [2400, 5]);
  const { usage } = meter(inputOf({ nodes: [node(7200)], totalGpu: fewer }));
  const sum = (pick: (q: (typeof usage)[number]["quantities"]) => number) =>
    usage.reduce((total, u) => total + pick(u.quantities), 0);
  expect(sum((q) => q.downMilli)).toBe(0);
});
