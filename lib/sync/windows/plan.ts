import type { SQL } from "drizzle-orm";
import { type Reader, sql } from "@/db/client.ts";
import { nodes, pods, workloads } from "@/db/schema/index.ts";
import { workloadEnd } from "@/db/schema/inventory.ts";
import type { Source } from "@/lib/sources/source.ts";
import { hasNoHistory, ranByHistory } from "@/lib/sync/facts/episode-store.ts";
import { OPEN_END, REPORT_LAG_SECONDS } from "@/lib/sync/facts/running-episodes.ts";
import type { OwnedCluster, Sources } from "@/lib/sync/sources.ts";
import type { Interval } from "@/lib/time.ts";
import type { PlannedWindow } from "./window.ts";

/**
 * The windows that together cover a cluster in one span: its total, and its samples – one window for everything where
 * their source reads whole windows, else one for each node and for each workload (or pod) that ran in it. What did not
 * run gets no window, nor does anything without a configured source.
 */
export async function windowsOfSpan(
  db: Reader,
  sources: Sources,
  cluster: OwnedCluster,
  span: Interval,
  stepSeconds: number,
  backfillId: string,
): Promise<PlannedWindow[]> {
  const clusterId = cluster.id;
  const windowOf = (source: Source, subject: string): PlannedWindow => {
    return { clusterId, start: span.start, end: span.end, stepSeconds, backfillId, source: source.name, subject };
  };
  const totals = sources.providerOf("totals", cluster);
  const out = totals ? [windowOf(totals.source, `cluster/${clusterId}`)] : [];
  const samples = sources.providerOf("samples", cluster);
  if (!samples) return out;
  const { source, read } = samples;
  if (read.by === "window") return [...out, windowOf(source, "")];
  const nodeRows = await db.all<{
    name: string;
  }>(sql`select name from ${nodes} where cluster_id = ${clusterId} and gpu_count > 0
    and coalesce(created_at, 0) < ${span.end} and coalesce(removed_at, ${OPEN_END}) > ${span.start} order by name`);
  const subjects =
    read.by === "pod"
      ? [...(await podsOf(db, clusterId, span)), ...(await workloadsOf(db, clusterId, span, false))]
      : await workloadsOf(db, clusterId, span, true);
  return [...out, ...[...nodeRows.map(({ name }) => `node/${name}`), ...subjects].map((s) => windowOf(source, s))];
}

/**
 * SQL: from when on a pod may have held GPUs; null if it never did. A pod on a node that started long after its creation
 * may have been bound, or started, before: what is read shows it.
 */
export const mayHold = (alias: "" | "p."): SQL => {
  const of = (column: string) => sql.raw(`${alias}${column}`);
  return sql`(case when ${of("node")} <> '' and (${of("started_at")} is null or ${of("started_at")} - ${of("created_at")} > ${REPORT_LAG_SECONDS})
    then ${of("created_at")} else ${of("started_at")} end)`;
};

async function podsOf(db: Reader, clusterId: string, span: Interval): Promise<string[]> {
  const rows = await db.all<{ id: string }>(sql`select id from ${pods} where cluster_id = ${clusterId}
    and ${mayHold("")} < ${span.end} and ended_at > ${span.start}`);
  // Sorted here: the database would walk all pods by id to avoid the sort.
  return rows.map((r) => `pod/${r.id}`).sort();
}

/**
 * Workloads that held GPUs in the span without a pod that accounts for it; `withPods` adds those whose pods ran in it.
 */
async function workloadsOf(db: Reader, clusterId: string, span: Interval, withPods: boolean): Promise<string[]> {
  const hasPod = sql`exists (select 1 from ${pods} p where p.workload_key = w.key and ${mayHold("p.")} < ${span.end} and p.ended_at > ${span.start})`;
  const mayHaveRun = sql`w.created_at < ${span.end} and ${workloadEnd("w.")} > ${span.start}`;
  const hasNoPod = sql`not exists (select 1 from ${pods} p where p.workload_key = w.key and p.started_at is not null)`;
  const ranInPods = withPods ? sql`${hasPod} or` : sql``;
  const rows = await db.all<{
    id: string;
  }>(sql`select w.id from ${workloads} w where w.cluster_id = ${clusterId} and (${ranInPods}
    (${mayHaveRun} and not ${hasPod} and (${ranByHistory(span)} or (${hasNoPod} and ${hasNoHistory})))) order by w.id`);
  return rows.map((r) => `workload/${r.id}`);
}
