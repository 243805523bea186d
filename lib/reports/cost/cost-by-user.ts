import { compareKeys } from "@/lib/order.ts";
import { cluster, project, team, user } from "@/lib/reports/filters.ts";
import { findCostScope, wholeDaysOf } from "@/lib/reports/read/cost-scope.ts";
import { addSpend, noSpend, readUnpriced, type Spend } from "@/lib/reports/read/spend.ts";
import { readSharedCost, readUserCost, spendOf } from "@/lib/reports/read/workload-cost.ts";
import { defineReport, type Row } from "@/lib/reports/report.ts";
import { COST_COLUMNS, costCells, textColumns } from "./cost-columns.ts";

interface Sum {
  readonly user: string;
  readonly teamKey: number;
  spend?: Spend;
  milli: number;
}

export const costByUser = defineReport({
  slug: "cost-by-user",
  group: "money",
  title: "Cost by user",
  description:
    "What each person's workloads cost, and which team paid. Rows without a user: capacity that nobody held, then shares, imported cost and corrections.",
  parameters: { cluster, team, project, user },
  columns: [...textColumns("user", "team"), ...COST_COLUMNS],
  onPage: { isWhole: true },
  chart: { kind: "ranking", x: "user", y: "amount", title: "Cost by user" },
  async *load(ctx, period, parameters) {
    const days = wholeDaysOf(period);
    const cost = await findCostScope(ctx, parameters, "usage");
    const [charged, unpriced, shared] = await Promise.all([
      readUserCost(ctx, cost, days),
      readUnpriced(ctx, cost, days, true),
      readSharedCost(ctx, cost, days),
    ]);
    const sums = new Map<string, Sum>();
    const of = (user: string, teamKey: number): Sum => {
      const key = `${teamKey}/${user}`;
      const sum = sums.get(key) ?? { user, teamKey, milli: 0 };
      sums.set(key, sum);
      return sum;
    };
    for (const c of charged) {
      const sum = of(c.user, c.teamKey);
      sum.spend ??= noSpend();
      addSpend(sum.spend, spendOf(c));
    }
    for (const u of unpriced ?? []) of(u.user, 0).milli += u.milli;
    const rows: Row[] = [...sums.values()]
      .map((s) => ({ s, order: [s.user, s.teamKey ? cost.teamName(s.teamKey).name : ""] }))
      .sort((a, b) => compareKeys(a.order, b.order))
      .map(({ s, order }) => ({
        user: s.user,
        team: order[1] as string,
        ...costCells(ctx, s.spend, unpriced ? s.milli : null),
      }));
    if (shared) rows.push({ user: "", team: "", ...costCells(ctx, shared, unpriced ? 0 : null) });
    yield rows;
  },
});
