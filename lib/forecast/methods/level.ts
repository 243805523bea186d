import type { Method } from "../types.ts";
import { halfLife } from "./half-life.ts";
import { smoothing } from "./smoothing.ts";

/** The share of simple exponential smoothing in the mean, as measured (docs/decisions/0080-forecast-methods.md). */
const SMOOTHING = 0.75;
const mix = (a: number, b: number): number => SMOOTHING * a + (1 - SMOOTHING) * b;

export const level: Method = {
  id: "level",
  title: "Adaptive level",
  about: "Three parts simple exponential smoothing and one part the weighted mean of recent days.",
  fit: (history) => {
    const [a, b] = [smoothing.fit(history), halfLife.fit(history)];
    if (!a || !b) return null;
    return {
      path: (days) => {
        const other = b.path(days);
        return a.path(days).map((value, i) => mix(value, other[i] ?? value));
      },
      psi: (lag) => mix(a.psi(lag), b.psi(lag)),
      sd: a.sd,
    };
  },
};
