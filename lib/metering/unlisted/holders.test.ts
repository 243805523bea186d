import { describe, expect, it } from "vitest";
import { meter } from "@/lib/metering/meter.ts";
import { hourOf, inputOf, nodeOf, podOf, stepsOf, workloadOf } from "@/lib/metering/testing-parts.ts";
import type { Steps } from "@/lib/metering/timeline.ts";

const pod = (gpuMilli: number | null) => podOf(0, 3600, { gpuMilli });
const found = (allocatedGpu: Steps, gpuMilli: number | null) => {
  const workloads = [workloadOf({ pods: [pod(gpuMilli)], gpuResources: gpuMilli === null ? "claim*1" : "" })];
  const { findings } = meter(inputOf({ nodes: [nodeOf("n1")], workloads, allocatedGpu }));
  return findings.filter((f) => f.subject === "c").map((f) => [f.kind, f.quantityMilli / 1000]);
};

describe("the allocation that a cluster reports as a whole", () => {
  it.each<[string, Steps, number | null, [string, number][]]>([
    ["shows workloads that no list has", hourOf(3), 1000, [["unlisted-holders", 2 * 3600]]],
    ["agrees", hourOf(1), 1000, []],
    ["agrees but for rounding", hourOf(0.14), 142, []],
    ["is below the pods", hourOf(0), 1000, [["sources-disagree", 3600]]],
    ["lags by one sample", stepsOf([0, 1], [60, 3], [120, 1], [180, 1]), 1000, []],
    ["is explained by what is open already", hourOf(1), null, []],
  ])("%s", (_, allocated, milli, expected) => expect(found(allocated, milli)).toEqual(expected));
});
