import { type Db, type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { chunks, prunedSpans, windows } from "@/db/schema/index.ts";
import { markDue } from "@/lib/sync/due.ts";
import { type Instant, type Interval, intersect } from "@/lib/time.ts";
import { CHUNK_SECONDS } from "./chunk.ts";

const spanAt = (start: Instant): Interval => ({ start, end: start + CHUNK_SECONDS });

/**
 * Removes chunk spans that ended before `before`, and records that they were removed, so that buckets metered from them
 * stay.
 * @param keep ranges whose samples are still needed, such as those of a running backfill.
 * @returns how many spans were removed.
 */
export async function pruneSamples(db: Db, before: Instant, now: Instant, keep: readonly Interval[]): Promise<number> {
  let removed = 0;
  for (let after = -1; ; ) {
    const next = await db.find<{ startAt: number | null }>(
      sql`select min(start_at) as "startAt" from ${chunks} where start_at > ${after}`,
    );
    const startAt = next?.startAt ?? null;
    if (startAt === null || startAt + CHUNK_SECONDS > before) return removed;
    after = startAt;
    if (keep.some((k) => intersect(k, spanAt(startAt)))) continue;
    await db.write(async (tx) => {
      await tx.run(sql`delete from ${chunks} where start_at = ${startAt}`);
      await tx.insert(prunedSpans, [{ startAt, prunedAt: now }], { target: [prunedSpans.startAt], update: "all" });
    });
    removed++;
  }
}

export interface Reopening {
  /** What the backfill has read so far. */
  readonly read: Interval;
  /** Only buckets in this range become due. */
  readonly meter: Interval;
  readonly marginSeconds: number;
  readonly bucketSeconds: number;
}

/**
 * Allows pruned chunk spans that a backfill has read again to be metered again, and marks their buckets as due. A span
 * stays as it was metered while a part of it was not read in full, or where the source has nothing left of it: known
 * usage must not become no-data.
 * @returns the starts of the spans that stay closed.
 */
export async function reopenPruned(db: Db, backfillId: string, reopening: Reopening): Promise<Instant[]> {
  const { read, meter, marginSeconds, bucketSeconds } = reopening;
  const closed: Instant[] = [];
  for (const startAt of await prunedStarts(db, read)) {
    if (startAt < read.start || startAt + CHUNK_SECONDS > read.end) continue;
    const clusters = await readingsOf(db, backfillId, spanAt(startAt));
    if (!clusters.length || clusters.some((c) => c.unread > 0 || c.samples === 0)) {
      closed.push(startAt);
      continue;
    }
    const due = intersect({ start: startAt - marginSeconds, end: startAt + CHUNK_SECONDS + marginSeconds }, meter);
    await db.write(async (tx: Tx) => {
      await tx.run(sql`delete from ${prunedSpans} where start_at = ${startAt}`);
      if (due) for (const { clusterId } of clusters) await markDue(tx, clusterId, due, bucketSeconds);
    });
  }
  return closed;
}

/** Starts of the chunk spans of a range that retention has removed, newest first. */
export async function prunedStarts(db: Reader, within: Interval): Promise<Instant[]> {
  const rows = await db.all(sql`select ${columnsOf(prunedSpans, ["startAt"])} from ${prunedSpans}
    where start_at > ${within.start - CHUNK_SECONDS} and start_at < ${within.end} order by start_at desc`);
  return rows.map((r) => r.startAt);
}

/** How a backfill's windows in a span ended, for each cluster. */
function readingsOf(db: Reader, backfillId: string, span: Interval) {
  return db.all<{ clusterId: string; unread: number; samples: number }>(sql`select cluster_id as "clusterId",
    cast(sum(case when status in ('due', 'leased', 'failed', 'partial') then 1 else 0 end) as bigint) as "unread",
    cast(sum(samples) as bigint) as "samples" from ${windows}
    where backfill_id = ${backfillId} and start_at < ${span.end} and end_at > ${span.start} group by cluster_id`);
}
