import { sql } from "@/db/client";
import type { Ctx } from "@/lib/ctx";
import { Concurrency } from "./concurrency.ts";
import { BUCKET_QUANTITIES, type ConcurrentPeaks, type LargestBucket } from "./project-figures.ts";
import { inBuckets, keyList, selectQuantities } from "./quantities.ts";
import type { Period } from "./report.ts";
import type { Scope } from "./scope.ts";

interface PodSpan {
  readonly projectKey: number;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number;
  readonly gpuMilli: number;
}

/** The most GPUs and pods that each project had at one instant of the period, from the pods' own start and end. */
export async function readConcurrentPeaks(
  ctx: Ctx,
  period: Period,
  scope: Scope,
): Promise<(projectKey: number) => ConcurrentPeaks> {
  const ofProjects = scope.projectKeys ? sql` and w.project_key in ${keyList(scope.projectKeys)}` : sql``;
  const pods = await ctx.db.all<PodSpan>(sql`
    select w.project_key as "projectKey", p.created_at as "createdAt", p.started_at as "startedAt", p.ended_at as "endedAt",
      coalesce(p.gpu_milli, w.gpu_request_per_pod_milli, 0) as "gpuMilli"
    from pods p join workloads w on w.key = p.workload_key
    where p.ended_at > ${period.start} and p.created_at < ${period.end}${ofProjects}`);
  const byProject = Map.groupBy(pods, (p) => p.projectKey);
  return (projectKey) => {
    const [allocated, existing, running] = [new Concurrency(period), new Concurrency(period), new Concurrency(period)];
    for (const { createdAt, startedAt, endedAt, gpuMilli } of byProject.get(projectKey) ?? []) {
      existing.add(createdAt, endedAt, 1);
      if (startedAt === null) continue;
      allocated.add(startedAt, endedAt, gpuMilli);
      running.add(startedAt, endedAt, 1);
    }
    return { allocatedMilli: allocated.peak(), pods: existing.peak(), runningPods: running.peak() };
  };
}

/** The largest value that each integral of a project, over all its hardware, has in one bucket of the period. */
export async function readLargestBuckets(
  ctx: Ctx,
  period: Period,
  projectKeys: readonly number[],
): Promise<ReadonlyMap<number, LargestBucket>> {
  const largest = sql.raw(BUCKET_QUANTITIES.map((q) => `max(b."${q}") as "${q}"`).join(", "));
  const rows = await ctx.db.all<LargestBucket & { projectKey: number }>(sql`
    select b.project_key as "projectKey", ${largest}
    from (
      select u.project_key, u.bucket_at, ${selectQuantities(BUCKET_QUANTITIES)} from usage_projects u
      where ${inBuckets(period)} and u.project_key in ${keyList(projectKeys)}
      group by u.project_key, u.bucket_at
    ) b group by b.project_key`);
  return new Map(rows.map((r) => [r.projectKey, r]));
}
