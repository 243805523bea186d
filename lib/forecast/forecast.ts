import { bandOf, deviations, type Expected, floorOf } from "./band.ts";
import { type Factors, NO_FACTORS } from "./calibrate.ts";
import { type Choice, chooseMethod, LEAST_DAYS, PastFits } from "./choose.ts";
import type { Method, Series } from "./types.ts";

/** What comes after a history: each day with its band, and sums of days with theirs. */
export interface Forecast {
  readonly choice: Choice;
  readonly method: Method;
  /** Index 0 is the day after the history. */
  readonly days: readonly Expected[];
  /** `sums[i]`: the days 0 … i together. Its band is narrower than the bands of its days added up. */
  readonly sums: readonly Expected[];
  /** Standard deviation of each sum, the learned factor in it: what chances are calculated with. */
  readonly sumDeviations: readonly number[];
}

/** Why there is no forecast. */
export interface TooLittle {
  readonly tooLittle: true;
  /** Days known, and needed. */
  readonly known: number;
  readonly needed: number;
}

export const isForecast = (f: Forecast | TooLittle): f is Forecast => !("tooLittle" in f);

/**
 * The next days of a series from its first `days` days; later ones are not looked at.
 * @param horizon days ahead, at least 1. @param factors learned from other origins (calibrate.ts).
 * @param method instead of the one that the series' own past favours.
 */
export function forecastAfter(
  past: PastFits,
  days: number,
  horizon: number,
  factors: Factors = NO_FACTORS,
  method?: Method,
): Forecast | TooLittle {
  const history = past.series.slice(0, days);
  const known = history.filter((v) => v !== null).length;
  const tooLittle = { tooLittle: true, known, needed: LEAST_DAYS } as const;
  if (known < LEAST_DAYS) return tooLittle;
  const choice = method ? { method, errors: [] } : chooseMethod(past, days, horizon);
  const fit = past.at(choice.method, days);
  if (!fit) return tooLittle;
  const floor = floorOf(history);
  const path = fit.path(horizon).map((value) => Math.max(floor, value));
  const sd = deviations(fit, horizon);
  let sum = 0;
  const sums = path.map((value, i) => {
    sum += value;
    return bandOf(sum, sd.sums[i] ?? 0, factors.total, floor * (i + 1));
  });
  return {
    choice,
    method: choice.method,
    days: path.map((value, i) => bandOf(value, sd.days[i] ?? 0, factors.day, floor)),
    sums,
    sumDeviations: sd.sums.map((deviation) => deviation * factors.total),
  };
}

/** The next days of a whole series. */
export const forecastSeries = (series: Series, horizon: number, factors?: Factors): Forecast | TooLittle =>
  forecastAfter(new PastFits(series), series.length, horizon, factors);
