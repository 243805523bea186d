import { formatMoney, formatPercent, plural } from "@/components/format.ts";
import { Kpis } from "@/components/kpis.tsx";
import { Money } from "@/components/money.tsx";
import type { ScopeOutlook } from "@/lib/budgets/outlooks.ts";
import { chanceText, dayRangeText, dayText, noForecast, STATUS_WORDS } from "@/lib/budgets/words.ts";

/** How long a budget lasts: up to the day that the chart marks. */
function lastsText({ passedOn, daysLeft, breach }: NonNullable<ScopeOutlook["budget"]>, isKnown: boolean): string {
  if (passedOn !== null) return "the budget is used up";
  if (daysLeft === null || !breach?.middleDay) return isKnown ? "lasts to the end" : "";
  const when = daysLeft === 0 ? "today" : `in ${plural(daysLeft, "day")}`;
  return `used up ${when}, about ${dayText(breach.middleDay)}`;
}

/** How a budget stands, at a glance. */
export function BudgetKpis({ view, currency }: { view: ScopeOutlook; currency: string }) {
  const { outlook, budget, budgeted } = view;
  const { end } = outlook;
  const money = (micros: number) => formatMoney(Math.round(micros), currency);
  const isPart = budgeted.micros !== null && budgeted.days < budgeted.of;
  return (
    <Kpis
      items={[
        {
          label: "Spent",
          value: <Money headline micros={outlook.spentMicros} currency={currency} />,
          note: `${outlook.daysOver} of ${outlook.days} days are over${outlook.burnMicros === null ? "" : `, ${money(outlook.burnMicros)} a day`}`,
        },
        {
          label: "Budget",
          value: budget ? <Money micros={budget.totalMicros} currency={currency} /> : "No budget",
          note: [
            budget?.carriedMicros ? `${money(budget.carriedMicros)} carried over` : "",
            isPart ? `for ${budgeted.days} of ${budgeted.of} days` : "",
          ]
            .filter(Boolean)
            .join(", "),
        },
        {
          label: "Left",
          value: <Money headline micros={budget?.leftMicros ?? null} currency={currency} why="No budget is set" />,
          note: budget ? `${formatPercent(budget.usedPercent)} used` : "",
        },
        {
          label: "Expected at the end",
          value: (
            <Money headline micros={end ? Math.round(end.expected) : null} currency={currency} why="Too little data" />
          ),
          note: end ? `${money(end.lower80)} to ${money(end.upper80)}, 4 in 5` : noForecast(outlook.forecast),
        },
        {
          label: "Chance to pass it",
          value: budget?.passedOn ? "Passed" : budget?.breach ? chanceText(budget.breach.chance) : "–",
          note:
            budget?.breach?.fromDay && budget.breach.throughDay
              ? `about ${dayRangeText(budget.breach.fromDay, budget.breach.throughDay)}`
              : budget?.passedOn
                ? `on ${dayText(budget.passedOn)}`
                : "",
        },
        {
          label: "Status",
          value: budget ? STATUS_WORDS[budget.status] : "–",
          note: budget && lastsText(budget, end !== null),
        },
      ]}
    />
  );
}
