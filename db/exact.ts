import type { AppError } from "@/lib/errors.ts";
import { tooLarge as tooLargeFor } from "@/lib/money.ts";

/** An integer of a database that a number does not hold exactly, in words. */
export const tooLarge = (digits: string): AppError => tooLargeFor(BigInt(digits));

/**
 * Parses a 64-bit integer that PostgreSQL sends as text.
 * @throws AppError `invalid` where a number does not hold it exactly: no digit is lost without a word.
 */
export function exactInteger(digits: string): number {
  const number = Number(digits);
  if (!Number.isSafeInteger(number)) throw tooLarge(digits);
  return number;
}

/** @throws AppError `invalid` for an integer among values to be stored that has lost digits. Fractions are of columns that hold them. */
export function needExact(values: readonly unknown[]): void {
  for (const value of values)
    if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value)) throw tooLargeFor(value);
}
