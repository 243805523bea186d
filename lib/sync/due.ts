import { randomInt } from "node:crypto";
import { sql, type Tx } from "@/db/client.ts";
import { capacity, dueBuckets, hardware } from "@/db/schema/index.ts";
import { floorTo, type Instant, type Interval } from "@/lib/time.ts";

/**
 * A random start, so that a bucket that is due again does not look like it did before: another process may be metering
 * it.
 */
const newRevision = () => randomInt(2 ** 47);

/** Marks every bucket of a range as due for metering, whether or not it was metered before. */
export async function markDue(tx: Tx, clusterId: string, range: Interval, bucketSeconds: number): Promise<void> {
  for (let at = floorTo(range.start, bucketSeconds); at < range.end; at += bucketSeconds)
    await tx.run(sql`insert into ${dueBuckets} (cluster_id, bucket_at, revision) values (${clusterId}, ${at}, ${newRevision()})
      on conflict (cluster_id, bucket_at) do update set revision = due_buckets.revision + 1`);
}

/**
 * Marks the buckets of a range that were metered before, because facts about them changed. The others wait for their
 * samples.
 */
export async function markMetered(tx: Tx, clusterId: string, range: Interval, bucketSeconds: number): Promise<void> {
  await tx.run(sql`insert into ${dueBuckets} (cluster_id, bucket_at, revision)
    select distinct ${clusterId}, c.bucket_at, cast(${newRevision()} as bigint) from ${capacity} c join ${hardware} h on h.key = c.hardware_key
    where h.cluster_id = ${clusterId} and c.bucket_at >= ${floorTo(range.start, bucketSeconds)} and c.bucket_at < ${range.end}
    on conflict (cluster_id, bucket_at) do update set revision = due_buckets.revision + 1`);
}

/** A bucket that changed since it was metered, with the revision that was read. */
export interface DueBucket {
  readonly bucketAt: Instant;
  readonly revision: number;
}

/**
 * Whether all of these are still due. If one is not, another process metered it meanwhile, perhaps from newer facts.
 */
export async function areDue(tx: Tx, clusterId: string, due: readonly DueBucket[]): Promise<boolean> {
  const [first, last] = [due[0], due.at(-1)];
  if (!first || !last) return true;
  const rows = await tx.all<{ at: Instant }>(sql`select bucket_at as "at" from ${dueBuckets}
    where cluster_id = ${clusterId} and bucket_at >= ${first.bucketAt} and bucket_at <= ${last.bucketAt}`);
  const known = new Set(rows.map((r) => r.at));
  return due.every((d) => known.has(d.bucketAt));
}

/** Marks buckets as no longer due, unless they changed again since `due` was read. */
export async function clearDue(tx: Tx, clusterId: string, due: readonly DueBucket[]): Promise<void> {
  for (const { bucketAt, revision } of due)
    await tx.run(
      sql`delete from ${dueBuckets} where cluster_id = ${clusterId} and bucket_at = ${bucketAt} and revision = ${revision}`,
    );
}
