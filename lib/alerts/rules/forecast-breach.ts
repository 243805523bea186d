import { HOUR } from "@/lib/time.ts";
import { type Budgeted, budgetCondition, budgetSample, listBudgeted, pastBudgeted } from "./budget-load.ts";
import { defineRule, type Happening } from "./rule.ts";

const isLikely = ({ budget }: Budgeted, percent: number): boolean =>
  budget.passedOn === null && 100 * (budget.breach?.chance ?? 0) >= percent;

export const forecastBreach = defineRule({
  kind: "forecast-breach",
  title: "Budget forecast",
  help: "The forecast passes a budget with at least this chance. It is reported once for each budget and period, before the money is spent.",
  ...{ scope: "both", audience: "finance", severity: "warning", holdSeconds: 0, repeatSeconds: 0, once: true },
  everySeconds: HOUR,
  after: ["budgets.edit"],
  threshold: { label: "Chance of at least", unit: "percent", least: 5, most: 99, usual: 50 },
  sample: budgetSample,
  async read(ctx, asked) {
    const all = await listBudgeted(ctx, asked);
    return all.filter((one) => isLikely(one, asked.threshold)).map((one) => budgetCondition(one, ctx.ledger.currency));
  },
  async history(ctx, asked, span) {
    const reported = new Map<string, Happening>();
    for (const { at, budgeted } of await pastBudgeted(ctx, asked, span))
      for (const one of budgeted.filter((b) => isLikely(b, asked.threshold))) {
        const { subject, title } = budgetCondition(one, ctx.ledger.currency);
        if (!reported.has(subject)) reported.set(subject, { subject, at, title });
      }
    return [...reported.values()];
  },
});
