import { sql } from "@/db/client.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { HOUR, type Interval } from "@/lib/time.ts";
import { inBuckets } from "./measures.ts";

export interface MeteredTime {
  /** Wall-clock seconds of the period that have been metered: what an average over the period divides by. */
  readonly seconds: number;
  readonly bucketSeconds: number;
}

/**
 * How much of the period each cluster's metering has covered. What is not metered yet, or lies before the first sync, is
 * unknown and belongs in no average. A cluster without GPUs has no capacity rows: the period up to now stands in.
 */
export async function readMeteredTime(ctx: Ctx, period: Interval): Promise<(clusterId: string) => MeteredTime> {
  const rows = await ctx.db.all<MeteredTime & { clusterId: string }>(sql`
    select b.cluster_id as "clusterId", cast(sum(b.seconds) as bigint) as "seconds", max(b.seconds) as "bucketSeconds"
    from (
      select h.cluster_id, u.bucket_at, max(u.through_at) - u.bucket_at as seconds
      from capacity u join hardware h on h.key = u.hardware_key
      where ${inBuckets(period)}
      group by h.cluster_id, u.bucket_at
    ) b group by b.cluster_id`);
  const byCluster = new Map(rows.map((r) => [r.clusterId, r]));
  const whole = { seconds: Math.max(0, Math.min(period.end, ctx.now()) - period.start), bucketSeconds: HOUR };
  return (clusterId) => byCluster.get(clusterId) ?? whole;
}
