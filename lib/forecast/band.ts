import type { Fit, Series } from "./types.ts";

/** Standard normal quantile that leaves 80 % in the middle. */
const Z80 = 1.2815515655446004;

/** What is expected of one day, or of several together, with the band that holds it in four of five cases. */
export interface Expected {
  readonly expected: number;
  readonly lower80: number;
  readonly upper80: number;
}

/**
 * Standard deviations of a forecast in closed form from the psi weights: of each day, and of the sum of days 1 … h. Errors of
 * days are correlated – a level that is wrong stays wrong – so that the sum is wider than independent days would make it:
 * for exponential smoothing s·√Σ(1 + (h − j)·α)².
 * @returns index 0 is the first day after the history; `sums[i]` is of the days 0 … i together.
 */
export function deviations({ psi, sd }: Fit, days: number): { readonly days: number[]; readonly sums: number[] } {
  const [each, sums]: [number[], number[]] = [[], []];
  let [square, weight, sumSquare] = [0, 0, 0];
  for (let lag = 0; lag < days; lag++) {
    const p = psi(lag);
    square += p * p;
    weight += p;
    sumSquare += weight * weight;
    each.push(sd * Math.sqrt(square));
    sums.push(sd * Math.sqrt(sumSquare));
  }
  return { days: each, sums };
}

/** The least that a forecast of a history may be: 0, but where days were below it, the lowest of them. */
export const floorOf = (history: Series): number => Math.min(0, ...history.filter((v) => v !== null));

/** The 80 % band around an expected value, not below `floor`. @param factor learned widening of the band (calibrate.ts). */
export const bandOf = (expected: number, deviation: number, factor: number, floor = 0): Expected => ({
  expected,
  lower80: Math.max(Math.min(floor, expected), expected - Z80 * factor * deviation),
  upper80: expected + Z80 * factor * deviation,
});

/** Winkler's score of an 80 % band: its width, and ten times what lies outside of it. Lower is better. */
export const winkler = ({ lower80, upper80 }: Omit<Expected, "expected">, actual: number): number =>
  upper80 - lower80 + (2 / 0.2) * (Math.max(0, lower80 - actual) + Math.max(0, actual - upper80));

/**
 * The probability that a normal value is above a limit. A deviation of 0 is certainty: 0 or 1 (1 only strictly above).
 * Abramowitz and Stegun 7.1.26: absolute error below 2e-7.
 */
export function chanceAbove(limit: number, expected: number, deviation: number): number {
  if (!(deviation > 0)) return expected > limit ? 1 : 0;
  const z = (limit - expected) / (deviation * Math.SQRT2);
  const t = 1 / (1 + 0.3275911 * Math.abs(z));
  const tail =
    0.5 *
    t *
    Math.exp(-z * z) *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return z >= 0 ? tail : 1 - tail;
}
