import type { Method } from "../types.ts";
import { spread } from "./smoothing.ts";

const WEEK = 7;

export const seasonalNaive: Method = {
  id: "seasonal-naive",
  title: "Same day last week",
  about: "Each weekday as it was the last time that it is known: the baseline that the others are measured against.",
  fit: (history) => {
    const week: (number | null)[] = Array.from({ length: WEEK }, () => null);
    let [squares, steps] = [0, 0];
    history.forEach((value, i) => {
      if (value === null) return;
      const before = week[i % WEEK];
      if (before !== null && before !== undefined) {
        squares += (value - before) ** 2;
        steps++;
      }
      week[i % WEEK] = value;
    });
    if (week.includes(null) || steps === 0) return null;
    return {
      path: (days) => Array.from({ length: days }, (_, i) => week[(history.length + i) % WEEK] ?? 0),
      psi: (lag) => (lag % WEEK === 0 ? 1 : 0),
      sd: spread(squares, steps),
    };
  },
};
