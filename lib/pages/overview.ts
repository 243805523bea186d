import { sql } from "@/db/client.ts";
import { isClass, type UsageClass, zeroClasses } from "@/lib/classes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { wholeDays } from "@/lib/reports/period.ts";
import { allocatedMilli, MEASURE_QUANTITIES, MeasureSum } from "@/lib/reports/read/measures.ts";
import { type Filters, findScope, type Scope } from "@/lib/reports/read/scope.ts";
import { readProjectSpans, spansSql } from "@/lib/reports/read/usage.ts";
import type { Measures } from "@/lib/reports/types.ts";
import type { Instant, Interval } from "@/lib/time.ts";
import { spansOf } from "./spans.ts";
import { loadSyncHealth } from "./sync-state.ts";
import type { FleetNow, ProjectSum, SyncHealth, TrendPoint } from "./types.ts";

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
  readonly sync: SyncHealth;
}

/** The first page: where capacity went in a period, what the cards do now, and whether the data is whole. */
export async function loadOverview(ctx: Ctx, input: OverviewInput): Promise<Overview> {
  const scope = await findScope(ctx, input);
  const [trend, fleet, sync] = await Promise.all([
    loadTrend(ctx, scope, input),
    loadFleetNow(ctx, scope),
    loadSyncHealth(ctx),
  ]);
  return { ...trend, fleet, sync };
}

/** Usage by span and project, in one pass over the hourly sums of projects. Also what a project's own page draws. */
export async function loadTrend(ctx: Ctx, scope: Scope, input: OverviewInput) {
  const spans = spansOf(input.period, input, ctx.now());
  if (!spans.length) return emptyTrend();
  const rows = await readProjectSpans(
    ctx,
    scope,
    spans.map((span) => ({ ...span, days: wholeDays(span, ctx.ledger.zone) })),
    MEASURE_QUANTITIES,
  );
  const capacity = scope.nobody
    ? await ctx.db.all<{ i: number; capacity: number; overlap: number }>(sql`
        with ${spansSql(spans)}
        select spans.i as "i", cast(sum(c.capacity_milli) as bigint) as "capacity",
          cast(sum(c.overlap_milli) as bigint) as "overlap"
        from spans join capacity c on c.bucket_at >= spans.s and c.bucket_at < spans.e
        where true ${scope.hardware("c.hardware_key")} group by spans.i`)
    : null;
  // How far the ledger reaches is no secret of anybody; capacity is.
  const edges = (await ctx.db.find<{ fromAt: number | null; throughAt: number | null }>(sql`
      select min(c.bucket_at) as "fromAt", max(c.through_at) as "throughAt" from capacity c
      where c.bucket_at >= ${input.period.start} and c.bucket_at < ${input.period.end}
        ${scope.hardware("c.hardware_key")}`)) ?? { fromAt: null, throughAt: null };
  const total = new MeasureSum();
  const byProject = new Map<number, MeasureSum>();
  const bySpan = spans.map(() => ({ sum: new MeasureSum(), projects: {} as Record<number, number> }));
  for (const row of rows) {
    const held = row.projectKey !== 0;
    const span = bySpan[row.span];
    total.add(row, held);
    span?.sum.add(row, held);
    if (!held) continue;
    const project = byProject.get(row.projectKey) ?? new MeasureSum();
    project.add(row, true);
    byProject.set(row.projectKey, project);
    if (span) span.projects[row.projectKey] = allocatedMilli(row);
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
    ...edges,
    points,
    projects: named(scope, byProject),
  };
}

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
function named(scope: Scope, sums: ReadonlyMap<number, MeasureSum>): ProjectSum[] {
  return [...sums]
    .map(([key, sum]) => {
      const project = scope.project(key);
      const cluster = project ? scope.clusterName(project.clusterId) : "";
      return { key, name: project?.name ?? `#${key}`, cluster, ...sum.get() };
    })
    .sort((a, b) => b.allocatedMilli - a.allocatedMilli || a.name.localeCompare(b.name));
}

/** Milli-GPUs by class at the newest metered instant. */
async function loadFleetNow(ctx: Ctx, scope: Scope): Promise<FleetNow> {
  const rows = await ctx.db.all<{ class: UsageClass; milli: number; asOfAt: number }>(sql`
    select f.class as "class", cast(sum(f.milli) as bigint) as "milli", max(f.as_of_at) as "asOfAt"
    from fleet f left join workloads w on w.key = f.workload_key
    where true ${scope.clusters("f.cluster_id")} ${scope.byWorkload ? scope.workloads("w") : scope.projects("coalesce(w.project_key, 0)")}
    group by f.class`);
  const classes = zeroClasses();
  for (const row of rows) if (isClass(row.class)) classes[row.class] += row.milli;
  return {
    asOfAt: rows.length ? Math.max(...rows.map((r) => r.asOfAt)) : null,
    classes,
    totalMilli: rows.reduce((sum, r) => sum + r.milli, 0),
  };
}
