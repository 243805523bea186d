import { sql } from "@/db/client.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { compareKeys } from "@/lib/order.ts";
import { cluster, project } from "@/lib/reports/filters.ts";
import {
  CLASS_COLUMNS,
  classCells,
  MEASURE_QUANTITIES,
  measuresOf,
  totalMilli,
  workloadUsage,
} from "@/lib/reports/read/measures.ts";
import { findScope, type Scope } from "@/lib/reports/read/scope.ts";
import { readProjectUsage } from "@/lib/reports/read/usage.ts";
import { defineReport, type Period } from "@/lib/reports/report.ts";

const identity = (clusterId: string, projectKey: number, gpuModel: string) =>
  `${clusterId}\u0000${projectKey}\u0000${gpuModel}`;

export const usageByProject = defineReport({
  slug: "usage-by-project",
  group: "usage",
  title: "Usage by project",
  description: "GPU-hours of every project on each GPU model. What nobody held is a row without a project.",
  parameters: { cluster, project },
  columns: [
    { key: "cluster", header: "cluster", unit: "text" },
    { key: "department", header: "department", unit: "text" },
    { key: "project", header: "project", unit: "text" },
    { key: "gpu_model", header: "gpu_model", unit: "text" },
    { key: "workloads", header: "workloads", unit: "count" },
    { key: "gpu_hours_allocated", header: "gpu_hours_allocated", unit: "milli-gpu-seconds" },
    ...CLASS_COLUMNS,
    { key: "utilization_percent", header: "utilization_percent", unit: "percent", description: "Mean while observed" },
    { key: "coverage_percent", header: "coverage_percent", unit: "percent" },
  ],
  chart: { kind: "ranking", x: "project", y: "gpu_hours_allocated", title: "GPU-hours allocated by project" },
  async *load(ctx, period, parameters) {
    const scope = await findScope(ctx, parameters);
    const [usage, workloads] = await Promise.all([
      readProjectUsage(ctx, scope, period, {
        by: ["clusterId", "projectKey", "gpuModel"],
        quantities: MEASURE_QUANTITIES,
      }),
      countWorkloads(ctx, period, scope),
    ]);
    yield usage
      .map((u) => ({ ...u, measures: measuresOf([u], u.projectKey !== 0) }))
      .filter((u) => totalMilli(u.measures.classes) > 0)
      .map(({ measures, ...u }) => {
        const project = scope.project(u.projectKey);
        return {
          cluster: scope.clusterName(u.clusterId),
          department: project?.department ?? "",
          project: project?.name ?? "",
          gpu_model: u.gpuModel,
          workloads: workloads.get(identity(u.clusterId, u.projectKey, u.gpuModel)) ?? 0,
          gpu_hours_allocated: measures.allocatedMilli,
          ...classCells(measures.classes),
          utilization_percent: measures.utilisationPercent,
          coverage_percent: measures.coveragePercent,
          order: [
            scope.clusterName(u.clusterId),
            project?.department ?? "",
            project?.name ?? "",
            u.gpuModel,
            u.clusterId,
          ],
        };
      })
      .sort((a, b) => compareKeys(a.order, b.order))
      .map(({ order: _, ...row }) => row);
  },
});

/** How many workloads used each project's GPUs, by cluster and model; a model counts by the first of its hardware keys. */
async function countWorkloads(ctx: Ctx, period: Period, scope: Scope): Promise<ReadonlyMap<string, number>> {
  const { table, inPeriod, projectKey } = workloadUsage(period);
  const rows = await ctx.db.all<{ clusterId: string; projectKey: number; gpuModel: string; count: number }>(sql`
    with models as (select key, min(key) over (partition by cluster_id, gpu_model) as m from hardware),
    counted as (
      select ${projectKey} as project_key, models.m, count(distinct u.workload_key) as n
      from ${table} u join models on models.key = u.hardware_key
      where ${inPeriod} and u.workload_key <> 0${scope.projects(projectKey)}${scope.hardware("u.hardware_key")}
      group by 1, 2)
    select h.cluster_id as "clusterId", c.project_key as "projectKey", h.gpu_model as "gpuModel", c.n as "count"
    from counted c join hardware h on h.key = c.m`);
  return new Map(rows.map((r) => [identity(r.clusterId, r.projectKey, r.gpuModel), r.count]));
}
