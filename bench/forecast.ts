import { backtest, learnFactors, type NamedSeries } from "@/lib/forecast/backtest.ts";
import { NO_FACTORS } from "@/lib/forecast/calibrate.ts";
import { DEFAULT, PastFits } from "@/lib/forecast/choose.ts";
import { forecastAfter } from "@/lib/forecast/forecast.ts";
import { seasonalNaive } from "@/lib/forecast/methods/seasonal-naive.ts";
import type { Benchmark } from "./measure.ts";

const TEAMS = 40;
const DAYS = 190;
const LEARNING = { horizon: 14, every: 7, fromDay: 28, method: DEFAULT };
/** A month, a quarter and a year. */
const HORIZONS = [31, 92, 365];

/** Levels that shift, weekends of some teams, noise and a gap: always the same. */
function series(team: number): NamedSeries {
  let state = team * 2_654_435_761 + 1;
  const random = () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
  let level = 500 + 4000 * random();
  const values = Array.from({ length: DAYS }, (_, day) => {
    if (random() < 0.03) level *= 0.5 + random();
    if (random() < 0.02) return null;
    return level * (team % 3 === 0 && day % 7 > 4 ? 0.4 : 1) * (0.85 + 0.3 * random());
  });
  return { name: `team ${team}`, firstDay: 0, values };
}

/** Everything that a page of all teams calculates: the common factor, a choice of method each, and three horizons. */
function forecastAll(list: readonly NamedSeries[]): number {
  const factors = learnFactors(backtest(list, LEARNING), list) ?? NO_FACTORS;
  let days = 0;
  for (const { values } of list) {
    const past = new PastFits(values);
    for (const horizon of HORIZONS)
      if (!("tooLittle" in forecastAfter(past, values.length, horizon, factors))) days += horizon;
  }
  return days;
}

/** Seconds of processor time of `body`, with its result: what else runs on the machine is not in it. */
function cpuOf<T>(body: () => T): { seconds: number; result: T } {
  const before = process.cpuUsage();
  const result = body();
  const { user, system } = process.cpuUsage(before);
  return { seconds: (user + system) / 1e6, result };
}

export const forecast: Benchmark = {
  name: "forecast",
  what: "Forecast of every team",
  how: `${TEAMS} teams of ${DAYS} days: the factor of the bands learned from a backtest of all, the method of each chosen over its last 56 origins, and a month, quarter and year ahead. The ratio is to a backtest of the same series by the baseline alone.`,
  async run() {
    const list = Array.from({ length: TEAMS }, (_, i) => series(i + 1));
    forecastAll(list.slice(0, 3));
    const all = cpuOf(() => forecastAll(list));
    const naive = cpuOf(() => backtest(list, { ...LEARNING, every: 1, method: seasonalNaive }).length);
    return {
      figures: [
        {
          key: "teams_seconds",
          what: `${TEAMS} teams, three horizons each, of one core`,
          value: all.seconds,
          unit: "s",
        },
        {
          key: "against_baseline",
          what: "of a daily backtest by the baseline",
          value: all.seconds / naive.seconds,
          unit: "times",
        },
      ],
      notes: [`${all.result} days forecast; ${naive.result} origins of the baseline.`],
    };
  },
};
