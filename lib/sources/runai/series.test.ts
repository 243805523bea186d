import { describe, expect, it } from "vitest";
import { isRecentType, metricName } from "./metric-names.ts";
import { type Subject, sampleValue, toSeries } from "./series.ts";
import { measurement } from "./wire.ts";

const POD: Subject = { clusterId: "c", subjectId: "p", kind: "pod", perGpuKind: "gpu" };
const WINDOW = { start: 1_767_225_600, end: 1_767_225_660 };
const wire = (...items: unknown[]) => ({ measurements: items.map((m) => measurement.parse(m)), missing: [] });

describe("toSeries", () => {
  it("keeps the gpu label, converts units and drops what is no number or not of the window", () => {
    const values = [
      { value: "97.5", timestamp: "2026-01-01T00:00:30Z" },
      { value: "104", timestamp: "2026-01-01 00:00:00.211" },
      { value: "1", timestamp: "2026-01-01T00:00:30+00:00" },
      { value: "NaN", timestamp: "2026-01-01T00:00:15Z" },
      { value: "+Inf", timestamp: "2026-01-01T00:00:16Z" },
      { value: "", timestamp: "2026-01-01T00:00:17Z" },
      { value: "5", timestamp: null },
      { value: "5", timestamp: "soon" },
      { value: "5", timestamp: "2025-12-31T23:59:59Z" },
      { value: "5", timestamp: "2026-01-01T00:01:00Z" },
      { value: 0, timestamp: "2026-01-01T01:00:45+01:00" },
    ];
    const answer = toSeries(
      wire(
        { type: "GPU_UTILIZATION_PER_GPU", labels: { gpu: "1", other: 3 }, values },
        { type: "GPU_UTILIZATION_PER_GPU", labels: { gpu: "0" }, values: null },
        { type: "CPU_MEMORY_USAGE_BYTES", values: [{ value: 3 * 1_048_576, timestamp: "2026-01-01T00:00:00Z" }] },
      ),
      POD,
      WINDOW,
    );
    expect(answer.value).toEqual([
      {
        clusterId: "c",
        subjectKind: "gpu",
        subjectId: "p",
        gpu: "1",
        metric: "gpu_utilisation_percent",
        at: [WINDOW.start, WINDOW.start + 30, WINDOW.start + 45],
        value: [104, 97.5, 0],
      },
      {
        clusterId: "c",
        subjectKind: "pod",
        subjectId: "p",
        gpu: "",
        metric: "cpu_memory_mib",
        at: [WINDOW.start],
        value: [3],
      },
    ]);
  });

  it("joins the parts of one series from several calls, whatever their order", () => {
    const part = (value: string, timestamp: string) => ({ type: "GPU_ALLOCATION", values: [{ value, timestamp }] });
    const late = part("2", "2026-01-01T00:00:30Z");
    const early = part("1", "2026-01-01T00:00:00Z");
    const of = (...items: unknown[]) => toSeries(wire(...items), POD, WINDOW);
    expect(of(late, early, early)).toEqual(of(early, late));
  });

  it("puts what is missing in our words", () => {
    const answer = {
      measurements: [],
      missing: [{ type: "GPU_MEMORY_USAGE_BYTES", kind: "no-data" as const, cause: "no data" }],
    };
    expect(toSeries(answer, POD, WINDOW).missing).toEqual([
      { kind: "no-data", subject: "p", metric: "gpu_memory_used_mib", cause: "no data" },
    ]);
  });
});

it("reads values", () => {
  expect(["85", "9.25e1", 3, "0"].map(sampleValue)).toEqual([85, 92.5, 3, 0]);
  // What stands for no value: Run:ai's -1, and the blanks of DCGM.
  const blanks = ["-1", "-5", 2_147_483_632, "2147483635", "140737488355328", "9223372036854775792"];
  expect(blanks.map(sampleValue)).toEqual(blanks.map(() => null));
  expect(["NaN", "+Inf", "-Inf", "Infinity", "x", "", null, undefined].map(sampleValue)).toEqual(Array(8).fill(null));
});

it("names metrics in our units and leaves the unknown as reported", () => {
  expect(metricName("GPU_MEMORY_USAGE_BYTES_PER_GPU")).toEqual({ metric: "gpu_memory_used_mib", divisor: 1_048_576 });
  expect(metricName("GPU_SM_ACTIVITY_PER_GPU")).toEqual({ metric: "sm_active_percent", divisor: 1 });
  expect(metricName("GPU_SWAP_MEMORY_BYTES_PER_GPU")).toEqual({ metric: "gpu_swap_memory_bytes_per_gpu", divisor: 1 });
  expect(["NIM_E2E", "DCGM_FI_DEV_NVLINK_BANDWIDTH_TOTAL", "NVLINK_BANDWIDTH_TOTAL_PER_GPU"].every(isRecentType)).toBe(
    true,
  );
  expect(["GPU_NVLINK_RECEIVED_BANDWIDTH_PER_GPU", "GPU_ALLOCATION"].some(isRecentType)).toBe(false);
});
