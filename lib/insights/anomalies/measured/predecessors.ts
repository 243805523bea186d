import { ascending, knownOf, quantile, scoredBy } from "../detectors/baseline.ts";
import { type Detector, LEAST_HISTORY, type Scored } from "../types.ts";

/**
 * The three detectors of an earlier tool, as it had them: the day that is tested is part of its own baseline, which pulls the
 * baseline towards it. For comparison alone.
 */
function including(
  words: Pick<Detector, "id" | "title" | "about" | "threshold">,
  days: number,
  baseline: (values: readonly number[]) => { readonly expected: number; readonly spread: number },
): Detector {
  return {
    ...words,
    scores: (series, threshold = words.threshold) =>
      series.map((value, day): Scored | null => {
        if (value === null || knownOf(series.slice(0, day)).length < LEAST_HISTORY) return null;
        return scoredBy(value, baseline(knownOf(series.slice(Math.max(0, day + 1 - days), day + 1))), threshold);
      }),
  };
}

function meanAndDeviation(values: readonly number[]) {
  const expected = values.reduce((a, b) => a + b, 0) / values.length;
  const squares = values.reduce((sum, v) => sum + (v - expected) ** 2, 0);
  return { expected, spread: Math.sqrt(squares / values.length) };
}

export const PREDECESSORS: readonly Detector[] = [
  including(
    {
      id: "earlier-z",
      title: "Earlier tool: z-score",
      about: "Mean and standard deviation of 30 days, the tested one among them.",
      threshold: 3,
    },
    30,
    meanAndDeviation,
  ),
  including(
    {
      id: "earlier-iqr",
      title: "Earlier tool: interquartile range",
      about: "Quartiles of 30 days, the tested one among them.",
      threshold: 2,
    },
    30,
    (values) => {
      const sorted = ascending(values);
      const [low, high] = [quantile(sorted, 0.25), quantile(sorted, 0.75)];
      return { expected: (low + high) / 2, spread: high - low };
    },
  ),
  including(
    {
      id: "earlier-average",
      title: "Earlier tool: moving average",
      about: "Mean and standard deviation of 7 days, the tested one among them.",
      threshold: 2,
    },
    7,
    meanAndDeviation,
  ),
];
