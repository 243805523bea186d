import type { SQL } from "drizzle-orm";
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
import { type NamedPart, namedParts } from "@/lib/reports/read/project-history.ts";
import { findScope, type Scope } from "@/lib/reports/read/scope.ts";
import { readProjectUsage } from "@/lib/reports/read/usage.ts";
import { defineReport, linkCells, type Period } from "@/lib/reports/report.ts";

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
  onPage: { isWhole: true, name: "project", extra: ["department"] },
  chart: { kind: "ranking", x: "project", y: "gpu_hours_allocated", title: "GPU-hours allocated by project" },
  async *load(ctx, period, parameters) {
    const scope = await findScope(ctx, parameters);
    const parts = await namedParts(ctx, scope, period);
    const read = await Promise.all(parts.map((part) => readPart(ctx, scope, part, parts.length === 1)));
    // Parts in which a project was called the same, and belonged to the same department, are one row.
    const groups = Map.groupBy(read.flat(), (r) => JSON.stringify([r.id, r.project?.department, r.project?.name]));
    yield [...groups.values()]
      .map((rows) => {
        const [first] = rows as [PartUsage];
        const measures = measuresOf(
          rows.map((r) => r.usage),
          first.usage.projectKey !== 0,
        );
        const keys = new Set(rows.flatMap((r) => (Array.isArray(r.workloads) ? r.workloads : [])));
        return { ...first, measures, workloads: typeof first.workloads === "number" ? first.workloads : keys.size };
      })
      .filter((u) => totalMilli(u.measures.classes) > 0)
      .map(({ measures, usage, project, workloads }) => {
        const cluster = scope.clusterName(usage.clusterId);
        const [department, name] = [project?.department ?? "", project?.name ?? ""];
        return {
          cluster,
          department,
          project: name,
          gpu_model: usage.gpuModel,
          ...linkCells(0, usage.projectKey),
          workloads,
          gpu_hours_allocated: measures.allocatedMilli,
          ...classCells(measures.classes),
          utilization_percent: measures.utilisationPercent,
          coverage_percent: measures.coveragePercent,
          order: [cluster, department, name, usage.gpuModel, usage.clusterId],
        };
      })
      .sort((a, b) => compareKeys(a.order, b.order))
      .map(({ order: _, ...row }) => row);
  },
});

type PartUsage = Awaited<ReturnType<typeof readPart>>[number];

/** @param isWhole workloads are counted; else they are listed, because one may be in several parts. */
async function readPart(ctx: Ctx, scope: Scope, { period, project }: NamedPart, isWhole: boolean) {
  const by = ["clusterId", "projectKey", "gpuModel"] as const;
  const [usage, workloads] = await Promise.all([
    readProjectUsage(ctx, scope, period, { by: [...by], quantities: MEASURE_QUANTITIES }),
    isWhole ? countWorkloads(ctx, period, scope) : listWorkloads(ctx, period, scope),
  ]);
  return usage.map((row) => {
    const id = identity(row.clusterId, row.projectKey, row.gpuModel);
    return { id, usage: row, project: project(row.projectKey), workloads: workloads.get(id) ?? 0 };
  });
}

/** SQL: `used`, the workloads that used each project's GPUs; a model counts by the first of its hardware keys. */
function usedSql(period: Period, scope: Scope): SQL {
  const { table, inPeriod, projectKey } = workloadUsage(period);
  return sql`with models as (select key, min(key) over (partition by cluster_id, gpu_model) as m from hardware),
    used as (
      select distinct ${projectKey} as project_key, models.m, u.workload_key
      from ${table} u join models on models.key = u.hardware_key
      where ${inPeriod} and u.workload_key <> 0${scope.projects(projectKey)}${scope.hardware("u.hardware_key")})`;
}

type Used = { readonly clusterId: string; readonly projectKey: number; readonly gpuModel: string };
const USED = sql`h.cluster_id as "clusterId", c.project_key as "projectKey", h.gpu_model as "gpuModel"`;

async function listWorkloads(ctx: Ctx, period: Period, scope: Scope): Promise<ReadonlyMap<string, readonly number[]>> {
  const rows = await ctx.db.all<Used & { key: number }>(sql`${usedSql(period, scope)}
    select ${USED}, c.workload_key as key from used c join hardware h on h.key = c.m`);
  const byIdentity = Map.groupBy(rows, (r) => identity(r.clusterId, r.projectKey, r.gpuModel));
  return new Map([...byIdentity].map(([id, list]) => [id, list.map((r) => r.key)]));
}

async function countWorkloads(ctx: Ctx, period: Period, scope: Scope): Promise<ReadonlyMap<string, number>> {
  const rows = await ctx.db.all<Used & { count: number }>(sql`${usedSql(period, scope)},
    counted as (select project_key, m, count(*) as n from used group by 1, 2)
    select ${USED}, c.n as "count" from counted c join hardware h on h.key = c.m`);
  return new Map(rows.map((r) => [identity(r.clusterId, r.projectKey, r.gpuModel), r.count]));
}
