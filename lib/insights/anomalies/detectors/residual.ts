import { DEFAULT } from "@/lib/forecast/choose.ts";
import { type Detector, LEAST_HISTORY, type Scored } from "../types.ts";
import { robustSpread, scoredBy } from "./baseline.ts";

const THRESHOLD = 3;
/** One-step errors that the spread is taken from. */
const ERRORS = 56;
/** Days of history that the level follows from: older ones hardly move it. */
const HISTORY = 90;
/** A day moves the level as if it were at most so many spreads off: one spike does not make the next day unusual. */
const CLAMP = 3;

export const residual: Detector = {
  id: "residual",
  title: "Residual of the adaptive level",
  about: "The one-step error of the forecast ÷ the median size of its past errors; the level follows what shifts.",
  threshold: THRESHOLD,
  scores: (series, threshold = THRESHOLD) => {
    const out: (Scored | null)[] = [];
    const cleaned: (number | null)[] = [];
    const errors: number[] = [];
    let known = 0;
    for (const value of series) {
      const expected = value === null ? undefined : DEFAULT.fit(cleaned.slice(-HISTORY))?.path(1)[0];
      if (value === null || expected === undefined) {
        out.push(null);
        cleaned.push(value);
        if (value !== null) known++;
        continue;
      }
      const spread = errors.length > 0 ? robustSpread(errors.slice(-ERRORS), 0) : 0;
      const scored = scoredBy(value, { expected, spread }, CLAMP);
      const ready = known >= LEAST_HISTORY;
      out.push(ready ? scoredBy(value, { expected, spread }, threshold) : null);
      cleaned.push(ready ? Math.min(scored.upper, Math.max(scored.lower, value)) : value);
      errors.push(value - expected);
      known++;
    }
    return out;
  },
};
