import type { Budget, BudgetStatus } from "./types.ts";

/** Chances of passing the budget from which on it is a warning, and critical. */
export const WARNING_CHANCE = 0.2;
export const CRITICAL_CHANCE = 0.5;

export interface StatusInput {
  readonly budgetMicros: number;
  readonly spentMicros: number;
  /** Days of the period that are over, and all of them. */
  readonly daysOver: number;
  readonly days: number;
  /** Null: there is no forecast. */
  readonly chance: number | null;
  readonly thresholds: Pick<Budget, "warningPercent" | "criticalPercent">;
}

/**
 * How a budget stands. `exceeded`: more is spent than budgeted. Else `critical` or `warning` where the share that is spent has
 * reached the threshold and is ahead of the calendar, or where the forecast passes the budget with a chance of 1 in 2 or 1 in 5.
 */
export function statusOf(of: StatusInput): BudgetStatus {
  const { budgetMicros, spentMicros, daysOver, days, chance, thresholds } = of;
  if (spentMicros > budgetMicros) return "exceeded";
  const [spent, budget] = [BigInt(spentMicros), BigInt(budgetMicros)];
  const isAhead = spent * BigInt(days) > budget * BigInt(daysOver);
  const reached = (percent: number) => isAhead && spent * 100n >= budget * BigInt(percent);
  if (reached(thresholds.criticalPercent) || (chance ?? 0) >= CRITICAL_CHANCE) return "critical";
  if (reached(thresholds.warningPercent) || (chance ?? 0) >= WARNING_CHANCE) return "warning";
  return "on_track";
}
