import { HOUR } from "@/lib/time.ts";
import type { CaseSeries, MeasuredCase } from "./case.ts";

/** The thresholds of other tools, each as its source describes it, against the rules of ours that ask the same. */
export interface OtherDetector {
  readonly name: string;
  /** The rules that ask the same: it is right where any of them should find the case. */
  readonly rules: readonly string[];
  fires(given: MeasuredCase): boolean;
}

const NONE: CaseSeries = { at: [], value: [] };
const of = (given: MeasuredCase, metric: string): CaseSeries[] => given.cards.map((c) => c.series[metric] ?? NONE);
const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / Math.max(1, values.length);
const utilisation = (given: MeasuredCase): number[] =>
  of(given, "gpu_utilisation_percent").flatMap((s) => [...s.value]);
const hours = (given: MeasuredCase): number => (given.end - given.start) / HOUR;

/** Whether every card reads 0 in every sample of some window; a window without a sample counts as 0, as in the tools. */
function zeroWindow(given: MeasuredCase, seconds: number, every: number): boolean {
  for (let end = given.start + seconds; end <= given.end; end += every) {
    const busy = of(given, "gpu_utilisation_percent").some((s) =>
      s.at.some((at, i) => at >= end - seconds && at < end && (s.value[i] as number) > 0),
    );
    if (!busy) return true;
  }
  return false;
}

const IDLE = ["dead-idle", "idle-held"];
const WASTE = [...IDLE, "allocated-unused", "data-starved", "long-low-utilisation", "long-notebook", "keep-alive"];

export const OTHERS: readonly OtherDetector[] = [
  {
    // The metrics script: allocated, and the peak of utilisation is 0.
    ...{ name: "Run:ai script: zero utilisation", rules: ["allocated-unused"] },
    fires: (given) => Math.max(0, ...utilisation(given)) === 0,
  },
  {
    // Peak above 10 GiB, and the mean below 10 % of that peak.
    ...{ name: "Run:ai script: low memory", rules: ["memory-underused"] },
    fires: (given) => {
      const memory = given.host.cpu_memory_mib?.value ?? [];
      const peak = Math.max(0, ...memory);
      return peak > 10 * 1024 && mean(memory) < 0.1 * peak;
    },
  },
  {
    // Longer than a day with a mean below 10 %, or fewer than 10 cores, which it takes for a percentage.
    ...{ name: "Run:ai script: low for long", rules: ["long-low-utilisation"] },
    fires: (given) =>
      hours(given) > 24 &&
      (mean(utilisation(given)) < 10 || (given.host.cpu_cores !== undefined && mean(given.host.cpu_cores.value) < 10)),
  },
  {
    // Below 20 % at one instant: the last sample.
    ...{ name: "AI FinOps platform: below 20 % now", rules: IDLE },
    fires: (given) => mean(of(given, "gpu_utilisation_percent").map((s) => s.value.at(-1) ?? 0)) < 20,
  },
  {
    // max_over_time of utilisation over 30 minutes is 0, unless power says that it works.
    ...{ name: "gpu-pruner: 30 min at 0", rules: IDLE },
    fires: (given) => zeroWindow(given, 1800, 300),
  },
  {
    // Every sample at 0 % for 120 minutes.
    ...{ name: "Job Defense Shield: 120 min at 0", rules: IDLE },
    fires: (given) => zeroWindow(given, 7200, 900),
  },
  {
    // Utilisation of 15 % or less, at most 10 GB, at most 2 cores for a card, 61 minutes or longer.
    ...{ name: "Job Defense Shield: card too powerful", rules: ["wrong-card"] },
    fires: (given) => {
      const memory = of(given, "gpu_memory_used_mib").flatMap((s) => [...s.value]);
      return hours(given) >= 61 / 60 && mean(utilisation(given)) <= 15 && Math.max(0, ...memory) <= 10 * 1024;
    },
  },
  {
    // Efficiency below 25 %.
    ...{ name: "Job Defense Shield: efficiency below 25 %", rules: WASTE },
    fires: (given) => hours(given) >= 0.5 && mean(utilisation(given)) < 25,
  },
];
