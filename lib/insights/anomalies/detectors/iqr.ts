import type { Detector, Scored } from "../types.ts";
import { ascending, quantile, scoreByBaseline } from "./baseline.ts";

const THRESHOLD = 1.5;

export const iqr: Detector = {
  id: "iqr",
  title: "Interquartile range",
  about: "Distance beyond the quartiles of 28 days ÷ the range between them.",
  threshold: THRESHOLD,
  scores: (series, threshold = THRESHOLD) => {
    // Distance from the middle of the quartiles in ranges is half a range more than the distance beyond them.
    const beyond = (scored: Scored | null): Scored | null =>
      scored && { ...scored, score: Math.max(0, scored.score - 0.5) };
    return scoreByBaseline(series, threshold + 0.5, (before) => {
      const sorted = ascending(before);
      const [low, high] = [quantile(sorted, 0.25), quantile(sorted, 0.75)];
      return { expected: (low + high) / 2, spread: high - low };
    }).map(beyond);
  },
};
