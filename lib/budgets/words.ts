import { isForecast } from "@/lib/forecast/forecast.ts";
import { formatMoney } from "@/lib/format.ts";
import { addDays, dateOfKey } from "@/lib/time.ts";
import { LIKELY_CHANCE } from "./breach.ts";
import type { BudgetsSet } from "./changes.ts";
import type { BudgetOutlook, Outlook } from "./outlook.ts";
import { WARNING_CHANCE } from "./status.ts";
import type { BudgetStatus } from "./types.ts";

export const STATUS_WORDS: Readonly<Record<BudgetStatus, string>> = {
  on_track: "On track",
  warning: "Warning",
  critical: "Critical",
  exceeded: "Exceeded",
};

const parts = (day: number, shape: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat("en-GB", { ...shape, timeZone: "UTC" }).format(new Date(`${dateOfKey(day)}T00:00:00Z`));

/** A day key as `19 December`. */
export const dayText = (day: number): string => parts(day, { day: "numeric", month: "long" });

/** Two days, both inclusive: `19–24 December`, `29 November – 3 December`, `19 December` where they are the same. */
export function dayRangeText(from: number, through: number): string {
  if (from === through) return dayText(from);
  const sameMonth = Math.floor(from / 100) === Math.floor(through / 100);
  return sameMonth ? `${from % 100}–${dayText(through)}` : `${dayText(from)} – ${dayText(through)}`;
}

/** A probability as people say it: `7 in 10`. Never 0 or 10 in 10: a forecast is not certain. */
export function chanceText(chance: number): string {
  if (chance < 0.05) return "less than 1 in 20";
  if (chance >= 0.95) return "more than 19 in 20";
  return `${Math.min(9, Math.max(1, Math.round(chance * 10)))} in 10`;
}

/** What a reader has to know first, in one sentence. @param budget null: no budget. */
export function sentenceOf(name: string, outlook: Outlook, budget: BudgetOutlook | null, currency: string): string {
  const money = (micros: number) => formatMoney(Math.round(micros), currency);
  const { end, span, forecast } = outlook;
  const lastDay = addDays(span.untilDay, -1);
  if (!budget) {
    const none = `${name} has no budget.`;
    return end
      ? `${none} It is expected to come to ${money(end.expected)} by ${dayText(lastDay)}.`
      : `${none} ${noForecast(forecast)}`;
  }
  if (budget.passedOn !== null)
    return `${name} passed its budget on ${dayText(budget.passedOn)}: ${money(outlook.spentMicros)} of ${money(budget.totalMicros)} is spent.`;
  const { breach } = budget;
  if (!breach)
    return `${name} has spent ${money(outlook.spentMicros)} of ${money(budget.totalMicros)}. ${end ? "" : noForecast(forecast)}`.trim();
  const { chance, fromDay, throughDay } = breach;
  if (chance < WARNING_CHANCE || fromDay === null || throughDay === null)
    return `${name} stays within its budget, ${chanceText(1 - chance)}.`;
  return `${name} ${chance >= LIKELY_CHANCE ? "will" : "may"} pass its budget about ${dayRangeText(fromDay, throughDay)}, ${chanceText(chance)}.`;
}

/** What became of budgets that were set: `3 added, 2 replaced, 1 unchanged`; what did not happen is not said. */
export function setText({ added, replaced, unchanged }: Omit<BudgetsSet, "budgets">): string {
  const parts = [added && `${added} added`, replaced && `${replaced} replaced`, unchanged && `${unchanged} unchanged`];
  return parts.filter(Boolean).join(", ");
}

/** Why there is no forecast. */
export const noForecast = (forecast: Outlook["forecast"]): string =>
  forecast && !isForecast(forecast)
    ? `Too little data for a forecast: ${forecast.known} of ${forecast.needed} days are known.`
    : "There is no forecast.";
