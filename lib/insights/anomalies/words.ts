import { formatGpuHours, formatMoney, formatPercent } from "@/lib/format.ts";
import type { Cause } from "./explain.ts";
import type { AnomalyState, Measure, Verdict } from "./types.ts";

export const MEASURE_WORDS: Readonly<Record<Measure, string>> = {
  spend: "Spend",
  "gpu-hours": "GPU-hours",
  utilisation: "Utilisation",
  efficiency: "Efficiency",
};

export const MEASURE_MEANINGS: Readonly<Record<Measure, string>> = {
  spend: "usage at its prices, with what policies moved",
  "gpu-hours": "GPU time that workloads held",
  utilisation: "mean utilisation of the time that was observed",
  efficiency: "share of the observed time that was active",
};

export const CAUSE_WORDS: Readonly<Record<Cause, string>> = {
  volume: "volume",
  price: "price",
  mix: "mix",
  idle: "idle",
  unheld: "unallocated",
  policy: "policy",
};

export const STATE_WORDS: Readonly<Record<AnomalyState, string>> = {
  open: "Open",
  explained: "Explained",
  expected: "Expected",
  real: "Real",
  noise: "Noise",
};

export const VERDICT_HELP: Readonly<Record<Verdict, string>> = {
  expected: "It was meant to be so",
  real: "It is a problem",
  noise: "It is nothing",
};

/** A value of a measure for people. @param value micro-units, milli-GPU-seconds or percent. */
export function measureText(measure: Measure, value: number, currency: string): string {
  if (measure === "spend") return formatMoney(Math.round(value), currency);
  return measure === "gpu-hours" ? `${formatGpuHours(Math.round(value))} GPU-h` : formatPercent(value);
}
