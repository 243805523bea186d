import { loadOutlooks } from "@/lib/budgets/outlooks.ts";
import { STATUSES, scopeId } from "@/lib/budgets/types.ts";
import { defineGroup, samplesOf } from "@/lib/metrics/metric.ts";

const LABELS = ["scope", "name"] as const;

/** How budgets stand in their present period. Scopes without a budget have none of these. */
export const budgetGroup = defineGroup({
  name: "budgets",
  metrics: [
    {
      name: "gpu_ledger_budget_amount",
      type: "gauge",
      help: "The budget of a scope in its present period, with what was carried over.",
      labels: [...LABELS, "currency"],
    },
    {
      name: "gpu_ledger_budget_spent",
      type: "gauge",
      help: "What was spent of a budget up to now.",
      labels: [...LABELS, "currency"],
    },
    {
      name: "gpu_ledger_budget_expected",
      type: "gauge",
      help: "What will be spent by the end of the budget's period, as forecast.",
      labels: [...LABELS, "currency"],
    },
    { name: "gpu_ledger_budget_use_ratio", type: "gauge", help: "Spent part of a budget.", labels: LABELS },
    {
      name: "gpu_ledger_budget_breach_chance_ratio",
      type: "gauge",
      help: "Chance that the budget is passed within its period, as forecast.",
      labels: LABELS,
    },
    {
      name: "gpu_ledger_budget_status",
      type: "gauge",
      help: `1 for the status that a budget has, 0 for the others (${STATUSES.join(", ")}).`,
      labels: [...LABELS, "status"],
    },
  ],
  async read(ctx) {
    const { currency } = ctx.ledger;
    const all = (await loadOutlooks(ctx)).flatMap(({ scope, name, outlook, budget }) =>
      budget ? [{ labels: { scope: scopeId(scope), name: scope.kind === "all" ? "" : name }, outlook, budget }] : [],
    );
    type Standing = (typeof all)[number];
    const plain = (value: (s: Standing) => number | null) => samplesOf(all, (s) => s.labels, value);
    const money = (value: (s: Standing) => number | null) =>
      samplesOf(
        all,
        (s) => ({ ...s.labels, currency }),
        (s) => {
          const micros = value(s);
          return micros === null ? null : micros / 1e6;
        },
      );
    return {
      gpu_ledger_budget_amount: money((s) => s.budget.totalMicros),
      gpu_ledger_budget_spent: money((s) => s.outlook.spentMicros),
      gpu_ledger_budget_expected: money((s) => s.outlook.end?.expected ?? null),
      gpu_ledger_budget_use_ratio: plain((s) => (s.budget.usedPercent === null ? null : s.budget.usedPercent / 100)),
      gpu_ledger_budget_breach_chance_ratio: plain((s) => s.budget.breach?.chance ?? null),
      gpu_ledger_budget_status: samplesOf(
        all.flatMap((s) => STATUSES.map((status) => ({ ...s, status }))),
        (s) => ({ ...s.labels, status: s.status }),
        (s) => (s.budget.status === s.status ? 1 : 0),
      ),
    };
  },
});
