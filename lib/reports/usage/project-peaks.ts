import { sql } from "@/db/client.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { inBuckets, selectQuantities } from "@/lib/reports/read/measures.ts";
import type { Scope } from "@/lib/reports/read/scope.ts";
import type { Period } from "@/lib/reports/report.ts";
import { BUCKET_QUANTITIES, type ConcurrentPeaks, type LargestBucket } from "./project-figures.ts";

/** The most GPUs and pods that each project had at one instant of the period: the largest of its buckets' (lib/metering/project-peaks.ts). */
export async function readConcurrentPeaks(
  ctx: Ctx,
  period: Period,
  scope: Scope,
): Promise<ReadonlyMap<number, ConcurrentPeaks>> {
  const inClusters = scope.clusterIds
    ? sql` and u.project_key in (select p.key from projects p where true${scope.clusters("p.cluster_id")})`
    : sql``;
  const rows = await ctx.db.all<ConcurrentPeaks & { projectKey: number }>(sql`
    select u.project_key as "projectKey", max(u.allocated_milli) as "allocatedMilli", max(u.pods) as "pods",
      max(u.running_pods) as "runningPods"
    from project_peaks u where ${inBuckets(period)}${scope.projects("u.project_key")}${inClusters} group by u.project_key`);
  return new Map(rows.map((r) => [r.projectKey, r]));
}

/** The largest value that each integral of a project, over all its hardware, has in one bucket of the period. */
export async function readLargestBuckets(
  ctx: Ctx,
  period: Period,
  scope: Scope,
): Promise<ReadonlyMap<number, LargestBucket>> {
  const largest = sql.raw(BUCKET_QUANTITIES.map((q) => `max(b."${q}") as "${q}"`).join(", "));
  const rows = await ctx.db.all<LargestBucket & { projectKey: number }>(sql`
    select b.project_key as "projectKey", ${largest}
    from (
      select u.project_key, u.bucket_at, ${selectQuantities(BUCKET_QUANTITIES)} from usage_projects u
      where ${inBuckets(period)} and u.project_key <> 0${scope.projects("u.project_key")}${scope.hardware("u.hardware_key")}
      group by u.project_key, u.bucket_at
    ) b group by b.project_key`);
  return new Map(rows.map((r) => [r.projectKey, r]));
}
