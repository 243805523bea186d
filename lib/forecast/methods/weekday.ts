import type { Method, Series } from "../types.ts";
import { level } from "./level.ts";

const WEEK = 7;
const WEEKS_USED = 8;
/** A weekday seen n times counts n / (n + 4) of what it deviates: few weeks prove little. */
const SHRINK = 4;

/** How each weekday (by index mod 7) deviates from the mean of the week around it; sums to 0. Null: under three weeks. */
export function weekdayDeviations(history: Series): number[] | null {
  const sums = Array.from({ length: WEEK }, () => ({ sum: 0, n: 0 }));
  for (let i = Math.max(3, history.length - WEEKS_USED * WEEK); i < history.length - 3; i++) {
    const value = history[i];
    if (value === null || value === undefined) continue;
    const around = history.slice(i - 3, i + 4).filter((v) => v !== null);
    if (around.length < WEEK) continue;
    const bin = sums[i % WEEK];
    if (!bin) continue;
    bin.sum += value - around.reduce((a, b) => a + b, 0) / WEEK;
    bin.n++;
  }
  if (sums.some((s) => s.n < 2)) return null;
  const shrunk = sums.map(({ sum, n }) => sum / (n + SHRINK));
  const mean = shrunk.reduce((a, b) => a + b, 0) / WEEK;
  return shrunk.map((d) => d - mean);
}

export const weekday: Method = {
  id: "weekday-level",
  title: "Adaptive level with weekdays",
  about: "The adaptive level of the series without its weekly pattern, and the pattern added again.",
  fit: (history) => {
    const deviations = weekdayDeviations(history);
    const rest = deviations && level.fit(history.map((v, i) => (v === null ? null : v - (deviations[i % WEEK] ?? 0))));
    if (!rest) return null;
    return {
      ...rest,
      path: (days) => rest.path(days).map((v, i) => v + (deviations[(history.length + i) % WEEK] ?? 0)),
    };
  },
};
