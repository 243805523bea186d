import type { Detector } from "../types.ts";
import { medianOf, robustSpread, scoreByBaseline } from "./baseline.ts";

const THRESHOLD = 3.5;

export const robustZ: Detector = {
  id: "robust-z",
  title: "Robust z",
  about: "0.6745 × distance from the median of 28 days ÷ median absolute deviation.",
  threshold: THRESHOLD,
  scores: (series, threshold = THRESHOLD) =>
    scoreByBaseline(series, threshold, (before) => {
      const expected = medianOf(before);
      return { expected, spread: robustSpread(before, expected) };
    }),
};
