import { CLASS_DEFINITIONS, classKey, classProperty, IDLE, sumOf } from "@/lib/classes.ts";
import { exactMicros } from "@/lib/money.ts";
import { compareKeys } from "@/lib/order.ts";
import { cluster, project, team, user } from "@/lib/reports/filters.ts";
import { findCostScope, wholeDaysOf } from "@/lib/reports/read/cost-scope.ts";
import { exactIdleOf, idleOf } from "@/lib/reports/read/spend.ts";
import { readWorkloadCost } from "@/lib/reports/read/workload-cost.ts";
import { defineReport, linkCells } from "@/lib/reports/report.ts";
import { percentOf } from "@/lib/units.ts";
import { amountColumn, COVERAGE, CURRENCY, hoursColumn, textColumns } from "./cost-columns.ts";

const PAGE = 500;

export const idleCost = defineReport({
  slug: "idle-cost",
  group: "money",
  title: "Idle cost",
  description:
    "What workloads held without activity, in money: dead (nothing in its memory) and held. The dearest first. Warm inference is not idle.",
  parameters: { cluster, team, project, user },
  columns: [
    ...textColumns("cluster", "project", "team", "user", "workload_id", "workload", "gpu_model"),
    CURRENCY,
    amountColumn("idle_amount", "Both together"),
    ...IDLE.map((c) => amountColumn(`${classKey(c)}_amount`, CLASS_DEFINITIONS[c].meaning)),
    hoursColumn("gpu_hours_idle"),
    COVERAGE,
  ],
  onPage: { isWhole: true, name: "workload", extra: ["workload_id"] },
  chart: { kind: "ranking", x: "project", y: "idle_amount", title: "Idle cost by project" },
  async *load(ctx, period, parameters) {
    const cost = await findCostScope(ctx, parameters, "usage");
    const rows = (await readWorkloadCost(ctx, cost, wholeDaysOf(period), { idle: true }))
      .map((c) => {
        const names = {
          cluster: cost.clusterName(c.clusterId),
          project: cost.project(c.projectKey)?.name ?? "",
          team: cost.teamName(c.teamKey).name,
          user: c.user,
          workload_id: c.id,
          workload: c.name,
          gpu_model: c.gpuModel,
        };
        return { c, names, order: Object.values(names) };
      })
      .sort((a, b) => idleOf(b.c) - idleOf(a.c) || compareKeys(a.order, b.order))
      .map(({ c, names }) => ({
        ...names,
        ...linkCells(c.workloadKey, c.projectKey),
        currency: ctx.ledger.currency,
        idle_amount: exactMicros(exactIdleOf(c)),
        ...Object.fromEntries(
          IDLE.map((k) => [`${classKey(k)}_amount`, exactMicros(c.exact[classProperty(k, "micros")])]),
        ),
        gpu_hours_idle: sumOf(c, IDLE, "milli"),
        coverage_percent: percentOf(c.observedMilli, c.expectedMilli),
      }));
    for (let at = 0; at < rows.length; at += PAGE) yield rows.slice(at, at + PAGE);
  },
});
