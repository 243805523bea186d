import { loadOutlooks, loadPastOutlooks, type ScopeOutlook } from "@/lib/budgets/outlooks.ts";
import { scopeId } from "@/lib/budgets/types.ts";
import { STATUS_WORDS, sentenceOf } from "@/lib/budgets/words.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { formatMoney, formatPercent } from "@/lib/format.ts";
import { addDays, dateOf, dateOfKey, dayKey, dayOfKey, daysBetween, type Instant, type Interval } from "@/lib/time.ts";
import type { Asked, Condition, RuleKind } from "./rule.ts";

export type Budgeted = ScopeOutlook & { readonly budget: NonNullable<ScopeOutlook["budget"]> };

/** For as many days a period that is over is still looked at: its last hours are charged after its end. */
const LATE_DAYS = 7;

/**
 * Scopes that have a budget, of one team, or (0) all: in this period, and in the one before while it may still be charged. A period that was
 * over before the rule existed is not looked at.
 */
export async function listBudgeted(
  ctx: Ctx,
  { teamKey, since }: Pick<Asked, "teamKey" | "since">,
): Promise<Budgeted[]> {
  const scopes = teamKey ? [{ kind: "team" as const, value: String(teamKey) }] : undefined;
  const today = dayKey(dateOf(ctx.now(), ctx.ledger.zone));
  const current = await loadOutlooks(ctx, { scopes });
  const young = current.filter(
    ({ period: { fromDay } }) =>
      daysBetween(fromDay, today) < LATE_DAYS && dayOfKey(fromDay, ctx.ledger.zone).start > since,
  );
  const before: ScopeOutlook[] = [];
  for (const [fromDay, own] of Map.groupBy(young, ({ period }) => period.fromDay)) {
    const late = own.map(({ scope }) => scope);
    before.push(...(await loadOutlooks(ctx, { scopes: late, on: addDays(fromDay, -1) })));
  }
  return [...before, ...current].filter((one): one is Budgeted => one.budget !== null);
}

/** The same at the start of each day of a span of the past, in order of days; each with that instant. */
export async function pastBudgeted(
  ctx: Ctx,
  { teamKey }: Pick<Asked, "teamKey">,
  { start, end }: Interval,
): Promise<{ readonly at: Instant; readonly budgeted: readonly Budgeted[] }[]> {
  const { zone } = ctx.ledger;
  const scopes = teamKey ? [{ kind: "team" as const, value: String(teamKey) }] : undefined;
  const days = { from: dayKey(dateOf(start, zone)), until: addDays(dayKey(dateOf(end, zone)), 1) };
  return (await loadPastOutlooks(ctx, scopes, days)).map(({ day, outlooks }) => ({
    at: dayOfKey(day, zone).start,
    budgeted: outlooks.filter((one): one is Budgeted => one.budget !== null),
  }));
}

/** The title of the last message about a period that is over; null: it is not. */
export function periodEnded(subject: string, { now, ledger }: Pick<Ctx, "now" | "ledger">): string | null {
  const untilDay = Number(/^\d{8}-(\d{8})\//.exec(subject)?.[1] ?? 0);
  const today = dayKey(dateOf(now(), ledger.zone));
  return untilDay > 0 && daysBetween(untilDay, today) >= LATE_DAYS ? "The period of a budget is over" : null;
}

/** Every n-th of many, the last one always among them, so that there are at most `most`. */
const thinned = <T>(list: readonly T[], most: number): T[] => {
  const step = Math.ceil(list.length / most);
  return list.filter((_, i) => (list.length - 1 - i) % step === 0);
};

/** What every message about a budget says: its scope and period are the subject, so that it is one event for each period. */
export function budgetCondition({ scope, name, period, outlook, budget }: Budgeted, currency: string): Condition {
  const money = (micros: number) => formatMoney(Math.round(micros), currency);
  const { span, spentMicros, end } = outlook;
  const sums = new Map([
    ...outlook.past.map((d) => [d.day, d.micros] as const),
    ...outlook.ahead.map((d) => [d.day, d.expected] as const),
  ]);
  const days = [...sums.keys()].sort((a, b) => a - b);
  return {
    // The whole period: a budget that ends or begins within it stays the same event.
    subject: `${period.fromDay}-${period.untilDay}/${scopeId(scope)}`.slice(0, 200),
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
      points: thinned(days, 120).map((day) => ({ label: dateOfKey(day), value: (sums.get(day) ?? 0) / 1e6 })),
      limit: budget.totalMicros / 1e6,
    },
  };
}

/** A message about a budget for previews, with the facts of `budgetCondition`. */
export const budgetSample: RuleKind["sample"] = (money, team) => ({
  title: `${team || "Vision"} will pass its budget about 19–24 December, 7 in 10`,
  summary: `${money(5_100_000_000)} of ${money(9_000_000_000)} is spent, from 2026-12-01 to 2026-12-31.`,
  facts: [
    { label: "Status", value: "Warning" },
    { label: "Spent", value: `${money(5_100_000_000)} (56.7%)` },
    { label: "Budget", value: money(9_000_000_000) },
    { label: "Expected at the end", value: money(9_700_000_000) },
  ],
  link: "/budgets",
});
