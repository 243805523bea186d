import { divideHalfEven, type Micros, type Nanos, parseDecimal, safeInteger } from "@/lib/money.ts";
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

/** What a person writes of hardware, as plain decimals; power is of one GPU with its part of the server. */
export interface WrittenHardware {
  readonly purchase: string;
  readonly gpus: string;
  readonly months: string;
  readonly powerKw: string;
  readonly pricePerKwh: string;
  readonly pue: string;
  readonly overheadPercent: string;
}

/** Reads hardware as it was written, or says what is wrong with the first figure that cannot be. */
export function readOwned(given: WrittenHardware): { hardware: OwnedHardware } | { problem: string } {
  const problems: string[] = [];
  const read = (text: string, places: number, least: number, wanted: string): number => {
    const value = parseDecimal(text, places);
    if (value === null || value < least) problems.push(`"${text}" will not do: write ${wanted}.`);
    return value ?? 0;
  };
  const hardware: OwnedHardware = {
    type: "owned",
    purchaseMicros: read(given.purchase, 6, 0, "the purchase as a plain number, such as 280000"),
    gpus: read(given.gpus, 0, 1, "how many GPUs, 1 or more"),
    months: read(given.months, 0, 1, "over how many months, 1 or more"),
    powerWatts: read(given.powerKw, 3, 0, "the power as kW with at most 3 decimals, such as 1.2"),
    powerMicrosPerKwh: read(given.pricePerKwh, 6, 0, "the price of a kWh, such as 0.18"),
    pue: read(given.pue, 3, 1000, "the PUE as 1 or more with at most 3 decimals, such as 1.3") / 1000,
    overheadPercent: read(given.overheadPercent, 2, 0, "the overhead in per cent, such as 12") / 100,
  };
  const [problem] = problems;
  return problem === undefined ? { hardware } : { problem };
}
