import { z } from "zod";
import { sql } from "@/db/client.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { compareTexts } from "@/lib/reports/read/order.ts";
import {
  allocatedMilli,
  CLASS_COLUMNS,
  CLASS_QUANTITIES,
  classCells,
  coveragePercent,
  keyList,
  totalMilli,
  UTILISATION_QUANTITIES,
  utilisationPercent,
  workloadUsage,
} from "@/lib/reports/read/quantities.ts";
import { findScope, type Scope } from "@/lib/reports/read/scope.ts";
import { defineReport, type Period } from "@/lib/reports/report.ts";
import { readProjectUsage } from "./project-usage.ts";

const identity = (clusterId: string, projectKey: number, gpuModel: string) =>
  `${clusterId}\u0000${projectKey}\u0000${gpuModel}`;

export const usageByProject = defineReport({
  slug: "usage-by-project",
  title: "Usage by project",
  description: "GPU-hours of every project on each GPU model. What nobody held is a row without a project.",
  parameters: z.object({ cluster: z.string().optional(), project: z.string().optional() }),
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
  chart: { x: "project", y: "gpu_hours_allocated", title: "GPU-hours allocated by project" },
  async *load(ctx, period, parameters) {
    const scope = await findScope(ctx, parameters);
    const [usage, workloads] = await Promise.all([
      readProjectUsage(ctx, period, scope, [...CLASS_QUANTITIES, ...UTILISATION_QUANTITIES]),
      countWorkloads(ctx, period, scope),
    ]);
    yield usage
      .filter((u) => totalMilli(u) > 0)
      .map((u) => {
        const project = scope.project(u.projectKey);
        const nobody = u.projectKey === 0;
        return {
          cluster: scope.clusterName(u.clusterId),
          department: project?.department ?? "",
          project: project?.name ?? "",
          gpu_model: u.gpuModel,
          workloads: workloads.get(identity(u.clusterId, u.projectKey, u.gpuModel)) ?? 0,
          // A card that is down in nobody's hands was allocated to nobody.
          gpu_hours_allocated: nobody ? 0 : allocatedMilli(u),
          ...classCells(u),
          utilization_percent: utilisationPercent(u),
          coverage_percent: nobody ? null : coveragePercent(u),
          order: [
            scope.clusterName(u.clusterId),
            project?.department ?? "",
            project?.name ?? "",
            u.gpuModel,
            u.clusterId,
          ],
        };
      })
      .sort((a, b) => compareTexts(a.order, b.order))
      .map(({ order: _, ...row }) => row);
  },
});

/** How many workloads used each project's GPUs, by cluster and model; a model counts by the first of its hardware keys. */
async function countWorkloads(ctx: Ctx, period: Period, scope: Scope): Promise<ReadonlyMap<string, number>> {
  const { table, inPeriod, projectKey } = workloadUsage(period);
  const ofProjects = scope.projectKeys ? sql` and ${projectKey} in ${keyList(scope.projectKeys)}` : sql``;
  const rows = await ctx.db.all<{ clusterId: string; projectKey: number; gpuModel: string; count: number }>(sql`
    with models as (select key, min(key) over (partition by cluster_id, gpu_model) as m from hardware),
    counted as (
      select ${projectKey} as project_key, models.m, count(distinct u.workload_key) as n
      from ${table} u join models on models.key = u.hardware_key
      where ${inPeriod} and u.workload_key <> 0${ofProjects}
      group by 1, 2)
    select h.cluster_id as "clusterId", c.project_key as "projectKey", h.gpu_model as "gpuModel", c.n as "count"
    from counted c join hardware h on h.key = c.m`);
  return new Map(rows.map((r) => [identity(r.clusterId, r.projectKey, r.gpuModel), r.count]));
}
