import { divideHalfEven, type Micros, type Nanos, safeInteger } from "@/lib/money";
import type { Origin } from "./types.ts";

export type OwnedHardware = Extract<Origin, { type: "owned" }>;

/** Hours of a mean month: 365.25 days × 24 ÷ 12. */
export const HOURS_PER_MONTH = 730.5;

export interface OwnedStep {
  readonly what: string;
  readonly formula: string;
  /** For one GPU and hour. */
  readonly nanos: Nanos;
}

/**
 * What an hour of owned hardware costs, step by step: its purchase by straight line over its months, its power at the
 * meter (kW × price × PUE), and overhead on both. Each step is rounded half to even to a nano-unit; the rate is their sum.
 * `powerWatts` is of one GPU with its part of the server.
 */
export function ownedRate(given: OwnedHardware): { readonly steps: readonly OwnedStep[]; readonly rateNanos: Nanos } {
  const { purchaseMicros, gpus, months, powerWatts, powerMicrosPerKwh, pue, overheadPercent } = given;
  const purchase = quotient(BigInt(purchaseMicros) * 1000n * 10n, BigInt(gpus) * BigInt(months) * 7305n);
  const power = quotient(
    BigInt(scaled(powerWatts)) * BigInt(powerMicrosPerKwh) * 1000n * BigInt(scaled(pue)),
    1000n * SCALE * SCALE,
  );
  const overhead = quotient(BigInt(purchase + power) * BigInt(scaled(overheadPercent)), 100n * SCALE);
  const steps = [
    {
      what: "Purchase",
      formula: `${plain(purchaseMicros)} ÷ ${gpus} GPUs ÷ ${months} months ÷ ${HOURS_PER_MONTH} hours`,
      nanos: purchase,
    },
    {
      what: "Power",
      formula: `${powerWatts / 1000} kW × ${plain(powerMicrosPerKwh)} per kWh × PUE ${pue}`,
      nanos: power,
    },
    { what: "Overhead", formula: `${overheadPercent} % of both`, nanos: overhead },
  ];
  return { steps, rateNanos: purchase + power + overhead };
}

const SCALE = 1000n;
const scaled = (value: number): number => Math.round(value * 1000);
const quotient = (n: bigint, d: bigint): Nanos => safeInteger(divideHalfEven(n, d));
const plain = (micros: Micros): string => String(micros / 1e6);
