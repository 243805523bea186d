import type { Fit, Method, Series } from "../types.ts";

/** Smoothing factors tried: 0.05, 0.10 … 1. */
export const ALPHAS: readonly number[] = Array.from({ length: 20 }, (_, i) => (i + 1) / 20);

/** One-step errors of the first known days depend on the start, not on the factor: they do not count. */
const RUN_IN = 7;

/** A history after simple exponential smoothing. */
export interface Smoothed {
  readonly alpha: number;
  readonly level: number;
  /** Sum of squared one-step errors, and of how many; those of the first known days left out where others remain. */
  readonly squares: number;
  readonly steps: number;
}

/**
 * The level after a history: level ← level + alpha × (value − level), from the first known value on. Unknown days are
 * passed over: the level stays as it was. Null: no known day.
 */
export function smooth(history: Series, alpha: number): Smoothed | null {
  let level: number | null = null;
  let [squares, steps, known] = [0, 0, 0];
  for (const value of history) {
    if (value === null) continue;
    if (level === null) {
      level = value;
      continue;
    }
    if (++known === RUN_IN) [squares, steps] = [0, 0];
    const error = value - level;
    squares += error * error;
    steps++;
    level += alpha * error;
  }
  return level === null ? null : { alpha, level, squares, steps };
}

/** Smoothing with the factor of the grid that has the least one-step squares; the smaller factor where two are equal. */
export function bestSmoothing(history: Series): Smoothed | null {
  let best: Smoothed | null = null;
  for (const alpha of ALPHAS) {
    const fit = smooth(history, alpha);
    if (fit && (best === null || fit.squares < best.squares)) best = fit;
  }
  return best;
}

/** Root mean square of one-step errors. */
export const spread = (squares: number, steps: number): number => (steps > 0 ? Math.sqrt(squares / steps) : 0);

/** A flat forecast at a level whose surprises stay with the share `alpha`. */
export const flat = (level: number, alpha: number, sd: number): Fit => ({
  path: (days) => Array.from({ length: days }, () => level),
  psi: (lag) => (lag === 0 ? 1 : alpha),
  sd,
});

export const smoothing: Method = {
  id: "ses",
  title: "Simple exponential smoothing",
  about: "A level that moves towards each new day; how fast follows from the history.",
  fit: (history) => {
    const best = bestSmoothing(history);
    return best && best.steps > 0 ? flat(best.level, best.alpha, spread(best.squares, best.steps)) : null;
  },
};
