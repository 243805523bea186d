import type { Method, Series } from "../types.ts";
import { bestSmoothing, spread } from "./smoothing.ts";

/** Slope of the least-squares line through the known days; 0 where fewer than two are known. */
export function slopeOf(history: Series): number {
  let [n, x, y, xx, xy] = [0, 0, 0, 0, 0];
  history.forEach((value, i) => {
    if (value === null) return;
    n++;
    x += i;
    y += value;
    xx += i * i;
    xy += i * value;
  });
  const d = n * xx - x * x;
  return d > 0 ? (n * xy - x * y) / d : 0;
}

export const theta: Method = {
  id: "theta",
  title: "Theta",
  about: "Simple exponential smoothing with half the slope of the long-term line added.",
  fit: (history) => {
    const smoothed = bestSmoothing(history);
    if (!smoothed || smoothed.steps === 0) return null;
    const { alpha, level, squares, steps } = smoothed;
    const drift = slopeOf(history) / 2;
    // The smoothed level lags behind a line by (1 − (1 − α)^n) / α days.
    const lag = (1 - (1 - alpha) ** history.length) / alpha;
    return {
      path: (days) => Array.from({ length: days }, (_, i) => level + drift * (i + lag)),
      psi: (l) => (l === 0 ? 1 : alpha),
      sd: spread(squares, steps),
    };
  },
};
