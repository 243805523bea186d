import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runs } from "@/lib/testing-runs.ts";
import { clean, DCGM_METERS, type Meter, readCard, readClaim, readHolder } from "./dcgm.ts";
import { RUNAI_METERS, readPodCard } from "./runai-series.ts";

const meter = (source: string) => [...DCGM_METERS, ...RUNAI_METERS].find((m) => m.source === source) as Meter;
const SENTINELS = [
  ...[0, 1, 2, 3].map((n) => 2 ** 63 - 16 + n),
  ...[0, 1, 2, 3].map((n) => 2_147_483_632 + n),
  ...[0, 1, 2, 3].map((n) => 140_737_488_355_328 + n),
];

describe("clean", () => {
  it("drops DCGM's sentinels in every metric", () => {
    for (const m of [...DCGM_METERS, ...RUNAI_METERS])
      for (const sentinel of SENTINELS)
        for (const unit of ["ratio", "percent", null] as const) expect(clean(m, sentinel, unit)).toBeNull();
  });

  it.each([
    ["DCGM_FI_DEV_GPU_UTIL", 100, 100],
    ["DCGM_FI_DEV_GPU_UTIL", 100.5, null],
    ["DCGM_FI_DEV_GPU_UTIL", -1, null],
    ["DCGM_FI_PROF_SM_ACTIVE", 0.07, 7],
    ["DCGM_FI_PROF_DRAM_ACTIVE", 0.123456789, 12.345679],
    ["DCGM_FI_PROF_PIPE_TENSOR_ACTIVE", 1.003, 100],
    ["DCGM_FI_PROF_GR_ENGINE_ACTIVE", 1.2, null],
    ["DCGM_FI_DEV_FB_USED", 81_559, 81_559],
    ["DCGM_FI_DEV_FB_USED", 1_048_577, null],
    ["DCGM_FI_DEV_FB_USED", 4_294_967_295, null],
    ["DCGM_FI_DEV_FB_USED", 2 ** 33, 8192],
    ["DCGM_FI_DEV_FB_USED_BYTES", 2 ** 33, 8192],
    ["DCGM_FI_DEV_FB_USED_BYTES", 8192, 8192],
    ["DCGM_FI_DEV_POWER_USAGE", 699.5, 699.5],
    ["DCGM_FI_DEV_POWER_USAGE", 5001, null],
    ["runai_gpu_utilization_per_pod_per_gpu", 130, 130],
  ])("%s %d → %s", (source, theirs, ours) => {
    const m = meter(source);
    expect(clean(m, theirs, m.definedUnit ?? "percent")).toBe(ours);
  });

  it("gives nothing outside what the metric can be", () => {
    fc.assert(
      fc.property(fc.constantFrom(...DCGM_METERS), fc.double({ noNaN: true }), fc.boolean(), (m, theirs, isRatio) => {
        const ours = clean(m, theirs, isRatio ? "ratio" : "percent");
        if (ours === null) return;
        expect(ours).toBeGreaterThanOrEqual(0);
        expect(ours).toBeLessThanOrEqual(m.most);
      }),
      runs(100),
    );
  });
});

describe("readHolder", () => {
  const pod = (namespace: string, name: string, uid?: string) => ({ kind: "pod", namespace, pod: name, uid });
  const exporter = { namespace: "gpu-operator", pod: "nvidia-dcgm-exporter-x2k4p", container: "nvidia-dcgm-exporter" };
  it.each([
    [
      "honorLabels false, held",
      { ...exporter, exported_namespace: "runai-a", exported_pod: "train-0" },
      pod("runai-a", "train-0"),
    ],
    ["honorLabels false, free", exporter, { kind: "nobody" }],
    ["honorLabels true, held", { namespace: "runai-a", pod: "train-0" }, pod("runai-a", "train-0")],
    ["honorLabels true, free", { namespace: "gpu-operator", pod: "dcgm-exporter-abc" }, { kind: "nobody" }],
    ["old names", { ...exporter, pod_namespace: "runai-a", pod_name: "train-0" }, pod("runai-a", "train-0")],
    ["empty labels", { namespace: "", pod: "" }, { kind: "nobody" }],
    [
      "a job named like the exporter",
      { namespace: "a", pod: "test-my-dcgm-exporterx" },
      pod("a", "test-my-dcgm-exporterx"),
    ],
    ["uid", { namespace: "a", pod: "b", pod_uid: "u" }, pod("a", "b", "u")],
    ["fractions", { namespace: "runai-reservation", pod: "gpu-reservation-x" }, { kind: "reserved" }],
    [
      "fractions, exported",
      { ...exporter, exported_namespace: "runai-reservation", exported_pod: "r" },
      { kind: "reserved" },
    ],
  ])("%s", (_name, labels, holder) => expect(readHolder(labels)).toEqual(holder));
});

