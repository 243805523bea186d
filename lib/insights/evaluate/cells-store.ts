import { type Db, type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { inKeys } from "@/db/keys.ts";
import {
  insightBuckets,
  insightCells,
  insightFindings,
  insightSubjects,
  meteredBuckets,
  pods,
  workloads,
} from "@/db/schema/index.ts";
import { workloadEnd } from "@/db/schema/inventory.ts";
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

/** Time of a cluster that was evaluated, oldest first. */
export async function evaluatedTime(db: Reader, clusterId: string): Promise<Interval[]> {
  return db.all<Interval>(sql`select bucket_at as "start", through_at as "end" from ${insightBuckets}
    where cluster_id = ${clusterId} order by bucket_at`);
}

/**
 * Keys of the workloads that a range concerns: those that may have run in it, those that have cells in it, and those
 * with an open finding.
 */
export async function concernedKeys(db: Reader, clusterId: string, range: Interval): Promise<number[]> {
  const rows = await db.all<{ key: number }>(sql`
    select w.key as "key" from ${workloads} w where w.cluster_id = ${clusterId}
      and ${workloadEnd("w.")} > ${range.start} and w.created_at < ${range.end}
    union select p.workload_key from ${pods} p where p.cluster_id = ${clusterId} and p.ended_at > ${range.start}
      and (p.started_at is null or p.started_at < ${range.end}) and p.created_at < ${range.end}
    union select c.workload_key from ${insightCells} c join ${workloads} w on w.key = c.workload_key
      where c.span_at >= ${floorTo(range.start, SPAN)} and c.span_at < ${range.end} and w.cluster_id = ${clusterId}
    union select f.workload_key from ${insightFindings} f
      where f.ended_at is null and f.cluster_id = ${clusterId} and f.workload_key <> 0
    order by 1`);
  return rows.map((r) => r.key);
}

/**
 * Workloads of a cluster that were not active in the last cell that was judged, or have an open finding, and are behind.
 * @param judged up to where every workload was judged.
 */
export async function waitingKeys(
  db: Reader,
  clusterId: string,
  judged: Instant,
  settled: Instant,
): Promise<ReadonlySet<number>> {
  const rows = await db.all<{ key: number }>(sql`select s.workload_key as "key" from ${insightSubjects} s
    where s.through_at >= ${judged} and s.through_at < ${settled}
      and (s.last_active_at is null or s.last_active_at < s.through_at or s.workload_key in (select f.workload_key
        from ${insightFindings} f where f.cluster_id = ${clusterId} and f.ended_at is null))`);
  return new Set(rows.map((r) => r.key));
}

export interface Subject {
  readonly workloadKey: number;
  readonly throughAt: Instant;
  readonly firstHeldAt: Instant;
  readonly lastActiveAt: Instant | null;
}

export async function loadSubjects(
  db: Reader,
  dialect: Db["dialect"],
  keys: readonly number[],
): Promise<Map<number, Subject>> {
  const rows = await db.all(sql`select ${columnsOf(insightSubjects)} from ${insightSubjects}
    where ${inKeys(dialect, "workload_key", keys)}`);
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

/** Whether nobody evaluated any of these workloads since they were read. */
export async function areStill(
  tx: Tx,
  dialect: Db["dialect"],
  subjects: readonly Subject[],
  before: ReadonlyMap<number, Subject>,
): Promise<boolean> {
  const keys = subjects.map((s) => s.workloadKey);
  const now = await loadSubjects(tx, dialect, keys);
  return keys.every((key) => now.get(key)?.throughAt === before.get(key)?.throughAt);
}

export interface CellsRow {
  readonly workloadKey: number;
  readonly spanAt: Instant;
  /** Null: nothing is left of it. */
  readonly bytes: Buffer | null;
}

/** Gives back the pages that earlier transactions of the writer left in its cache: nobody reads them again. */
export async function releasePages(tx: Tx, dialect: Db["dialect"]): Promise<void> {
  if (dialect === "sqlite") await tx.run(sql`pragma shrink_memory`);
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

/** Says of buckets that no evaluation read that one began with them: findings of some workloads follow from what they hold. */
export async function beginBuckets(db: Db, clusterId: string, group: readonly DueBucket[]): Promise<void> {
  const fresh = group.filter((b) => b.throughAt === null);
  const rows = fresh.map(({ bucketAt }) => ({ clusterId, bucketAt, revision: 0, throughAt: bucketAt }));
  const target = [insightBuckets.clusterId, insightBuckets.bucketAt];
  if (rows.length) await db.write((tx) => tx.insert(insightBuckets, rows, { target, update: [] }));
}

/** Removes cells that ended before an instant, as their samples are, and what is known of evaluating their buckets. */
export async function prune(db: Db, before: Instant): Promise<void> {
  const [cells, buckets] = [sql`span_at < ${before - SPAN}`, sql`bucket_at < ${before - SPAN}`];
  const old =
    (await db.find(sql`select 1 as "one" from ${insightCells} where ${cells} limit 1`)) ??
    (await db.find(sql`select 1 as "one" from ${insightBuckets} where ${buckets} limit 1`));
  if (!old) return;
  await db.write(async (tx) => {
    await tx.run(sql`delete from ${insightCells} where ${cells}`);
    await tx.run(sql`delete from ${insightBuckets} where ${buckets}`);
  });
}
