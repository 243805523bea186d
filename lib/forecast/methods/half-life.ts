import type { Method, Series } from "../types.ts";
import { flat, spread } from "./smoothing.ts";

const HALF_LIFE_DAYS = 2;
const KEPT_A_DAY = 0.5 ** (1 / HALF_LIFE_DAYS);

/** Days count half as much every two days, unknown days not at all; the weights sum to one. */
function weigh(history: Series) {
  let [sum, weight, squares, steps] = [0, 0, 0, 0];
  for (const value of history) {
    sum *= KEPT_A_DAY;
    weight *= KEPT_A_DAY;
    if (value === null) continue;
    if (weight > 0) {
      squares += (value - sum / weight) ** 2;
      steps++;
    }
    sum += value;
    weight += 1;
  }
  return weight > 0 && steps > 0 ? { level: sum / weight, sd: spread(squares, steps) } : null;
}

export const halfLife: Method = {
  id: "ewm2",
  title: "Weighted mean of recent days",
  about: "The mean of the history in which a day counts half as much every two days.",
  fit: (history) => {
    const mean = weigh(history);
    return mean && flat(mean.level, 1 - KEPT_A_DAY, mean.sd);
  },
};
