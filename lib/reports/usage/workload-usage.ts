import type { SQL } from "drizzle-orm";
import { sql } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { inList } from "@/db/in-list.ts";
import { phases as phaseTable, pods as podTable } from "@/db/schema/index.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { compareKeys } from "@/lib/order.ts";
import { inBuckets, type Quantities, type Quantity, workloadUsage } from "@/lib/reports/read/measures.ts";
import { type NamedPart, namedParts } from "@/lib/reports/read/project-history.ts";
import type { Scope } from "@/lib/reports/read/scope.ts";
import { readWorkloadSums } from "@/lib/reports/read/usage.ts";
import type { Period } from "@/lib/reports/report.ts";
import { podLives, spansOf } from "@/lib/sync/facts/pod-life.ts";
import type { ReportedPhases } from "@/lib/sync/facts/running-episodes.ts";

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
  /** `having …` over the period's rows of a workload, of alias `u`: only those that meet it. All of them by default. */
  readonly having?: SQL;
  /** What rows are sorted by first, which is of their project: then one project is listed after the other, as they are read. */
  readonly byProject: (project: ProjectNames) => readonly string[];
  /** One row for each GPU model that a workload ran on, or one for all. */
  readonly byModel?: boolean;
  /** What rows are sorted by then; then by GPU model. Must distinguish any two workloads. */
  readonly order: (workload: ReportWorkload) => readonly string[];
}

const PAGE = 500;

/** What is known of a workload's project. */
export type ProjectNames = Pick<ReportWorkload, "cluster" | "department" | "project">;

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
  // A workload is one row: under what its project was at the end of the period.
  const named = (await namedParts(ctx, scope, period)).at(-1) as NamedPart;
  const names = (key: number, clusterId: string) => projectNames(scope, named, key, clusterId);
  for (const projects of await projectsInOrder(ctx, period, scope, request, names)) {
    const listed = await listWorkloads(ctx, period, scope, projects, request.having, names);
    const sorted = listed
      .map((workload) => ({ workload, texts: [...request.byProject(workload), ...request.order(workload)] }))
      .sort((a, b) => compareKeys(a.texts, b.texts));
    for (let at = 0; at < sorted.length; at += PAGE) {
      const page = sorted.slice(at, at + PAGE).map((s) => s.workload);
      yield await readPage(ctx, period, page, request);
    }
  }
}

/** Keys of the projects with usage, those with the same texts together. What is listed by a condition is listed at once. */
async function projectsInOrder<Q extends Quantity>(
  ctx: Ctx,
  period: Period,
  scope: Scope,
  { byProject, having }: WorkloadUsageRequest<Q>,
  names: Names,
): Promise<readonly (readonly number[])[]> {
  const ofProjects = scope.everyWorkload
    ? sql``
    : sql` and exists (select 1 from workloads w where w.project_key = p.key${scope.workloads("w")})`;
  const rows = await ctx.db.all<{ key: number; clusterId: string }>(sql`
    select p.key as "key", p.cluster_id as "clusterId" from projects p where exists
      (select 1 from usage_projects u where u.project_key = p.key and ${inBuckets(period)})
      ${ofProjects}${scope.clusters("p.cluster_id")}`);
  if (having) return [rows.map((r) => r.key)];
  const named = rows.map(({ key, clusterId }) => ({ key, texts: byProject(names(key, clusterId)) }));
  named.sort((a, b) => compareKeys(a.texts, b.texts));
  return [...Map.groupBy(named, (n) => n.texts.join("\u0000")).values()].map((group) => group.map((n) => n.key));
}

type Names = (projectKey: number, clusterId: string) => ProjectNames;

function projectNames(scope: Scope, named: NamedPart, key: number, clusterId: string): ProjectNames {
  const project = named.project(key);
  return {
    cluster: scope.clusterName(clusterId),
    department: project?.department ?? "",
    project: project?.name ?? "",
  };
}

