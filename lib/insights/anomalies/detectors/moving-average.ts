import type { Detector } from "../types.ts";
import { scoreByBaseline } from "./baseline.ts";

const THRESHOLD = 3;
const DAYS = 7;

export const movingAverage: Detector = {
  id: "moving-average",
  title: "Moving average",
  about: "Distance from the mean of 7 days ÷ their standard deviation.",
  threshold: THRESHOLD,
  scores: (series, threshold = THRESHOLD) =>
    scoreByBaseline(series, threshold, (before) => {
      const last = before.slice(-DAYS);
      const expected = last.reduce((a, b) => a + b, 0) / last.length;
      const squares = last.reduce((sum, v) => sum + (v - expected) ** 2, 0);
      return { expected, spread: Math.sqrt(squares / (last.length - 1)) };
    }),
};
