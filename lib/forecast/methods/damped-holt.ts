import type { Method, Series } from "../types.ts";
import { spread } from "./smoothing.ts";

const ALPHAS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
/** Of the level's factor, so that the trend never moves faster than the level. */
const BETAS = [0.05, 0.1, 0.2, 0.4];
const DAMPING = [0.8, 0.9, 0.98];

interface Holt {
  readonly level: number;
  readonly trend: number;
  readonly squares: number;
  readonly steps: number;
  readonly alpha: number;
  readonly beta: number;
  readonly phi: number;
}

/** Level and damped trend after a history. Over an unknown day both go on as they would without news. */
function run(history: Series, alpha: number, beta: number, phi: number): Holt | null {
  let level: number | null = null;
  let [trend, squares, steps] = [0, 0, 0];
  for (let i = 0; i < history.length; i++) {
    const value = history[i] ?? null;
    if (level === null) {
      level = value;
      continue;
    }
    const expected: number = level + phi * trend;
    trend *= phi;
    level = expected;
    if (value === null) continue;
    const error = value - expected;
    squares += error * error;
    steps++;
    level += alpha * error;
    trend += alpha * beta * error;
  }
  return level === null ? null : { level, trend, squares, steps, alpha, beta, phi };
}

/** φ + φ² + … + φ^n. */
const sumOfPowers = (phi: number, n: number): number => (phi * (1 - phi ** n)) / (1 - phi);

export const dampedHolt: Method = {
  id: "damped-holt",
  title: "Damped trend",
  about: "A level and a trend that fades (Holt); how fast both move follows from the history.",
  fit: (history) => {
    let best: Holt | null = null;
    for (const phi of DAMPING)
      for (const alpha of ALPHAS)
        for (const beta of BETAS) {
          const fit = run(history, alpha, beta, phi);
          if (fit && fit.steps > 0 && (best === null || fit.squares < best.squares)) best = fit;
        }
    if (!best) return null;
    const { level, trend, alpha, beta, phi, squares, steps } = best;
    return {
      path: (days) => Array.from({ length: days }, (_, i) => level + sumOfPowers(phi, i + 1) * trend),
      psi: (lag) => (lag === 0 ? 1 : alpha * (1 + beta * sumOfPowers(phi, lag))),
      sd: spread(squares, steps),
    };
  },
};
