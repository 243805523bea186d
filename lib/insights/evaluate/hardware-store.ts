import { type Reader, sql } from "@/db/client.ts";
import { capacity, hardware, meteredBuckets, usage } from "@/db/schema/index.ts";
import { classColumn } from "@/lib/classes.ts";
import type { HardwareBucket } from "@/lib/insights/rules/rule.ts";
import type { Instant, Interval } from "@/lib/time.ts";

export interface MeteredBucket extends Omit<HardwareBucket, "seconds"> {
  readonly bucketAt: Instant;
  /** Up to where it is metered. */
  readonly throughAt: Instant;
}

const FREE = sql.raw(classColumn("unallocated", "milli"));

/** Metered buckets of a cluster by hardware within a range, oldest first. */
export function loadHardwareBuckets(db: Reader, clusterId: string, range: Interval): Promise<MeteredBucket[]> {
  return db.all(sql`select h.node_pool as "pool", h.gpu_model as "model", c.bucket_at as "bucketAt",
      c.capacity_milli as "capacityMilli", coalesce(u.${FREE}, 0) as "unallocatedMilli", c.overlap_milli as "overlapMilli", c.through_at as "throughAt"
    from ${capacity} c join ${hardware} h on h.key = c.hardware_key
    left join ${usage} u on u.bucket_at = c.bucket_at and u.hardware_key = c.hardware_key and u.workload_key = 0
    where h.cluster_id = ${clusterId} and h.gpu_model <> '' and c.bucket_at >= ${range.start} and c.bucket_at < ${range.end}
    order by c.bucket_at`);
}

/** When the metered buckets of a cluster within a range begin, whatever hardware they found. */
export async function loadMeteredInstants(db: Reader, clusterId: string, range: Interval): Promise<Set<Instant>> {
  const rows = await db.all<{ at: Instant }>(sql`select bucket_at as "at" from ${meteredBuckets}
    where cluster_id = ${clusterId} and bucket_at >= ${range.start} and bucket_at < ${range.end}`);
  return new Set(rows.map((r) => r.at));
}
