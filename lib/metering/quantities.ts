import { CLASSES, classProperty } from "@/lib/classes.ts";

/** Quantities that add up over workloads, buckets and days. */
export const ADDITIVE = [
  ...CLASSES.map((c) => classProperty(c, "milli")),
  "observedMilli",
  "utilisationWeighted",
  "heldSeconds",
  "gpuMemoryUsedMibSeconds",
  "gpuMemoryObservedSeconds",
  "gpuMemoryRequestedMibSeconds",
  "cpuUsedMilliSeconds",
  "cpuObservedSeconds",
  "cpuRequestedMilliSeconds",
  "cpuLimitMilliSeconds",
  "memoryUsedMibSeconds",
  "memoryObservedSeconds",
  "memoryRequestedMibSeconds",
  "memoryLimitMibSeconds",
  "podSeconds",
  "runningPodSeconds",
] as const;

/** Largest values; null without samples. */
export const PEAKS = [
  "utilisationPeakCenti",
  "gpuMemoryPeakMib",
  "gpuMemoryRequestedPeakMib",
  "cpuPeakMilli",
  "cpuRequestedPeakMilli",
  "cpuLimitPeakMilli",
  "memoryPeakMib",
  "memoryRequestedPeakMib",
  "memoryLimitPeakMib",
] as const;

/** Largest counts; zero without any, because counting needs no sample. */
export const COUNT_PEAKS = ["allocatedPeakMilli", "podsPeak", "runningPodsPeak"] as const;

/** The level at which the utilisation of a workload was observed, from fine to coarse. */
export type Level = "" | "gpu" | "pod" | "workload";
const LEVELS: readonly Level[] = ["", "gpu", "pod", "workload"];
export const coarser = (a: Level, b: Level): Level => (LEVELS.indexOf(a) > LEVELS.indexOf(b) ? a : b);

export type Additive = (typeof ADDITIVE)[number];
export type Peak = (typeof PEAKS)[number];
export type CountPeak = (typeof COUNT_PEAKS)[number];
/** The quantities of one usage row, in the names and units of its columns (db/schema/metering.ts). */
export type Quantities = Record<Additive | CountPeak, number> & Record<Peak, number | null>;

const NONE = Object.fromEntries([
  ...[...ADDITIVE, ...COUNT_PEAKS].map((key) => [key, 0]),
  ...PEAKS.map((key) => [key, null]),
]) as Quantities;
export const noQuantities = (): Quantities => ({ ...NONE });

/** Adds `amount` to an additive quantity. */
export function add(to: Quantities, key: Additive, amount: number): void {
  if (amount) to[key] += amount;
}

/** Raises a peak to `value` if that is larger, or the first. */
export function raise(to: Quantities, key: Peak | CountPeak, value: number): void {
  const before = to[key];
  if (before === null || value > before) to[key] = value;
}

/**
 * Adds every quantity of `from` to `to`; for peaks and counts the larger value stays, because they are of different
 * workloads or instants.
 */
export function merge(to: Quantities, from: Quantities): void {
  for (const key of ADDITIVE) add(to, key, from[key]);
  for (const list of [PEAKS, COUNT_PEAKS])
    for (const key of list) {
      const value = from[key];
      if (value !== null) raise(to, key, value);
    }
}
