import { STATUSES } from "@/lib/budgets/types.ts";
import { HOUR } from "@/lib/time.ts";
import { budgetCondition, budgetSample, listBudgeted, pastBudgeted, periodEnded } from "./budget-load.ts";
import { defineRule, type Happening } from "./rule.ts";

export const budgetStatus = defineRule({
  kind: "budget-status",
  title: "Budget status",
  help: "A budget is no longer on track: warning, critical or exceeded. Each worse status is reported; it resolves when the budget is on track again.",
  ...{ scope: "both", audience: "finance", severity: "warning", holdSeconds: 0, repeatSeconds: 0, recommended: true },
  everySeconds: HOUR,
  after: ["budgets.edit"],
  threshold: null,
  ended: periodEnded,
  sample: budgetSample,
  async read(ctx, asked) {
    const all = await listBudgeted(ctx, asked);
    return all
      .filter(({ budget }) => budget.status !== "on_track")
      .map((one) => ({
        ...budgetCondition(one, ctx.ledger.currency),
        level: STATUSES.indexOf(one.budget.status),
        severity: one.budget.status === "warning" ? ("warning" as const) : ("critical" as const),
      }));
  },
  async history(ctx, asked, span) {
    const levels = new Map<string, number>();
    const out: Happening[] = [];
    for (const { at, budgeted } of await pastBudgeted(ctx, asked, span))
      for (const one of budgeted) {
        const { subject, title } = budgetCondition(one, ctx.ledger.currency);
        const level = STATUSES.indexOf(one.budget.status);
        if (level > (levels.get(subject) ?? 0)) out.push({ subject, at, title });
        levels.set(subject, level);
      }
    return out;
  },
});
