import { sql } from "@/db/client.ts";
import { IDLE, isClass, type UsageClass, zeroClasses } from "@/lib/classes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { wholeDays } from "@/lib/reports/period.ts";
import { workloadUsage } from "@/lib/reports/read/quantities.ts";
import type { Instant, Interval } from "@/lib/time.ts";
import { allocatedSql, idleSql, type MeasureRow, MeasureSum, measureColumns } from "./measures.ts";
import { type Filters, listSql, type Scope, scopeOf } from "./scope.ts";
import { spansOf, spansSql } from "./spans.ts";
import { loadSyncHealth } from "./sync-state.ts";
import type { FleetNow, IdleOffender, Measures, ProjectSum, SyncHealth, TrendPoint } from "./types.ts";

export interface OverviewInput extends Filters {
  readonly period: Interval;
  readonly zone: string;
  /** The reader's zone, for the labels of hours. */
  readonly clockZone?: string | undefined;
}

export interface Overview {
  readonly total: Measures;
  /** Cards × time over what is metered of the period; null where nothing is, or the viewer does not see the whole. */
  readonly capacityMilli: number | null;
  readonly overlapMilli: number;
  /** From where, and up to where, the period is metered; null when nothing of it is. */
  readonly fromAt: Instant | null;
  readonly throughAt: Instant | null;
  readonly points: readonly TrendPoint[];
  readonly projects: readonly ProjectSum[];
  readonly fleet: FleetNow;
  readonly offenders: readonly IdleOffender[];
  readonly sync: SyncHealth;
}

/** The first page: where capacity went in a period, what the cards do now, and whether the data is whole. */
export async function loadOverview(ctx: Ctx, input: OverviewInput): Promise<Overview> {
  const scope = await scopeOf(ctx, input);
  const [trend, fleet, offenders, sync] = await Promise.all([
    loadTrend(ctx, scope, input),
    loadFleetNow(ctx, scope),
    loadOffenders(ctx, scope, input),
    loadSyncHealth(ctx),
  ]);
  return { ...trend, fleet, offenders, sync };
}

interface TrendRow extends MeasureRow {
  readonly i: number;
  readonly projectKey: number;
}

/** Usage by span and project, in one pass over the hourly sums of projects. Also what a project's own page draws. */
export async function loadTrend(ctx: Ctx, scope: Scope, input: OverviewInput) {
  const spans = spansOf(input.period, input, ctx.now());
  if (!spans.length) return emptyTrend();
  const rows = await ctx.db.all<TrendRow>(sql`
    with ${spansSql(spans)}
    select spans.i as "i", u.project_key as "projectKey", ${measureColumns}
    from spans join usage_projects u on u.bucket_at >= spans.s and u.bucket_at < spans.e
    where true ${scope.projects("u.project_key")} ${scope.hardware("u.hardware_key")}
    group by spans.i, u.project_key`);
  const capacity = scope.whole
    ? await ctx.db.all<{ i: number; capacity: number; overlap: number; fromAt: number; throughAt: number }>(sql`
        with ${spansSql(spans)}
        select spans.i as "i", cast(sum(c.capacity_milli) as bigint) as "capacity",
          cast(sum(c.overlap_milli) as bigint) as "overlap", min(c.bucket_at) as "fromAt", max(c.through_at) as "throughAt"
        from spans join capacity c on c.bucket_at >= spans.s and c.bucket_at < spans.e
        where true ${scope.hardware("c.hardware_key")} group by spans.i`)
    : null;
  const total = new MeasureSum();
  const byProject = new Map<number, MeasureSum>();
  const bySpan = spans.map(() => ({ sum: new MeasureSum(), projects: {} as Record<number, number> }));
  for (const row of rows) {
    const held = row.projectKey !== 0;
    const span = bySpan[row.i];
    total.add(row, held);
    span?.sum.add(row, held);
    if (!held) continue;
    const project = byProject.get(row.projectKey) ?? new MeasureSum();
    project.add(row, true);
    byProject.set(row.projectKey, project);
    if (span) span.projects[row.projectKey] = allocatedOf(row);
  }
  const points = spans.map(
    (span, i): TrendPoint => ({
      ...span,
      total: bySpan[i]?.sum.get() ?? new MeasureSum().get(),
      projects: bySpan[i]?.projects ?? {},
      capacityMilli: capacity?.find((c) => c.i === i)?.capacity ?? null,
    }),
  );
  return {
    total: total.get(),
    capacityMilli: capacity?.length ? capacity.reduce((sum, c) => sum + c.capacity, 0) : null,
    overlapMilli: capacity ? capacity.reduce((sum, c) => sum + c.overlap, 0) : 0,
    fromAt: capacity?.length ? Math.min(...capacity.map((c) => c.fromAt)) : null,
    throughAt: capacity?.length ? Math.max(...capacity.map((c) => c.throughAt)) : null,
    points,
    projects: await named(ctx, byProject),
  };
}

