import { compareKeys } from "@/lib/order.ts";
import { cluster, project, team } from "@/lib/reports/filters.ts";
import { findCostScope, wholeDaysOf } from "@/lib/reports/read/cost-scope.ts";
import { readSpend, readUnpriced, type Spend } from "@/lib/reports/read/spend.ts";
import { defineReport, linkCells } from "@/lib/reports/report.ts";
import { COST_COLUMNS, costCells, textColumns } from "./cost-columns.ts";

interface Sum {
  readonly clusterId: string;
  readonly projectKey: number;
  readonly teamKey: number;
  spend?: Spend;
  milli: number;
}

export const costByProject = defineReport({
  slug: "cost-by-project",
  group: "money",
  title: "Cost by project",
  description:
    "What each project's workloads cost, and which team paid. Rows without a project: capacity that nobody held, shares, imported cost, and answers to disputes.",
  parameters: { cluster, team, project },
  columns: [...textColumns("cluster", "department", "project", "team"), ...COST_COLUMNS],
  onPage: { isWhole: true, name: "project", extra: ["department"] },
  chart: { kind: "ranking", x: "project", y: "amount", title: "Cost by project" },
  async *load(ctx, period, parameters) {
    const days = wholeDaysOf(period);
    const cost = await findCostScope(ctx, parameters, "usage");
    const [spend, unpriced] = await Promise.all([
      readSpend(ctx, cost, days, ["clusterId", "projectKey", "teamKey"]),
      readUnpriced(ctx, cost, days),
    ]);
    const sums: Sum[] = spend.map((s) => ({ ...s, spend: s, milli: 0 }));
    for (const u of unpriced ?? []) {
      // A project that moved within the period has two rows: what has no price stands in the first.
      const sum = sums.find((s) => s.clusterId === u.clusterId && s.projectKey === u.projectKey);
      if (sum) sum.milli += u.milli;
      else sums.push({ clusterId: u.clusterId, projectKey: u.projectKey, teamKey: 0, milli: u.milli });
    }
    yield sums
      .map((s) => {
        const project = cost.project(s.projectKey);
        const team = s.teamKey === 0 ? "" : cost.teamName(s.teamKey).name;
        const names = {
          cluster: s.clusterId ? cost.clusterName(s.clusterId) : "",
          department: project?.department ?? "",
          project: project?.name ?? "",
          team,
        };
        return {
          order: [...Object.values(names), s.clusterId],
          row: { ...names, ...linkCells(0, s.projectKey), ...costCells(ctx, s.spend, unpriced ? s.milli : null) },
        };
      })
      .sort((a, b) => compareKeys(a.order, b.order))
      .map(({ row }) => row);
  },
});
