import { type Db, type Reader, sql } from "@/db/client.ts";
import { inKeys } from "@/db/keys.ts";
import { phases, workloads } from "@/db/schema/index.ts";
import { workloadEnd } from "@/db/schema/inventory.ts";
import type { Instant, Interval } from "@/lib/time.ts";

/** A workload with its phases, oldest first. */
export interface QueuedWorkload {
  readonly key: number;
  readonly id: string;
  readonly projectKey: number;
  readonly name: string;
  readonly user: string;
  readonly images: string;
  readonly priorityClass: string;
  readonly gpuRequestMilli: number | null;
  /** Whether it asks for a GPU in any way: a number, a MIG slice or an amount of memory; 1 or 0. */
  readonly asksGpus: number;
  readonly endedAt: Instant;
  readonly phases: readonly { readonly at: Instant; readonly phase: string }[];
}

const ASKS_GPUS = sql.raw("(w.gpu_request_milli > 0 or w.gpu_memory_request_mib > 0 or w.gpu_resources <> '')");

/** Workloads of a cluster that existed in a range and ask for GPUs, and those of some keys. */
export async function loadQueued(
  db: Db,
  clusterId: string,
  range: Interval,
  keys: readonly number[],
): Promise<QueuedWorkload[]> {
  const rows = await db.all<Omit<QueuedWorkload, "phases">>(sql`select w.key as "key", w.id as "id",
    w.project_key as "projectKey", w.name as "name", w.submitted_by as "user", w.images as "images", w.priority_class as "priorityClass",
    w.gpu_request_milli as "gpuRequestMilli", case when ${ASKS_GPUS} then 1 else 0 end as "asksGpus", ${workloadEnd("w.")} as "endedAt" from ${workloads} w
    where (w.cluster_id = ${clusterId} and ${ASKS_GPUS} and ${workloadEnd("w.")} > ${range.start} and w.created_at < ${range.end})
      or ${inKeys(db.dialect, "w.key", keys)} order by w.key`);
  const own = await loadPhases(
    db,
    db.dialect,
    rows.map((r) => r.key),
  );
  return rows.map((row) => ({ ...row, phases: own.get(row.key) ?? [] }));
}

async function loadPhases(db: Reader, dialect: Db["dialect"], keys: readonly number[]) {
  const rows = await db.all<{ key: number; at: Instant; phase: string }>(sql`select workload_key as "key", at as "at",
    phase as "phase" from ${phases} where ${inKeys(dialect, "workload_key", keys)} order by workload_key, at, phase`);
  return Map.groupBy(rows, (r) => r.key);
}
