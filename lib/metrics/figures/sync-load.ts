import { type Reader, sql } from "@/db/client.ts";
import { alertDeliveries, alertEvents, dueBuckets, gaps, syncRuns, windows } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";

interface Counted {
  readonly count: number;
}

export interface SyncFigures {
  /** When a sync last read something; null: never. */
  readonly lastSuccessAt: Instant | null;
  readonly dueBuckets: number;
  readonly gaps: readonly (Counted & { readonly clusterId: string; readonly source: string; readonly cause: string })[];
  readonly windows: readonly (Counted & { readonly source: string; readonly status: string })[];
  /** Of the last day. */
  readonly runs: readonly (Counted & { readonly kind: string; readonly status: string })[];
  /** Seconds of the newest run that has ended; null: none has. */
  readonly lastSeconds: number | null;
}

/** @param since runs that began then or later are counted. */
export async function loadSyncFigures(db: Reader, since: Instant): Promise<SyncFigures> {
  const [one, openGaps, byWindow, runs, last] = await Promise.all([
    db.find<{ lastSuccessAt: number | null; due: number }>(sql`
      select (select max(finished_at) from ${syncRuns} where status in ('ok', 'partial')) as "lastSuccessAt",
        (select count(*) from ${dueBuckets}) as "due"`),
    db.all<SyncFigures["gaps"][number]>(sql`
      select cluster_id as "clusterId", source as "source", cause as "cause", count(*) as "count"
      from ${gaps} where status = 'open' group by cluster_id, source, cause order by 1, 2, 3`),
    db.all<SyncFigures["windows"][number]>(sql`
      select source as "source", status as "status", count(*) as "count" from ${windows}
      where status in ('due', 'leased', 'failed', 'partial') group by source, status order by 1, 2`),
    db.all<SyncFigures["runs"][number]>(sql`
      select kind as "kind", status as "status", count(*) as "count" from ${syncRuns}
      where started_at >= ${since} group by kind, status order by 1, 2`),
    db.find<{ seconds: number }>(sql`select finished_at - started_at as "seconds" from ${syncRuns}
      where finished_at is not null order by started_at desc limit 1`),
  ]);
  return {
    lastSuccessAt: one?.lastSuccessAt ?? null,
    dueBuckets: one?.due ?? 0,
    ...{ gaps: openGaps, windows: byWindow, runs, lastSeconds: last?.seconds ?? null },
  };
}

export interface AlertFigures {
  readonly firing: readonly (Counted & { readonly severity: string })[];
  /** Messages that wait or were given up. */
  readonly deliveries: readonly (Counted & { readonly state: string })[];
}

export async function loadAlertFigures(db: Reader): Promise<AlertFigures> {
  const [firing, deliveries] = await Promise.all([
    db.all<AlertFigures["firing"][number]>(sql`
      select severity as "severity", count(*) as "count" from ${alertEvents} where state = 'firing' group by severity`),
    db.all<AlertFigures["deliveries"][number]>(sql`
      select state as "state", count(*) as "count" from ${alertDeliveries}
      where state in ('waiting', 'sending', 'dead') group by state`),
  ]);
  return { firing, deliveries };
}
