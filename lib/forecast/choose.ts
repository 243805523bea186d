import { dampedHolt } from "./methods/damped-holt.ts";
import { halfLife } from "./methods/half-life.ts";
import { level } from "./methods/level.ts";
import { smoothing } from "./methods/smoothing.ts";
import { theta } from "./methods/theta.ts";
import { weekday } from "./methods/weekday.ts";
import type { Fit, Method, Series } from "./types.ts";

/** Known days needed before there is a forecast at all. */
export const LEAST_DAYS = 7;
/** The method where no other proves better. */
export const DEFAULT = level;
/**
 * Others, each with the share by which its own backtest has to win against the default. A trend has to win clearly: most that
 * look like one end within the month (docs/decisions/0080-forecast-methods.md).
 */
export const CHALLENGERS: readonly { readonly method: Method; readonly margin: number }[] = [
  { method: smoothing, margin: 0.03 },
  { method: halfLife, margin: 0.03 },
  { method: weekday, margin: 0.03 },
  { method: theta, margin: 0.3 },
  { method: dampedHolt, margin: 0.3 },
];
/** Of a series' own past: origins looked back at, and how many have to be there for a choice. */
const ORIGINS = 56;
const LEAST_ORIGINS = 14;
const FIRST_ORIGIN = 21;

/** Fits of one series after each of its days, each calculated once: backtests ask for the same ones again and again. */
export class PastFits {
  readonly series: Series;
  private readonly kept = new Map<Method, (Fit | null | undefined)[]>();
  constructor(series: Series) {
    this.series = series;
  }
  /** The fit of a method to the first `days` days. */
  at(method: Method, days: number): Fit | null {
    const list = this.kept.get(method) ?? [];
    this.kept.set(method, list);
    const kept = list[days];
    const fit = kept === undefined ? method.fit(this.series.slice(0, days)) : kept;
    list[days] = fit;
    return fit;
  }
}

/** Every method that a choice asks for. */
const ASKED: readonly Method[] = [DEFAULT, ...CHALLENGERS.map(({ method }) => method)];

/** Fits every method to the past after each of its days that a choice may look back at, one step at a time: for a caller that gives way in between. */
export function* fitPast(past: PastFits): Generator<void> {
  for (let days = FIRST_ORIGIN; days <= past.series.length; days++)
    for (const method of ASKED) {
      past.at(method, days);
      yield;
    }
}

/** Which method a history gets, and why. */
export interface Choice {
  readonly method: Method;
  /** Mean absolute error of a day over the backtest, by method that took part; empty: too few origins for one. */
  readonly errors: readonly { readonly method: Method; readonly error: number; readonly origins: number }[];
}

/** Mean absolute error of days over origins of the past; null where the method could not forecast at each. */
function pastError(past: PastFits, method: Method, origins: readonly number[], horizon: number, until: number) {
  let [sum, n] = [0, 0];
  for (const origin of origins) {
    const path = past.at(method, origin)?.path(horizon);
    if (!path) return null;
    for (let i = 0; i < horizon && origin + i < until; i++) {
      const actual = past.series[origin + i];
      if (actual === null || actual === undefined) continue;
      sum += Math.abs(actual - (path[i] ?? 0));
      n++;
    }
  }
  return n > 0 ? sum / n : null;
}

/**
 * The method for the first `days` days of a series: the default, unless a challenger had a smaller error by its margin over the
 * last origins. Only those days are looked at. @param horizon days ahead that the choice is for.
 */
export function chooseMethod(past: PastFits, days: number, horizon: number): Choice {
  const origins: number[] = [];
  for (let o = Math.max(FIRST_ORIGIN, days - horizon - ORIGINS + 1); o <= days - horizon; o++) origins.push(o);
  if (origins.length < LEAST_ORIGINS) return { method: DEFAULT, errors: [] };
  const own = pastError(past, DEFAULT, origins, horizon, days);
  if (own === null) return { method: DEFAULT, errors: [] };
  const errors = [{ method: DEFAULT, error: own, origins: origins.length }];
  let best: { method: Method; error: number } = { method: DEFAULT, error: own };
  for (const { method, margin } of CHALLENGERS) {
    const error = pastError(past, method, origins, horizon, days);
    if (error === null) continue;
    errors.push({ method, error, origins: origins.length });
    if (error < own * (1 - margin) && error < best.error) best = { method, error };
  }
  return { method: best.method, errors };
}
