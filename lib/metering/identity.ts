import { CLASSES, classProperty, sumOf } from "@/lib/classes.ts";
import { AppError } from "@/lib/errors.ts";
import { formatInstant } from "@/lib/time.ts";
import type { MeterResult } from "./meter.ts";

/** A bucket and GPU model whose classes do not add up to capacity + overlap. */
export interface IdentityBreach {
  readonly bucketAt: number;
  readonly gpuModel: string;
  readonly classesMilli: number;
  readonly capacityMilli: number;
  readonly overlapMilli: number;
}

/**
 * The buckets and GPU models in which Σ classes = capacity + overlap does not hold (docs/accounting.md §4).
 * Milli-GPU-seconds.
 */
export function identityBreaches(result: Pick<MeterResult, "usage" | "capacity">): IdentityBreach[] {
  const sums = new Map<
    string,
    { bucketAt: number; gpuModel: string; classesMilli: number; capacityMilli: number; overlapMilli: number }
  >();
  const at = (bucketAt: number, gpuModel: string) => {
    const key = `${bucketAt}/${gpuModel}`;
    let entry = sums.get(key);
    if (!entry) {
      entry = { bucketAt, gpuModel, classesMilli: 0, capacityMilli: 0, overlapMilli: 0 };
      sums.set(key, entry);
    }
    return entry;
  };
  for (const record of result.usage) {
    const entry = at(record.bucketAt, record.gpuModel);
    entry.classesMilli += sumOf(record.quantities, CLASSES, "milli");
  }
  for (const record of result.capacity) {
    const entry = at(record.bucketAt, record.gpuModel);
    entry.capacityMilli += record.capacityMilli;
    entry.overlapMilli += record.overlapMilli;
  }
  return [...sums.values()].filter((e) => e.classesMilli !== e.capacityMilli + e.overlapMilli);
}

/**
 * @throws AppError `internal` naming the first bucket that does not add up, or has a class below zero, which a sum
 * would hide; then nothing of the result may be stored.
 */
export function assertIdentity(result: Pick<MeterResult, "usage" | "capacity">): void {
  for (const { bucketAt, gpuModel, quantities } of result.usage)
    for (const c of CLASSES)
      if ((quantities[classProperty(c, "milli")] ?? 0) < 0)
        throw new AppError(
          "internal",
          `Metering found a negative quantity of ${c} at ${formatInstant(bucketAt)} for ${gpuModel || "no model"}. Nothing was written.`,
        );
  const [first] = identityBreaches(result);
  if (first)
    throw new AppError(
      "internal",
      `Metering does not add up at ${formatInstant(first.bucketAt)} for ${first.gpuModel || "no model"}: classes ${first.classesMilli}, capacity ${first.capacityMilli}, overlap ${first.overlapMilli} milli-GPU-seconds. Nothing was written.`,
    );
}
