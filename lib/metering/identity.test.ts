import { expect, it } from "vitest";
import { assertIdentity } from "./identity.ts";
import { noQuantities } from "./quantities.ts";
import type { UsageRecord } from "./records.ts";

const record = (change: Partial<UsageRecord["quantities"]>): UsageRecord => ({
  ...{ bucketAt: 0, nodePool: "", gpuModel: "H100", workloadKey: 0, projectKey: 0, level: "" },
  quantities: { ...noQuantities(), ...change },
});

it("a class below zero is refused, although the sum is right", () => {
  const capacity = [
    { bucketAt: 0, nodePool: "", gpuModel: "H100", capacityMilli: 2000, overlapMilli: 0, throughAt: 3600 },
  ];
  const usage = [record({ unknownMilli: 3000, unallocatedMilli: -1000 })];
  expect(() => assertIdentity({ usage, capacity })).toThrow("negative quantity of unallocated");
  expect(() => assertIdentity({ usage: [record({ unknownMilli: 2000 })], capacity })).not.toThrow();
});
