import { expect, it } from "vitest";
import { type MeasuredCase, rulesThatFind } from "@/lib/insights/measured/case.ts";
import { DAY, HOUR } from "@/lib/time.ts";

const MIDNIGHT = Date.UTC(2026, 10, 2) / 1000;

/** A notebook under load from 22 to 6 in a zone that is some hours ahead of UTC, and idle by day. */
function nights(hoursAhead: number): MeasuredCase {
  const start = MIDNIGHT - hoursAhead * HOUR;
  const at = Array.from({ length: (2 * DAY) / 60 }, (_, i) => start + i * 60);
  const isNight = (t: number) => [22, 23, 0, 1, 2, 3, 4, 5].includes(Math.floor((t - start) / HOUR) % 24);
  const series = {
    gpu_utilisation_percent: { at, value: at.map((t) => (isNight(t) ? 95 : 0)) },
    gpu_memory_used_mib: { at, value: at.map((_, i) => 40_000 + (i % 100)) },
  };
  return {
    ...{ category: "Build", start, end: start + 2 * DAY, step: 60, model: "NVIDIA-H100-80GB-HBM3", host: {} },
    ...{ cards: [{ gpu: "GPU-1", node: "n1", series }], nodeGpus: { n1: 8 } },
    ...{ cpuRequestMilli: null, cpuMemoryRequestMib: null },
  };
}

it.each([
  ["Asia/Tokyo", 9],
  ["America/Los_Angeles", -8],
  ["UTC", 0],
])("night is night where the ledger is billed: %s", (zone, hoursAhead) => {
  const found = (where: string) => rulesThatFind({ ...nights(hoursAhead), zone: where }).has("odd-hours");
  expect(found(zone)).toBe(true);
  expect(found(zone === "UTC" ? "Asia/Tokyo" : "UTC")).toBe(false);
});
