import { describe, expect, it } from "vitest";
import { meter } from "@/lib/metering/meter.ts";
import { inputOf, nodeOf, podOf, stepsOf, workloadOf } from "@/lib/metering/testing-parts.ts";
import type { Signals, Steps } from "@/lib/metering/timeline.ts";
import { claimedParts } from "./claims.ts";

const H100 = "NVIDIA-H100-80GB-HBM3";
const LIFE = { start: 0, end: 3600 };
/** Samples each minute within `[from, to)`, which hold for 150 s at most. */
const named = (from: number, to: number, value = 1): Steps =>
  stepsOf(...Array.from({ length: (to - from) / 60 }, (_, i) => [from + 60 * i, value] as const));
const parts = (devices: Readonly<Record<string, Steps>>, model = H100) =>
  claimedParts(new Map(Object.entries(devices)), LIFE, model).map((p) => [p.start, p.end, p.milli, p.rest]);

describe("what claims gave a pod", () => {
  it("is a card for its whole life, although samples begin late, end early and have holes", () =>
    expect(parts({ "GPU-a": stepsOf([900, 1], [960, 1], [2400, 1]) })).toEqual([[0, 3600, 1000, 0]]));

  it("is two cards that are named at once", () =>
    expect(parts({ "GPU-a": named(60, 1200), "GPU-b": named(60, 3000) })).toEqual([[0, 3600, 2000, 0]]));

  it("is one card, that was exchanged for another", () =>
    expect(parts({ "GPU-a": named(60, 1200), "GPU-b": named(1500, 3000) })).toEqual([
      [0, 1500, 1000, 0],
      [1500, 3600, 1000, 0],
    ]));

  it("is exact sevenths of a divided card, and quarters where a card has four", () => {
    expect(parts({ "GPU-a/7": named(60, 3000, 1), "GPU-a/3": named(60, 3000, 2) })).toEqual([[0, 3600, 428, 15_840]]);
    expect(parts({ "GPU-a/7": named(60, 3000, 1) }, "NVIDIA-A30")).toEqual([[0, 3600, 250, 0]]);
  });

  it("is without a card that one sample named", () =>
    expect(parts({ "GPU-a": named(60, 3000), "GPU-b": named(900, 960) })).toEqual([[0, 3600, 1000, 0]]));

  it("is without a card that single samples name again and again", () =>
    expect(parts({ "GPU-a": named(60, 3000), "GPU-b": stepsOf([900, 1], [1800, 1], [2400, 1], [2700, 1]) })).toEqual([
      [0, 3600, 1000, 0],
    ]));

  it("is a half since another pod shares it", () =>
    expect(parts({ "GPU-a": stepsOf([60, 1], [1200, 0.5], [1800, 0.5], [2400, 0.5]) })).toEqual([
      [0, 1200, 1000, 0],
      [1200, 3600, 500, 0],
    ]));
});

/** GPU-hours and kinds of findings of a pod with claims, for the hour that it runs. */
function metered(gpuMilli: number | null, gpuResources: string, signals: Signals, allocated?: number) {
  const { usage, findings } = meter(
    inputOf({
      nodes: [nodeOf("n1", { gpuModel: H100, gpuCount: 2 })],
      workloads: [workloadOf({ pods: [podOf(0, 3600, { gpuMilli, gpuResources })] })],
      cardSignals: new Map([["p", new Map([["GPU-a", signals]])]]),
      ...(allocated === undefined ? {} : { allocatedGpu: named(0, 3600, allocated) }),
    }),
  );
  const own = usage.filter((u) => u.workloadKey === 1).map((u) => u.quantities);
  const milli = own.reduce((sum, q) => sum + q.startingMilli + q.noDataMilli + q.activeMilli + q.idleHeldMilli, 0);
  return { gpuHours: milli / 3_600_000, findings: [...new Set(findings.map((f) => f.kind))] };
}

describe("a workload whose GPUs come by claims", () => {
  const claimed: Signals = new Map([["claimed_gpu", named(60, 3000)]]);
  const nothing: Signals = new Map([["gpu_utilisation_percent", named(60, 3000, 50)]]);
  it.each<[string, number | null, string]>([
    ["that no source lists", 0, ""],
    ["that is listed", null, "claim*1"],
    ["whose class is not known", null, "deviceclass.resource.kubernetes.io/big-gpu*1"],
  ])("has the card that its exporter names: one %s", (_, gpuMilli, resources) =>
    expect(metered(gpuMilli, resources, claimed)).toEqual({ gpuHours: 1, findings: [] }),
  );

  it("needs no allocation of the cluster, which does not count claims", () =>
    expect(metered(0, "", claimed, 0)).toEqual({ gpuHours: 1, findings: [] }));

  it("has what its source says where that is a number", () => expect(metered(2000, "", claimed).gpuHours).toBe(2));

  it("is an open item where nobody names its device", () => {
    expect(metered(null, "claim*1", nothing)).toEqual({ gpuHours: 0, findings: ["gpus-unknown"] });
    expect(metered(0, "", nothing)).toEqual({ gpuHours: 0, findings: ["card-without-gpus"] });
  });
});
