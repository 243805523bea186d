import { type Db, type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { inKeys } from "@/db/keys.ts";
import {
  insightBuckets,
  insightCells,
  insightFindings,
  insightSubjects,
  meteredBuckets,
  workloads,
} from "@/db/schema/index.ts";
import { decodeSpan, SPAN, type SpanCells } from "@/lib/insights/cells/codec.ts";
import { floorTo, type Instant, type Interval } from "@/lib/time.ts";

export interface DueBucket {
  readonly bucketAt: Instant;
  readonly revision: number;
  /** Up to where it was evaluated; null: not yet. */
  readonly throughAt: Instant | null;
}

/**
 * Buckets that were metered since they were evaluated, or of which more has settled, oldest first.
 * @param since older ones have lost their samples.
 */
export function listDueBuckets(
  db: Reader,
  clusterId: string,
  since: Instant,
  settled: Instant,
  bucketSeconds: number,
): Promise<DueBucket[]> {
  return db.all(sql`select m.bucket_at as "bucketAt", m.revision as "revision", i.through_at as "throughAt"
    from ${meteredBuckets} m left join ${insightBuckets} i on i.cluster_id = m.cluster_id and i.bucket_at = m.bucket_at
    where m.cluster_id = ${clusterId} and m.bucket_at >= ${since} and m.bucket_at < ${settled}
      and (i.revision is null or i.revision <> m.revision
        or i.through_at < (case when m.bucket_at + ${bucketSeconds} < ${settled} then m.bucket_at + ${bucketSeconds} else ${settled} end))
    order by m.bucket_at`);
}

export async function clustersMetered(db: Reader): Promise<string[]> {
  const rows = await db.all<{ id: string }>(
    sql`select distinct cluster_id as "id" from ${meteredBuckets} order by cluster_id`,
  );
  return rows.map((r) => r.id);
}

/** Up to where any time of a cluster is evaluated; null: nothing is. */
export async function evaluatedThrough(db: Reader, clusterId: string): Promise<Instant | null> {
  const row = await db.find<{ at: Instant | null }>(
    sql`select max(through_at) as "at" from ${insightBuckets} where cluster_id = ${clusterId}`,
  );
  return row?.at ?? null;
}

/** Time of a range whose buckets were evaluated. */
export async function evaluatedTime(db: Reader, clusterId: string, range: Interval): Promise<Interval[]> {
  return db.all<Interval>(sql`select bucket_at as "start", through_at as "end" from ${insightBuckets}
    where cluster_id = ${clusterId} and bucket_at < ${range.end} and through_at > ${range.start} order by bucket_at`);
}

/**
 * Keys of the workloads that a range concerns: those that may have run in it, those that have cells in it, and those
 * with an open finding.
 */
export async function concernedKeys(db: Reader, clusterId: string, range: Interval): Promise<number[]> {
  const rows = await db.all<{ key: number }>(sql`
    select w.key as "key" from ${workloads} w where w.cluster_id = ${clusterId} and w.created_at < ${range.end}
      and (w.key in (select p.workload_key from pods p where p.cluster_id = ${clusterId} and p.ended_at > ${range.start})
        or (coalesce(w.completed_at, w.deleted_at) is null or coalesce(w.completed_at, w.deleted_at) > ${range.start}))
    union select c.workload_key from ${insightCells} c join ${workloads} w on w.key = c.workload_key
      where w.cluster_id = ${clusterId} and c.span_at >= ${floorTo(range.start, SPAN)} and c.span_at < ${range.end}
    union select f.workload_key from ${insightFindings} f
      where f.cluster_id = ${clusterId} and f.workload_key <> 0 and f.ended_at is null
    order by 1`);
  return rows.map((r) => r.key);
}

export interface Subject {
  readonly workloadKey: number;
  readonly throughAt: Instant;
  readonly firstHeldAt: Instant;
  readonly lastActiveAt: Instant | null;
}

export async function loadSubjects(db: Db, keys: readonly number[]): Promise<Map<number, Subject>> {
  const rows = await db.all(sql`select ${columnsOf(insightSubjects)} from ${insightSubjects}
    where ${inKeys(db.dialect, "workload_key", keys)}`);
  return new Map(rows.map((r) => [r.workloadKey, r]));
}

/** Stored cells of workloads from an instant on, by workload and span. */
export async function loadCells(
  db: Db,
  keys: readonly number[],
  from: Instant,
): Promise<Map<number, Map<Instant, SpanCells>>> {
  const rows = await db.all(sql`select ${columnsOf(insightCells)} from ${insightCells}
    where ${inKeys(db.dialect, "workload_key", keys)} and span_at >= ${floorTo(from, SPAN)} order by workload_key, span_at`);
  const out = new Map<number, Map<Instant, SpanCells>>();
  for (const row of rows) {
    const cells = decodeSpan(row.bytes, row.spanAt);
    if (!cells) continue;
    const own = out.get(row.workloadKey) ?? new Map<Instant, SpanCells>();
    out.set(row.workloadKey, own.set(row.spanAt, cells));
  }
  return out;
}

export interface CellsRow {
  readonly workloadKey: number;
  readonly spanAt: Instant;
  /** Null: nothing is left of it. */
  readonly bytes: Buffer | null;
}

export async function saveCells(tx: Tx, rows: readonly CellsRow[], subjects: readonly Subject[]): Promise<void> {
  for (const { workloadKey, spanAt, bytes } of rows)
    if (bytes === null)
      await tx.run(sql`delete from ${insightCells} where workload_key = ${workloadKey} and span_at = ${spanAt}`);
  await tx.insert(
    insightCells,
    rows.flatMap(({ bytes, ...row }) => (bytes ? [{ ...row, bytes }] : [])),
    { target: [insightCells.workloadKey, insightCells.spanAt], update: "all" },
  );
  await tx.insert(insightSubjects, [...subjects], { target: [insightSubjects.workloadKey], update: "all" });
}

/** @returns false if another process evaluated one of the buckets meanwhile. */
export async function keepBuckets(
  tx: Tx,
  clusterId: string,
  group: readonly DueBucket[],
  through: (bucketAt: Instant) => Instant,
): Promise<boolean> {
  for (const { bucketAt, throughAt } of group) {
    const now = await tx.find<{ throughAt: number }>(sql`select through_at as "throughAt" from ${insightBuckets}
      where cluster_id = ${clusterId} and bucket_at = ${bucketAt}`);
    if ((now?.throughAt ?? null) !== throughAt) return false;
  }
  await tx.insert(
    insightBuckets,
    group.map((b) => ({ clusterId, bucketAt: b.bucketAt, revision: b.revision, throughAt: through(b.bucketAt) })),
    { target: [insightBuckets.clusterId, insightBuckets.bucketAt], update: "all" },
  );
  return true;
}

/** Removes cells that ended before an instant, as their samples are. */
export async function pruneCells(db: Db, before: Instant): Promise<void> {
  const old = await db.find<{ at: number | null }>(
    sql`select min(span_at) as "at" from ${insightCells} where span_at < ${before - SPAN}`,
  );
  if (old?.at !== null && old !== undefined)
    await db.write(async (tx) => {
      await tx.run(sql`delete from ${insightCells} where span_at < ${before - SPAN}`);
    });
}
