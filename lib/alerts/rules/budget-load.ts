import { loadOutlooks, type ScopeOutlook } from "@/lib/budgets/outlooks.ts";
import { scopeId } from "@/lib/budgets/types.ts";
import { STATUS_WORDS, sentenceOf } from "@/lib/budgets/words.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { formatMoney, formatPercent } from "@/lib/format.ts";
import { addDays, dateOfKey } from "@/lib/time.ts";
import type { Condition } from "./rule.ts";

type Budgeted = ScopeOutlook & { readonly budget: NonNullable<ScopeOutlook["budget"]> };

/** Scopes that have a budget now: of one team, or (0) all. */
export async function listBudgeted(ctx: Ctx, teamKey: number): Promise<Budgeted[]> {
  const scopes = teamKey ? [{ kind: "team" as const, value: String(teamKey) }] : undefined;
  const all = await loadOutlooks(ctx, { scopes });
  return all.filter((one): one is Budgeted => one.budget !== null);
}

/** What every message about a budget says: its scope and period are the subject, so that it is one event for each period. */
export function budgetCondition({ scope, name, outlook, budget }: Budgeted, currency: string): Condition {
  const money = (micros: number) => formatMoney(Math.round(micros), currency);
  const { span, spentMicros, end } = outlook;
  const sums = new Map([
    ...outlook.past.map((d) => [d.day, d.micros] as const),
    ...outlook.ahead.map((d) => [d.day, d.expected] as const),
  ]);
  const days = [...sums.keys()].sort((a, b) => a - b).slice(0, 120);
  return {
    subject: `${scopeId(scope)}/${span.fromDay}`.slice(0, 200),
    teamKey: scope.kind === "team" ? Number(scope.value) : 0,
    title: sentenceOf(name, outlook, budget, currency),
    summary: `${money(spentMicros)} of ${money(budget.totalMicros)} is spent, from ${dateOfKey(span.fromDay)} to ${dateOfKey(addDays(span.untilDay, -1))}.`,
    facts: [
      { label: "Status", value: STATUS_WORDS[budget.status] },
      {
        label: "Spent",
        value: `${money(spentMicros)}${budget.usedPercent === null ? "" : ` (${formatPercent(budget.usedPercent)})`}`,
      },
      { label: "Budget", value: money(budget.totalMicros) },
      ...(end ? [{ label: "Expected at the end", value: money(end.expected) }] : []),
    ],
    link: `/budgets/${encodeURIComponent(scopeId(scope))}`,
    chart: {
      title: `${name}: cost so far and expected, against the budget`,
      points: days.map((day) => ({ label: dateOfKey(day), value: (sums.get(day) ?? 0) / 1e6 })),
      limit: budget.totalMicros / 1e6,
    },
  };
}
