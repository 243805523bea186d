import { sql } from "@/db/client.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { compareKeys } from "@/lib/order.ts";
import { cluster, project } from "@/lib/reports/filters.ts";
import { workloadUsage } from "@/lib/reports/read/measures.ts";
import { readMeteredTime } from "@/lib/reports/read/metered-time.ts";
import { findScope, type Scope } from "@/lib/reports/read/scope.ts";
import { readProjectUsage } from "@/lib/reports/read/usage.ts";
import { type Column, defineReport, linkCells, type Period, type Unit } from "@/lib/reports/report.ts";
import { daysBetween } from "@/lib/time.ts";
import { PROJECT_QUANTITIES, projectFigures } from "./project-figures.ts";
import { readConcurrentPeaks, readLargestBuckets } from "./project-peaks.ts";

/** The columns of the Run:ai metrics script, to the letter. What their values mean: project-figures.ts. */
const pair = (key: string, header: string, unit: Unit, peak: string, peakDecimals?: number): Column[] => [
  { key: `${key}_peak`, header: `${header} - Peak`, unit, decimals: peakDecimals ?? 2, description: peak },
  { key: `${key}_avg`, header: `${header} - Avg`, unit, decimals: 2 },
];
const AT_ONCE = "The most at one instant, from the pods' own start and end";
const AT_LEAST =
  "At least this much at once: the largest peak of a single workload, or the project's mean over one bucket where that is more";

export const projectAllocations = defineReport({
  slug: "project-allocations",
  group: "usage",
  title: "Project allocations",
  description:
    "GPUs, CPU, memory and pods of each project: the most at once – of CPU and memory, the least that it must have been – and the average over the metered period.",
  parameters: { cluster, project },
  columns: [
    { key: "department", header: "Department", unit: "text" },
    { key: "project", header: "Project", unit: "text" },
    {
      key: "project_allocated_gpus",
      header: "Project Allocated GPUs",
      unit: "gpus",
      description: "The sum of each workload's peak: what running everything at once would have taken",
    },
    ...pair("allocated_gpu", "Allocated GPU", "gpus", AT_ONCE),
    ...pair("cpu_memory", "CPU Memory (GB)", "gib", AT_LEAST),
    ...pair("cpu_cores", "CPU (# Cores)", "cores", AT_LEAST),
    ...pair("gpu_memory_request", "GPU Memory Request (GB)", "gib", AT_LEAST),
    ...pair("cpu_limit", "CPU Limit (Cores)", "cores", AT_LEAST),
    ...pair("cpu_memory_request", "CPU Memory Request (GB)", "gib", AT_LEAST),
    ...pair("cpu_memory_limit", "CPU Memory Limit (GB)", "gib", AT_LEAST),
    ...pair("pod_count", "Pod Count", "count", AT_ONCE, 0),
    ...pair("running_pod_count", "Running Pod Count", "count", AT_ONCE, 0),
  ],
  onPage: { name: "project", extra: ["department"] },
  chart: { kind: "ranking", x: "project", y: "allocated_gpu_avg", title: "GPUs allocated on average, by project" },
  async *load(ctx, period, parameters) {
    const scope = await findScope(ctx, parameters);
    const [concurrent, largest, sumOfPeaks, measured, meteredTime] = await Promise.all([
      readConcurrentPeaks(ctx, period, scope),
      readLargestBuckets(ctx, period, scope),
      sumWorkloadPeaks(ctx, period, scope),
      readProjectUsage(ctx, scope, period, {
        by: ["projectKey"],
        quantities: PROJECT_QUANTITIES,
      }),
      readMeteredTime(ctx, period),
    ]);
    const projects = measured.flatMap((measured) => {
      const project = scope.project(measured.projectKey);
      if (!project) return [];
      return [{ project, measured, order: [project.department, project.name, project.clusterId, project.id] }];
    });
    for (const { project, measured } of projects.sort((a, b) => compareKeys(a.order, b.order))) {
      yield [
        {
          ...linkCells(0, project.key),
          department: project.department,
          project: project.name,
          project_allocated_gpus: (sumOfPeaks.get(project.key) ?? 0) / 1000,
          ...projectFigures(
            measured,
            concurrent.get(project.key),
            largest.get(project.key),
            meteredTime(project.clusterId),
          ),
        },
      ];
    }
  },
});

/** The sum of each workload's largest allocation in the period, by project. */
async function sumWorkloadPeaks(ctx: Ctx, period: Period, scope: Scope): Promise<ReadonlyMap<number, number>> {
  const { table, inPeriod, projectKey } = workloadUsage(period);
  const inScope = sql`${scope.projects(projectKey)}${scope.hardware("u.hardware_key")}`;
  const within = (await isMuchOfLedger(ctx, period)) ? inOrderOfWorkloads(period) : inPeriod;
  const rows = await ctx.db.all<{ projectKey: number; milli: number }>(sql`
    select m.project_key as "projectKey", cast(sum(m.peak) as bigint) as "milli"
    from (
      select max(${projectKey}) as project_key, max(u.allocated_peak_milli) as peak from ${table} u
      where ${within} and u.workload_key > 0${inScope} group by u.workload_key
    ) m group by m.project_key`);
  return new Map(rows.map((r) => [r.projectKey, r.milli]));
}

/** Whether to read all days by workload, which needs no sorting, rather than those of the period. */
async function isMuchOfLedger(ctx: Ctx, { days }: Period): Promise<boolean> {
  if (!days) return false;
  const ledger = await ctx.db.find<{ first: number | null; last: number | null }>(
    sql`select (select min(day) from usage_days) as "first", (select max(day) from usage_days) as "last"`,
  );
  if (!ledger || ledger.first === null || ledger.last === null) return false;
  return 3 * daysBetween(days.from, days.until) > daysBetween(ledger.first, ledger.last);
}

/** The days of a period, said so that no index by day serves: then the one by workload does (usage_days_workload). */
const inOrderOfWorkloads = ({ days }: Period) => sql`+u.day >= ${days?.from ?? 0} and +u.day < ${days?.until ?? 0}`;
