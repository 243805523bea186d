import { type Reader, sql } from "@/db/client.ts";
import { capacity, hardware, usage } from "@/db/schema/index.ts";
import { classColumn } from "@/lib/classes.ts";
import type { Instant, Interval } from "@/lib/time.ts";

export interface HardwareBucket {
  readonly pool: string;
  readonly model: string;
  readonly bucketAt: Instant;
  readonly capacityMilli: number;
  /** Milli-GPU-seconds that nobody held although the card was there. */
  readonly unallocatedMilli: number;
}

const FREE = sql.raw(classColumn("unallocated", "milli"));

/** Whole metered buckets of a cluster by hardware, oldest first. */
export function loadHardwareBuckets(
  db: Reader,
  clusterId: string,
  range: Interval,
  bucketSeconds: number,
): Promise<HardwareBucket[]> {
  return db.all(sql`select h.node_pool as "pool", h.gpu_model as "model", c.bucket_at as "bucketAt",
      c.capacity_milli as "capacityMilli", coalesce(u.${FREE}, 0) as "unallocatedMilli"
    from ${capacity} c join ${hardware} h on h.key = c.hardware_key
    left join ${usage} u on u.bucket_at = c.bucket_at and u.hardware_key = c.hardware_key and u.workload_key = 0
    where h.cluster_id = ${clusterId} and h.gpu_model <> '' and c.bucket_at >= ${range.start}
      and c.bucket_at < ${range.end} and c.through_at >= c.bucket_at + ${bucketSeconds}
    order by c.bucket_at`);
}
