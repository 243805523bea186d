import { BandFactor } from "./calibrate.ts";
import { PastFits } from "./choose.ts";
import { type Forecast, forecastAfter, isForecast } from "./forecast.ts";
import type { Method, Series } from "./types.ts";

/** A series with the place of its first day on a time line that all series of one backtest share. */
export interface NamedSeries {
  readonly name: string;
  /** Any whole number of days; 0 where series have no common time line. */
  readonly firstDay: number;
  readonly values: Series;
}

export interface BacktestPlan {
  /** Days ahead. */
  readonly horizon: number;
  /** Days between origins. */
  readonly every: number;
  /** Days of history before the first origin of each series. */
  readonly fromDay: number;
  /** One method for all; absent: as the product would have chosen at each origin. */
  readonly method?: Method;
}

/** What would have been forecast at one moment of the past, from the days before it alone. */
export interface PastForecast {
  /** Index of the series, and how many of its days were known: the index of the first day forecast. */
  readonly series: number;
  readonly origin: number;
  /** What then came; null where it is unknown. */
  readonly actual: Series;
  /** Null: too little data. */
  readonly forecast: Forecast | null;
}

/**
 * Rolling-origin backtest: at every origin whose whole horizon lies within the series, a forecast from the days before it.
 * The factor of the bands is learned on the way, at each origin only from those whose horizon was over by then.
 * @returns in the order of series, then of origins.
 */
export function backtest(list: readonly NamedSeries[], plan: BacktestPlan): PastForecast[] {
  const { horizon, every, fromDay, method } = plan;
  const origins = list.flatMap(({ firstDay, values }, series) => {
    const out: { series: number; origin: number; at: number }[] = [];
    for (let origin = fromDay; origin + horizon <= values.length; origin += every)
      out.push({ series, origin, at: firstDay + origin });
    return out;
  });
  origins.sort((a, b) => a.at - b.at || a.series - b.series);
  const pasts = list.map(({ values }) => new PastFits(values));
  const factors = { day: new BandFactor(), total: new BandFactor() };
  const done: { readonly until: number; readonly past: PastForecast }[] = [];
  let learned = 0;
  const out: PastForecast[] = [];
  for (const { series, origin, at } of origins) {
    for (let next = done[learned]; next && next.until <= at; next = done[++learned]) learn(factors, next.past);
    const past = pasts[series];
    if (!past) continue;
    const now = { day: factors.day.value, total: factors.total.value };
    const forecast = forecastAfter(past, origin, horizon, now, method);
    const actual = past.series.slice(origin, origin + horizon);
    const entry = { series, origin, actual, forecast: isForecast(forecast) ? forecast : null };
    done.push({ until: at + horizon, past: entry });
    out.push(entry);
  }
  return out.sort((a, b) => a.series - b.series || a.origin - b.origin);
}

/** Whether days, and their sum where all are known, were outside of their bands. */
function learn({ day, total }: { day: BandFactor; total: BandFactor }, { forecast, actual }: PastForecast): void {
  if (!forecast) return;
  actual.forEach((value, i) => {
    const band = forecast.days[i];
    if (value !== null && band) day.learn(value < band.lower80 || value > band.upper80, 1 / actual.length);
  });
  const sum = sumKnown(actual);
  const band = forecast.sums.at(-1);
  if (sum !== null && band) total.learn(sum < band.lower80 || sum > band.upper80);
}

/** The sum of days; null where one is unknown. */
export function sumKnown(days: Series): number | null {
  let sum = 0;
  for (const value of days) {
    if (value === null) return null;
    sum += value;
  }
  return sum;
}

/** The factors that a backtest ends with: for the forecast of today. */
export function learnFactors(pasts: readonly PastForecast[], list: readonly NamedSeries[]) {
  const factors = { day: new BandFactor(), total: new BandFactor() };
  const firstDay = (p: PastForecast) => (list[p.series]?.firstDay ?? 0) + p.origin;
  for (const past of [...pasts].sort((a, b) => firstDay(a) - firstDay(b) || a.series - b.series)) learn(factors, past);
  return { day: factors.day.value, total: factors.total.value };
}