async function listWorkloads(
  ctx: Ctx,
  period: Period,
  scope: Scope,
  projects: readonly number[],
  having: SQL | undefined,
  names: Names,
): Promise<ReportWorkload[]> {
  const { table, inPeriod } = workloadUsage(period);
  const ofUser = scope.user === undefined ? sql`` : sql` and w.submitted_by = ${scope.user}`;
  const used = having
    ? sql`w.key in (select u.workload_key from ${table} u where ${inPeriod} and u.workload_key <> 0
        group by u.workload_key ${having})`
    : sql`exists (select 1 from ${table} u where u.workload_key = w.key and ${inPeriod})`;
  type Listed = Omit<ReportWorkload, keyof ProjectNames> & { clusterId: string };
  const rows = await ctx.db.all<Listed>(sql`
    select w.key as "key", w.id as "id", w.name as "name", w.category as "category", w.submitted_by as "user",
      w.cluster_id as "clusterId", w.project_key as "projectKey"
    from workloads w where w.project_key in ${inList(projects)} and w.key <> 0 and ${used}${ofUser}${scope.workloads("w")}`);
  return rows.map(({ clusterId, ...row }) => ({ ...row, ...names(row.projectKey, clusterId) }));
}

async function readPage<Q extends Quantity>(
  ctx: Ctx,
  period: Period,
  page: readonly ReportWorkload[],
  { quantities, byModel }: WorkloadUsageRequest<Q>,
): Promise<WorkloadUsage<Q>[]> {
  const rows = await readWorkloadSums(ctx, period, {
    by: byModel ? ["workloadKey", "gpuModel"] : ["workloadKey"],
    quantities,
    where: sql` and u.workload_key in ${inList(page.map((w) => w.key))}`,
  });
  const place = new Map(page.map((workload, i) => [workload.key, { workload, i }]));
  return rows
    .flatMap((row) => {
      const found = place.get(row.workloadKey);
      return found ? [{ ...found, gpuModel: byModel ? row.gpuModel : "", quantities: row }] : [];
    })
    .sort((a, b) => a.i - b.i || compareKeys([a.gpuModel], [b.gpuModel]));
}

const POD = columnsOf(podTable, ["id", "workloadKey", "node", "createdAt", "startedAt", "boundAt", "endedAt"]);

/**
 * When the pods of each workload held GPUs first and last (lib/sync/facts/pod-life.ts): a container that restarted
 * started with its pod, although a later start is reported. `endedAt` is null while a pod runs. Workloads without a pod
 * that held anything are absent.
 */
export async function readSpans(
  ctx: Ctx,
  workloads: readonly ReportWorkload[],
): Promise<ReadonlyMap<number, { readonly startedAt: number; readonly endedAt: number | null }>> {
  const { db } = ctx;
  const keys = inList(workloads.map((w) => w.key));
  const pods = await db.all(sql`select ${POD} from ${podTable} where workload_key in ${keys}`);
  const phases = await db.all(sql`select ${columnsOf(phaseTable)} from ${phaseTable} where workload_key in ${keys}`);
  const rows = await db.all<Omit<ReportedPhases, "phases"> & { key: number }>(sql`select key, phase,
    created_at as "createdAt", phase_updated_at as "phaseUpdatedAt", running_seconds as "runningSeconds",
    coalesce(completed_at, deleted_at) as "endedAt" from workloads where key in ${keys}`);
  const podsOf = Map.groupBy(pods, (p) => p.workloadKey);
  const phasesOf = Map.groupBy(phases, (p) => p.workloadKey);
  const now = ctx.now();
  return new Map(
    rows.flatMap(({ key, ...reported }) => {
      const lives = spansOf(podLives({ ...reported, phases: phasesOf.get(key) ?? [] }, podsOf.get(key) ?? []));
      if (!lives.length) return [];
      const endedAt = Math.max(...lives.map((l) => l.end));
      return [[key, { startedAt: Math.min(...lives.map((l) => l.start)), endedAt: endedAt > now ? null : endedAt }]];
    }),
  );
}
