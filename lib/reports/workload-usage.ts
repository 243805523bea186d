import { sql } from "@/db/client";
import type { Ctx } from "@/lib/ctx";
import { compareTexts } from "./order.ts";
import { keyList, type Quantities, type Quantity, selectQuantities, workloadUsage } from "./quantities.ts";
import type { Period } from "./report.ts";
import type { Scope } from "./scope.ts";

/** A workload that has usage in the period, with the names that reports print. */
export interface ReportWorkload {
  readonly key: number;
  readonly projectKey: number;
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly user: string;
  readonly cluster: string;
  readonly department: string;
  readonly project: string;
}

export interface WorkloadUsage<Q extends Quantity> {
  readonly workload: ReportWorkload;
  /** Empty unless usage is asked for by model, and where no GPU was held. */
  readonly gpuModel: string;
  readonly quantities: Quantities<Q>;
}

export interface WorkloadUsageRequest<Q extends Quantity> {
  readonly quantities: readonly Q[];
  /** One row for each GPU model that a workload ran on, or one for all. */
  readonly byModel?: boolean;
  /** What rows are sorted by; then by GPU model. Must tell any two workloads apart. */
  readonly order: (workload: ReportWorkload) => readonly string[];
}

const PAGE = 500;

/**
 * The usage of each workload in the period, summed, in the order asked for. The workloads are listed and sorted first, by
 * name only; then read page by page, so that a year of a large cluster is never in memory at once.
 */
export async function* readWorkloadUsage<Q extends Quantity>(
  ctx: Ctx,
  period: Period,
  scope: Scope,
  request: WorkloadUsageRequest<Q>,
): AsyncGenerator<readonly WorkloadUsage<Q>[]> {
  const listed = await listWorkloads(ctx, period, scope);
  const sorted = listed
    .map((workload) => ({ workload, texts: request.order(workload) }))
    .sort((a, b) => compareTexts(a.texts, b.texts));
  for (let at = 0; at < sorted.length; at += PAGE) {
    const page = sorted.slice(at, at + PAGE).map((s) => s.workload);
    yield await readPage(ctx, period, page, request);
  }
}

async function listWorkloads(ctx: Ctx, period: Period, scope: Scope): Promise<ReportWorkload[]> {
  const { table, inPeriod } = workloadUsage(period);
  const ofProjects = scope.projectKeys ? sql` and w.project_key in ${keyList(scope.projectKeys)}` : sql``;
  const ofUser = scope.user === undefined ? sql`` : sql` and w.submitted_by = ${scope.user}`;
  type Listed = Omit<ReportWorkload, "cluster" | "department" | "project"> & { clusterId: string };
  const rows = await ctx.db.all<Listed>(sql`
    select w.key as "key", w.id as "id", w.name as "name", w.category as "category", w.submitted_by as "user",
      w.cluster_id as "clusterId", w.project_key as "projectKey"
    from workloads w
    where w.key in (select u.workload_key from ${table} u where ${inPeriod} and u.workload_key <> 0)${ofProjects}${ofUser}`);
  return rows.map(({ clusterId, ...row }) => {
    const project = scope.project(row.projectKey);
    return {
      ...row,
      cluster: scope.clusterName(clusterId),
      department: project?.department ?? "",
      project: project?.name ?? "",
    };
  });
}

async function readPage<Q extends Quantity>(
  ctx: Ctx,
  period: Period,
  page: readonly ReportWorkload[],
  { quantities, byModel }: WorkloadUsageRequest<Q>,
): Promise<WorkloadUsage<Q>[]> {
  const { table, inPeriod } = workloadUsage(period);
  const model = byModel ? sql`h.gpu_model` : sql`''`;
  const rows = await ctx.db.all<Quantities<Q> & { workloadKey: number; gpuModel: string }>(sql`
    select u.workload_key as "workloadKey", ${model} as "gpuModel", ${selectQuantities(quantities)}
    from ${table} u join hardware h on h.key = u.hardware_key
    where ${inPeriod} and u.workload_key in ${keyList(page.map((w) => w.key))}
    group by u.workload_key${byModel ? sql`, h.gpu_model` : sql``}`);
  const place = new Map(page.map((workload, i) => [workload.key, { workload, i }]));
  return rows
    .flatMap((row) => {
      const found = place.get(row.workloadKey);
      return found ? [{ ...found, gpuModel: row.gpuModel, quantities: row }] : [];
    })
    .sort((a, b) => a.i - b.i || compareTexts([a.gpuModel], [b.gpuModel]));
}

/** First pod start and last pod end of each workload; `endedAt` null while a pod runs. Workloads without a started pod are absent. */
export async function readSpans(
  ctx: Ctx,
  workloads: readonly ReportWorkload[],
): Promise<ReadonlyMap<number, { readonly startedAt: number; readonly endedAt: number | null }>> {
  const rows = await ctx.db.all<{ key: number; startedAt: number; endedAt: number }>(sql`
    select workload_key as "key", min(started_at) as "startedAt", max(ended_at) as "endedAt" from pods
    where workload_key in ${keyList(workloads.map((w) => w.key))} and started_at is not null
    group by workload_key`);
  const now = ctx.now();
  return new Map(
    rows.map(({ key, startedAt, endedAt }) => [key, { startedAt, endedAt: endedAt > now ? null : endedAt }]),
  );
}
