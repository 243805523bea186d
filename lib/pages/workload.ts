import { sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { allow } from "@/lib/auth/allow.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { MEASURE_QUANTITIES, type MeasureRow, MeasureSum, measuresOf } from "@/lib/reports/read/measures.ts";
import { findScope } from "@/lib/reports/read/scope.ts";
import { readWorkloadSums } from "@/lib/reports/read/usage.ts";
import type { Measures } from "@/lib/reports/types.ts";
import { bucketSecondsFor, HOUR, type Interval } from "@/lib/time.ts";
import { type SpanUnit, spansOf, type Zones } from "./spans.ts";
import type { Gap, TrendPoint } from "./types.ts";

export interface WorkloadFacts {
  readonly key: number;
  readonly clusterId: string;
  readonly cluster: string;
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly category: string;
  readonly namespace: string;
  readonly project: string;
  readonly projectKey: number;
  /** The viewer sees the project whole, and so its page. */
  readonly projectOpen: boolean;
  readonly department: string;
  readonly user: string;
  readonly phase: string;
  readonly preemptible: number | null;
  readonly priorityClass: string;
  readonly nodePool: string;
  readonly createdAt: number;
  readonly completedAt: number | null;
  readonly deletedAt: number | null;
  readonly gpuRequestMilli: number | null;
  readonly gpuMemoryRequestMib: number | null;
  readonly cpuRequestMilli: number | null;
  readonly cpuMemoryRequestMib: number | null;
  readonly pendingSeconds: number | null;
  readonly runningSeconds: number | null;
  readonly images: string;
}

export interface PodRow {
  readonly id: string;
  readonly name: string;
  readonly node: string;
  readonly phase: string;
  readonly startedAt: number | null;
  readonly endedAt: number;
  readonly gpuMilli: number | null;
}

export interface WorkloadDetail {
  readonly facts: WorkloadFacts;
  readonly total: Measures;
  /** The coarsest level at which any of it was observed, as metering says; several when they differ by hour. */
  readonly levels: readonly string[];
  readonly gpuModels: readonly string[];
  /** Where its usage lies within the period; null when it has none there. */
  readonly range: Interval | null;
  readonly unit: SpanUnit;
  readonly points: readonly TrendPoint[];
  readonly pods: readonly PodRow[];
  readonly podCount: number;
  readonly phases: readonly { readonly at: number; readonly phase: string }[];
  readonly findings: readonly {
    readonly bucketAt: number;
    readonly kind: string;
    readonly detail: string;
    readonly quantityMilli: number;
  }[];
  readonly gaps: readonly Pick<Gap, "source" | "startAt" | "endAt" | "cause" | "status">[];
}

interface Input extends Zones {
  readonly period: Interval;
}

const MOST_HOURLY = 8 * 24 * HOUR;
const MOST_PODS = 200;

/** One workload by key or id, or null if it does not exist or the viewer may not see it. */
export async function findWorkload(ctx: Ctx, given: string, input: Input): Promise<WorkloadDetail | null> {
  allow(ctx.viewer, "workloads.read");
  const scope = await findScope(ctx, {});
  const key = /^\d{1,15}$/.test(given) ? Number(given) : -1;
  const found = await ctx.db.find<Omit<WorkloadFacts, "projectOpen">>(sql`
    select w.key as "key", w.cluster_id as "clusterId", coalesce(c.name, w.cluster_id) as "cluster", w.id as "id", w.name as "name",
      w.type as "type", w.category as "category", w.namespace as "namespace", p.name as "project",
      w.project_key as "projectKey", p.department_name as "department", w.submitted_by as "user", w.phase as "phase",
      w.preemptible as "preemptible", w.priority_class as "priorityClass", w.node_pool as "nodePool",
      w.created_at as "createdAt", w.completed_at as "completedAt", w.deleted_at as "deletedAt",
      w.gpu_request_milli as "gpuRequestMilli", w.gpu_memory_request_mib as "gpuMemoryRequestMib",
      w.cpu_request_milli as "cpuRequestMilli", w.cpu_memory_request_mib as "cpuMemoryRequestMib",
      w.pending_seconds as "pendingSeconds", w.running_seconds as "runningSeconds", w.images as "images"
    from workloads w join projects p on p.key = w.project_key left join clusters c on c.id = w.cluster_id
    where (w.key = ${key} or w.id = ${given}) and w.key <> 0 ${scope.workloads("w")}
    order by case when w.key = ${key} then 0 else 1 end limit 1`);
  if (!found) return null;
  const facts: WorkloadFacts = { ...found, projectOpen: scope.opens(found.projectKey) };
  const [usage, pods, phases] = await Promise.all([
    loadUsage(ctx, facts, input),
    loadPods(ctx, facts),
    ctx.db.all<{ at: number; phase: string }>(
      sql`select at as "at", phase as "phase" from phases where workload_key = ${facts.key} order by at, phase limit 200`,
    ),
  ]);
  const [findings, gaps] = await Promise.all([loadFindings(ctx, facts, pods.rows), loadGaps(ctx, facts)]);
  return { facts, ...usage, pods: pods.rows, podCount: pods.count, phases, findings, gaps };
}

type UsageRow = MeasureRow & { bucketAt: number; level: string; gpuModel: string };

async function loadUsage(ctx: Ctx, facts: WorkloadFacts, input: Input) {
  const { period } = input;
  // By bucket: a workload is drawn hour by hour, whatever its period.
  const buckets = { start: period.start, end: period.end };
  const rows = await readWorkloadSums(ctx, buckets, {
    by: ["bucketAt", "level", "gpuModel"],
    quantities: MEASURE_QUANTITIES,
    where: sql` and u.workload_key = ${facts.key}`,
  });
  rows.sort((a, b) => a.bucketAt - b.bucketAt);
  const [first, last] = [rows[0], rows.at(-1)];
  const bucket = bucketSecondsFor(input.zone);
  const range = first && last ? { start: first.bucketAt, end: Math.min(period.end, last.bucketAt + bucket) } : null;
  const unit: SpanUnit = range && range.end - range.start <= MOST_HOURLY ? "hour" : "day";
  return {
    total: measuresOf(rows),
    levels: [...new Set(rows.map((r) => r.level).filter(Boolean))],
    gpuModels: [...new Set(rows.map((r) => r.gpuModel).filter(Boolean))],
    range,
    unit,
    points: range ? pointsOf(rows, range, input, unit) : [],
  };
}

function pointsOf(rows: readonly UsageRow[], range: Interval, zones: Zones, unit: SpanUnit): TrendPoint[] {
  const spans = spansOf(range, zones, range.end, unit);
  let next = 0;
  return spans.map((span): TrendPoint => {
    const sum = new MeasureSum();
    for (let row = rows[next]; row && row.bucketAt < span.end; row = rows[++next]) sum.add(row, true);
    return { ...span, total: sum.get(), capacityMilli: null, projects: {} };
  });
}

async function loadPods(ctx: Ctx, facts: WorkloadFacts): Promise<{ rows: PodRow[]; count: number }> {
  const [rows, counted] = await Promise.all([
    ctx.db.all<PodRow>(sql`
      select id as "id", name as "name", node as "node", phase as "phase", started_at as "startedAt",
        ended_at as "endedAt", gpu_milli as "gpuMilli"
      from pods where workload_key = ${facts.key} order by started_at desc, name limit ${MOST_PODS}`),
    ctx.db.find<{ count: number }>(sql`select count(*) as "count" from pods where workload_key = ${facts.key}`),
  ]);
  return { rows, count: counted?.count ?? rows.length };
}

/** Findings name the workload or one of its pods, with or without the kind in front. */
function loadFindings(ctx: Ctx, facts: WorkloadFacts, pods: readonly PodRow[]) {
  const ids = [facts.id, `workload/${facts.id}`, ...pods.flatMap((p) => [p.id, `pod/${p.id}`])];
  return ctx.db.all<WorkloadDetail["findings"][number]>(sql`
    select bucket_at as "bucketAt", kind as "kind", detail as "detail", quantity_milli as "quantityMilli" from findings
    where cluster_id = ${facts.clusterId} and subject in ${inList(ids)} order by bucket_at desc limit 20`);
}

const loadGaps = (ctx: Ctx, facts: WorkloadFacts) =>
  ctx.db.all<WorkloadDetail["gaps"][number]>(sql`
    select source as "source", start_at as "startAt", end_at as "endAt", cause as "cause", status as "status" from gaps
    where cluster_id = ${facts.clusterId} and subject = ${`workload/${facts.id}`} order by start_at desc limit 20`);
