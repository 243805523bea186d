import { sql } from "@/db/client";
import type { Ctx } from "@/lib/ctx";
import { peakOf } from "@/lib/metering/measures";
import { BUCKET_QUANTITIES, type ConcurrentPeaks, type LargestBucket } from "./project-figures.ts";
import { inBuckets, keyList, selectQuantities } from "./quantities.ts";
import type { Period } from "./report.ts";

interface PodSpan {
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number;
  readonly gpuMilli: number | null;
}

/** The most GPUs and pods that a project had at one instant of the period, from the pods' own start and end. */
export async function readConcurrentPeaks(ctx: Ctx, period: Period, projectKey: number): Promise<ConcurrentPeaks> {
  const pods = await ctx.db.all<PodSpan>(sql`
    select p.created_at as "createdAt", p.started_at as "startedAt", p.ended_at as "endedAt", p.gpu_milli as "gpuMilli"
    from pods p join workloads w on w.key = p.workload_key
    where w.project_key = ${projectKey} and p.ended_at > ${period.start} and p.created_at < ${period.end}`);
  const started = pods.flatMap((p) =>
    p.startedAt === null ? [] : [{ start: p.startedAt, end: p.endedAt, milli: p.gpuMilli ?? 0 }],
  );
  return {
    allocatedMilli: peakOf(
      started.map((p) => ({ ...p, weight: p.milli })),
      period,
    ),
    pods: peakOf(
      pods.map((p) => ({ start: p.createdAt, end: p.endedAt, weight: 1 })),
      period,
    ),
    runningPods: peakOf(
      started.map((p) => ({ ...p, weight: 1 })),
      period,
    ),
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
