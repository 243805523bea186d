import { chanceAbove } from "@/lib/forecast/band.ts";

/** What is expected up to the end of each day to come. */
export interface Ahead {
  readonly day: number;
  /** Expected total from the start of the budget's period up to the end of this day, in micro-units. */
  readonly expected: number;
  /** Standard deviation of it. */
  readonly deviation: number;
}

/** When and how probably a budget is passed. Days are keys. */
export interface Breach {
  /** Probability that the total is above the budget at the end of the period, 0 to 1. */
  readonly chance: number;
  /** If it is passed: the day of the middle, and the days between which it falls in four of five cases. Null: chance below 1 in 20. */
  readonly fromDay: number | null;
  readonly middleDay: number | null;
  readonly throughDay: number | null;
}

/** Chances below it have no date. */
export const LEAST_CHANCE = 0.05;
/** From this chance on a budget will be passed, as far as anybody can say, and is used up on the middle day. */
export const LIKELY_CHANCE = 0.5;

/**
 * The chance that a budget is passed, and the days on which that would be. Cost only adds up: the chance that it was passed by
 * a day never falls again. @param ahead every day to come of the period, in order; empty: none is left.
 */
export function breachOf(ahead: readonly Ahead[], budgetMicros: number): Breach {
  let most = 0;
  const by = ahead.map(({ day, expected, deviation }) => {
    most = Math.max(most, chanceAbove(budgetMicros, expected, deviation));
    return { day, chance: most };
  });
  const chance = most;
  if (chance < LEAST_CHANCE) return { chance, fromDay: null, middleDay: null, throughDay: null };
  const dayOf = (share: number) => by.find((b) => b.chance >= share * chance)?.day ?? null;
  return { chance, fromDay: dayOf(0.1), middleDay: dayOf(0.5), throughDay: dayOf(0.9) };
}