const allocatedOf = (row: MeasureRow): number => {
  const sum = new MeasureSum();
  sum.add(row, true);
  return sum.get().allocatedMilli;
};

const emptyTrend = () => ({
  total: new MeasureSum().get(),
  capacityMilli: null,
  overlapMilli: 0,
  fromAt: null,
  throughAt: null,
  points: [],
  projects: [],
});

/** Projects with their names, the largest allocation first. */
async function named(ctx: Ctx, sums: ReadonlyMap<number, MeasureSum>): Promise<ProjectSum[]> {
  const names = await ctx.db.all<{ key: number; name: string; cluster: string }>(sql`
    select p.key as "key", p.name as "name", coalesce(c.name, p.cluster_id) as "cluster"
    from projects p left join clusters c on c.id = p.cluster_id where p.key in ${listSql([...sums.keys()])}`);
  const byKey = new Map(names.map((n) => [n.key, n]));
  return [...sums]
    .map(([key, sum]) => ({
      key,
      name: byKey.get(key)?.name ?? `#${key}`,
      cluster: byKey.get(key)?.cluster ?? "",
      ...sum.get(),
    }))
    .sort((a, b) => b.allocatedMilli - a.allocatedMilli || a.name.localeCompare(b.name));
}

/** Milli-GPUs by class at the newest metered instant. */
async function loadFleetNow(ctx: Ctx, scope: Scope): Promise<FleetNow> {
  const rows = await ctx.db.all<{ class: UsageClass; milli: number; asOfAt: number }>(sql`
    select f.class as "class", cast(sum(f.milli) as bigint) as "milli", max(f.as_of_at) as "asOfAt"
    from fleet f left join workloads w on w.key = f.workload_key
    where true ${scope.cluster("f.cluster_id")} ${scope.projects("coalesce(w.project_key, 0)")}
    group by f.class`);
  const classes = zeroClasses();
  for (const row of rows) if (isClass(row.class)) classes[row.class] += row.milli;
  return {
    asOfAt: rows.length ? Math.max(...rows.map((r) => r.asOfAt)) : null,
    classes,
    totalMilli: rows.reduce((sum, r) => sum + r.milli, 0),
  };
}

/** The workloads that held most idle GPU time in the period, and what of it goes on now. */
async function loadOffenders(ctx: Ctx, scope: Scope, input: OverviewInput): Promise<IdleOffender[]> {
  const { table, inPeriod } = workloadUsage({ ...input.period, days: wholeDays(input.period, input.zone) });
  return ctx.db.all<IdleOffender>(sql`
    with worst as (
      select u.workload_key, cast(sum(${idleSql}) as bigint) as idle, cast(sum(${allocatedSql}) as bigint) as allocated
      from ${table} u ${scope.whole ? sql`` : sql`join workloads w on w.key = u.workload_key`}
      where ${inPeriod} and u.workload_key <> 0 and ${idleSql} > 0
        ${scope.whole ? sql`` : scope.projects("w.project_key")} ${scope.hardware("u.hardware_key")}
      group by u.workload_key order by idle desc, u.workload_key limit 7),
    live as (
      select f.workload_key, cast(sum(f.milli) as bigint) as milli, min(f.since_at) as since_at from fleet f
      where f.class in (${sql.join(
        IDLE.map((c) => sql`${c}`),
        sql`, `,
      )}) group by f.workload_key)
    select w.key as "key", w.name as "name", p.name as "project", w.submitted_by as "user", worst.idle as "idleMilli",
      worst.allocated as "allocatedMilli", coalesce(live.milli, 0) as "idleNowMilli", live.since_at as "idleSinceAt"
    from worst join workloads w on w.key = worst.workload_key join projects p on p.key = w.project_key
    left join live on live.workload_key = w.key
    order by worst.idle desc, w.key`);
}