describe("readCard", () => {
  it.each([
    [
      { UUID: "GPU-1", gpu: "0", Hostname: "n1", modelName: "H100" },
      { gpu: "GPU-1", nodes: ["n1"], gpuModel: "H100" },
    ],
    [
      { uuid: "DF6E7A7C-7314-46f8-abc4-b88b36dcf3aa", instance: "n1:9835" },
      { gpu: "GPU-df6e7a7c-7314-46f8-abc4-b88b36dcf3aa", nodes: ["n1"] },
    ],
    [
      { UUID: "GPU-1", GPU_I_ID: "3", hostname: "n1" },
      { gpu: "GPU-1/3", isSlice: true, nodes: ["n1"] },
    ],
    [
      { uuid: "GPU-1", instance: "10.0.0.1:9400" },
      { gpu: "GPU-1", nodes: ["10.0.0.1"] },
    ],
    [
      { gpu: "4", Hostname: "nvidia-dcgm-exporter-1a2b3c", node: "n2" },
      { gpu: "4", uuid: null, nodes: ["n2"] },
    ],
    [
      { UUID: "MIG-GPU-1/7/0", Hostname: "n1" },
      { gpu: "GPU-1/7", uuid: "GPU-1", isSlice: true },
    ],
    [
      { UUID: "MIG-5a1c", GPU_I_PROFILE: "1g.10gb", Hostname: "n1" },
      { gpu: "MIG-5a1c", uuid: "MIG-5a1c", isSlice: true },
    ],
    [{ UUID: "GPU-1", Hostname: "dcgm-exporter-1a2b3c" }, { nodes: ["dcgm-exporter-1a2b3c"] }],
    [{ UUID: "GPU-1", Hostname: "n", clusterId: "c", cluster: "x" }, { clusterLabel: "c" }],
  ])("%j", (labels, card) => expect(readCard(labels)).toMatchObject(card));
  it("finds no card without UUID and index", () => expect(readCard({ Hostname: "n" })).toBeNull());
});

describe("what a claim gave", () => {
  const claim = { UUID: "GPU-1", dra_driver_name: "gpu.nvidia.com", dra_device_name: "gpu-0" };
  it.each<[string, Record<string, string>, number | null]>([
    ["a card", claim, 1],
    ["a slice, by the profile of the device", { ...claim, GPU_I_ID: "7", GPU_I_PROFILE: "2g.20gb" }, 2],
    ["a slice, by the profile of the claim", { ...claim, GPU_I_ID: "7", dra_mig_profile: "1g.10gb+me" }, 1],
    ["a slice of no known profile", { ...claim, GPU_I_ID: "7" }, null],
    ["a channel between nodes", { ...claim, dra_driver_name: "compute-domain.nvidia.com" }, null],
    ["a card of the device plugin", { UUID: "GPU-1", pod: "p" }, null],
  ])("is %s", (_, labels, claimed) => expect(readClaim(labels)).toBe(claimed));
});

describe("readPodCard", () => {
  it("reads Run:ai's labels", () => {
    const labels = { clusterId: "c", pod_name: "p", pod_namespace: "runai-a", pod_uuid: "u", node: "n", gpu: "1" };
    expect(readPodCard(labels)).toEqual({
      holder: { kind: "pod", namespace: "runai-a", pod: "p", uid: "u" },
      nodes: ["n"],
      index: "1",
      uuid: null,
      clusterLabel: "c",
    });
    const shared = { namespace: "runai-a", pod: "p", pod_uuid: "u", gpu_uuid: "GPU-1", gpu: "0", node: "n" };
    expect(readPodCard(shared)).toMatchObject({ holder: { pod: "p", namespace: "runai-a" }, uuid: "GPU-1" });
    expect(readPodCard({ pod_name: "p" })).toBeNull();
    expect(readPodCard({ gpu: "1" })).toBeNull();
  });
});
