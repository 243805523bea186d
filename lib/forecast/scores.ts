import { type NamedSeries, type PastForecast, sumKnown } from "./backtest.ts";
import { winkler } from "./band.ts";
import type { Series } from "./types.ts";

const WEEK = 7;

/** Mean absolute difference of days a week apart: what MASE divides by. Null: no two such days, or they never differ. */
export function weeklyScale(history: Series): number | null {
  let [sum, n] = [0, 0];
  for (let i = WEEK; i < history.length; i++) {
    const [a, b] = [history[i], history[i - WEEK]];
    if (a === null || a === undefined || b === null || b === undefined) continue;
    sum += Math.abs(a - b);
    n++;
  }
  return sum > 0 ? sum / n : null;
}

/** How good forecasts of the past were; null where there is nothing to say it of. */
export interface Scores {
  readonly origins: number;
  /** Mean over origins of the mean absolute error of days ÷ weekly differences of the history before. */
  readonly mase: number | null;
  /** Σ |forecast − actual| ÷ Σ actual of the sums over the horizon. */
  readonly wape: number | null;
  /** Share of days, and of sums, that were within their 80 % band, 0 to 1. */
  readonly dayCoverage: number | null;
  readonly totalCoverage: number | null;
  /** Mean Winkler score of the sums ÷ (weekly differences × days). */
  readonly winkler: number | null;
}

class Mean {
  private sum = 0;
  private n = 0;
  add(value: number): void {
    this.sum += value;
    this.n++;
  }
  get(): number | null {
    return this.n > 0 ? this.sum / this.n : null;
  }
}

/** Scores of past forecasts together. Unknown days are left out; sums with an unknown day too. */
export function scoresOf(pasts: readonly PastForecast[], list: readonly NamedSeries[]): Scores {
  const [mase, dayCoverage, totalCoverage, score] = [new Mean(), new Mean(), new Mean(), new Mean()];
  let [off, whole, origins] = [0, 0, 0];
  for (const { series, origin, actual, forecast } of pasts) {
    if (!forecast) continue;
    origins++;
    const errors = new Mean();
    actual.forEach((value, i) => {
      const day = forecast.days[i];
      if (value === null || !day) return;
      errors.add(Math.abs(value - day.expected));
      dayCoverage.add(Number(value >= day.lower80 && value <= day.upper80));
    });
    const scale = weeklyScale((list[series]?.values ?? []).slice(0, origin));
    const error = errors.get();
    if (scale !== null && error !== null) mase.add(error / scale);
    const [sum, total] = [sumKnown(actual), forecast.sums.at(-1)];
    if (sum === null || !total) continue;
    off += Math.abs(sum - total.expected);
    whole += Math.abs(sum);
    totalCoverage.add(Number(sum >= total.lower80 && sum <= total.upper80));
    if (scale !== null) score.add(winkler(total, sum) / (scale * actual.length));
  }
  return {
    origins,
    mase: mase.get(),
    wape: whole > 0 ? off / whole : null,
    dayCoverage: dayCoverage.get(),
    totalCoverage: totalCoverage.get(),
    winkler: score.get(),
  };
}
