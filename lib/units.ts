/**
 * Quantities are integers with the unit in their name (docs/domain.md).
 *
 * milli-GPU-seconds, milli-core-seconds and MiB-seconds stay below 2^53 for any bucket a cluster can fill:
 * 100,000 GPUs for one hour are 3.6e11 milli-GPU-seconds. Sums over years are safe too (3e15 for a year of the same).
 */
export const MIB = 1024 * 1024;
export const SECONDS_PER_HOUR = 3600;
const MILLI_GPU_SECONDS_PER_GPU_HOUR = 3_600_000n;

/** Milli-GPU-seconds as GPU-hours, for charts and ratios only: a float. */
export function gpuHours(milliGpuSeconds: number): number {
  return milliGpuSeconds / 3_600_000;
}

/** `numerator / denominator` as a decimal string with `decimals` places, rounded half to even, exactly. */
export function divideToDecimal(numerator: bigint, denominator: bigint, decimals: number): string {
  const scale = 10n ** BigInt(decimals);
  const negative = numerator < 0n;
  const n = (negative ? -numerator : numerator) * scale;
  let quotient = n / denominator;
  const twice = (n % denominator) * 2n;
  if (twice > denominator || (twice === denominator && quotient % 2n === 1n)) quotient += 1n;
  const text = quotient.toString().padStart(decimals + 1, "0");
  const body = decimals === 0 ? text : `${text.slice(0, -decimals)}.${text.slice(-decimals)}`;
  return negative && quotient !== 0n ? `-${body}` : body;
}

/** Milli-GPU-seconds as an exact decimal string of GPU-hours, six places by default, half to even. */
export function gpuHoursDecimal(milliGpuSeconds: number | bigint, decimals = 6): string {
  return divideToDecimal(BigInt(milliGpuSeconds), MILLI_GPU_SECONDS_PER_GPU_HOUR, decimals);
}

/** `part / whole` as a percentage, or null when there is no whole: unknown is never zero. */
export function percentOf(part: number, whole: number): number | null {
  return whole > 0 ? (100 * part) / whole : null;
}
