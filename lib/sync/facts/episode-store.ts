import { type Reader, sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { phases, workloads } from "@/db/schema/index.ts";
import type { PhaseRecord } from "@/lib/sources/source.ts";
import { type Instant, type Interval, intersect } from "@/lib/time.ts";
import { HOLDING_PHASES, RUNNING_PHASES, runningEpisodes } from "./running-episodes.ts";

/** SQL condition on a workload `w`: its phase history says that it was running at some time in the half-open span. */
export const ranByHistory = (span: Interval) => sql`exists (select 1 from ${phases} h where h.workload_key = w.key
  and h.phase in ${inList(RUNNING_PHASES)} and h.at < ${span.end}
  and not exists (select 1 from ${phases} g where g.workload_key = w.key and g.at > h.at and g.at <= ${span.start}
    and g.phase not in ${inList(HOLDING_PHASES)}))`;

/** SQL condition on a workload `w`: no phase history is stored. */
export const hasNoHistory = sql`not exists (select 1 from ${phases} h where h.workload_key = w.key)`;

/** When a workload ran in a span by its phase history, as half-open intervals; null if no history is stored. */
export async function episodesWithin(
  db: Reader,
  clusterId: string,
  workloadId: string,
  span: Interval,
): Promise<Interval[] | null> {
  const rows = await db.all<PhaseRecord & { endedAt: Instant | null }>(sql`select h.at, h.phase,
    coalesce(w.completed_at, w.deleted_at) as "endedAt" from ${workloads} w join ${phases} h on h.workload_key = w.key
    where w.cluster_id = ${clusterId} and w.id = ${workloadId} order by h.at`);
  if (!rows.length) return null;
  return runningEpisodes(rows, rows[0]?.endedAt ?? null).flatMap((e) => intersect(e, span) ?? []);
}
