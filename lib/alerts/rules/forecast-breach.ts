import { HOUR } from "@/lib/time.ts";
import { budgetCondition, listBudgeted } from "./budget-load.ts";
import { defineRule } from "./rule.ts";

export const forecastBreach = defineRule({
  kind: "forecast-breach",
  title: "Budget forecast",
  help: "The forecast passes a budget with at least this chance. It is reported once for each budget and period, before the money is spent.",
  ...{ scope: "both", audience: "finance", severity: "warning", holdSeconds: 0, repeatSeconds: 0, once: true },
  everySeconds: HOUR,
  threshold: { label: "Chance of at least", unit: "percent", least: 5, most: 99, usual: 50 },
  async read(ctx, asked) {
    const all = await listBudgeted(ctx, asked);
    return all
      .filter(({ budget }) => budget.passedOn === null && 100 * (budget.breach?.chance ?? 0) >= asked.threshold)
      .map((one) => budgetCondition(one, ctx.ledger.currency));
  },
  history: async () => null,
});
