import { type Reader, sql } from "@/db/client.ts";
import { clusters, gaps, syncRuns } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";

/** Ends of live syncs that read something, oldest first, from an instant on. */
export async function listSyncEnds(db: Reader, from: Instant): Promise<Instant[]> {
  const rows = await db.all<{ at: number }>(sql`select finished_at as at from ${syncRuns}
    where kind = 'live' and status in ('ok', 'partial') and finished_at >= ${from} order by finished_at`);
  return rows.map((row) => row.at);
}

/** The newest of them, and what the newest run said; null: nothing was ever synced. */
export async function findLastSync(db: Reader): Promise<{ readonly at: Instant; readonly error: string } | null> {
  const last = await db.find<{ at: number | null }>(sql`select max(finished_at) as at from ${syncRuns}
    where kind = 'live' and status in ('ok', 'partial')`);
  if (last?.at == null) return null;
  const run = await db.find<{
    error: string;
  }>(sql`select error from ${syncRuns} where kind = 'live' and status <> 'requested'
    order by started_at desc limit 1`);
  return { at: last.at, error: run?.error ?? "" };
}

export interface GapSum {
  readonly clusterId: string;
  readonly cluster: string;
  readonly gaps: number;
  readonly oldestAt: Instant;
  readonly cause: string;
}

/** Open gaps that began before an instant, by cluster. */
export function listOldGaps(db: Reader, before: Instant): Promise<GapSum[]> {
  return db.all(sql`select g.cluster_id as "clusterId", coalesce(min(c.name), g.cluster_id) as cluster,
      cast(count(*) as bigint) as gaps, min(g.start_at) as "oldestAt", min(g.cause) as cause
    from ${gaps} g left join ${clusters} c on c.id = g.cluster_id
    where g.status = 'open' and g.start_at < ${before} group by g.cluster_id order by g.cluster_id`);
}

/** Gaps that lasted longer than so many seconds before they were filled, by cluster; those still open, too. */
export function listLongGaps(
  db: Reader,
  seconds: number,
  span: { readonly start: Instant; readonly end: Instant },
): Promise<{ clusterId: string; at: Instant }[]> {
  return db.all(sql`select cluster_id as "clusterId", min(start_at) + ${seconds} as at from ${gaps}
    where start_at + ${seconds} >= ${span.start} and start_at + ${seconds} < ${span.end}
      and (healed_at is null or healed_at > start_at + ${seconds}) group by cluster_id, first_seen_at order by at`);
}
