import { type Db, sql } from "@/db/client.ts";
import { capacity, hardware, phases, usageProjects, workloads } from "@/db/schema/index.ts";
import { workloadEnd } from "@/db/schema/inventory.ts";
import { loadPlaces, type Places, projectsOn } from "@/lib/charges/day-load.ts";
import { HELD, IDLE, sumSql } from "@/lib/classes.ts";
import type { Instant, Interval } from "@/lib/time.ts";
import type { HeldPart, PoolBucket, Waiting } from "./economics.ts";

/** Phases in which a workload waits for GPUs. */
const PENDING = "Pending";

interface PoolRow {
  readonly at: number;
  readonly throughAt: number;
  readonly clusterId: string;
  readonly pool: string;
}

type Part = HeldPart & Pick<PoolRow, "at" | "clusterId" | "pool"> & { freeMilli: number; unknownMilli: number };

/** Every metered bucket of every node pool in a range: who held what, what was free, and who waited. */
export async function loadPoolBuckets(db: Db, range: Interval): Promise<(PoolBucket & { readonly at: number })[]> {
  const within = sql`u.bucket_at >= ${range.start} and u.bucket_at < ${range.end}`;
  const [pools, used, places, queue] = await Promise.all([
    db.all<PoolRow>(sql`select u.bucket_at as "at", max(u.through_at) as "throughAt", h.cluster_id as "clusterId",
      h.node_pool as "pool" from ${capacity} u join ${hardware} h on h.key = u.hardware_key
      where ${within} group by u.bucket_at, h.cluster_id, h.node_pool order by u.bucket_at, h.cluster_id, h.node_pool`),
    db.all<Part>(sql`select u.bucket_at as "at", h.cluster_id as "clusterId",
      h.node_pool as "pool", u.project_key as "projectKey",
      cast(sum(${sql.raw(sumSql(HELD, "milli", "u"))}) as bigint) as "heldMilli",
      cast(sum(${sql.raw(sumSql(IDLE, "milli", "u"))}) as bigint) as "idleMilli",
      cast(sum(u.unallocated_milli) as bigint) as "freeMilli", cast(sum(u.unknown_milli) as bigint) as "unknownMilli"
      from ${usageProjects} u join ${hardware} h on h.key = u.hardware_key where ${within} and h.gpu_model <> ''
      group by u.bucket_at, h.cluster_id, h.node_pool, u.project_key`),
    loadPlaces(db),
    loadQueue(db, range),
  ]);
  const idOf = (r: Pick<PoolRow, "at" | "clusterId" | "pool">) => `${r.at}\u0000${r.clusterId}\u0000${r.pool}`;
  const timeOf = (r: Pick<PoolRow, "at" | "clusterId">) => `${r.at}\u0000${r.clusterId}`;
  const parts = Map.groupBy(used, idOf);
  const times = Map.groupBy(used, timeOf);
  const quotasAt = quotasBy(places);
  const queues = Map.groupBy(queue, queueOf);
  return pools.map(({ at, throughAt, clusterId, pool }) => {
    const own = parts.get(idOf({ at, clusterId, pool })) ?? [];
    return {
      ...{ at, clusterId, pool, seconds: throughAt - at },
      held: own.filter((p) => p.projectKey !== 0),
      freeMilli: own.reduce((sum, p) => sum + p.freeMilli, 0),
      waiting: waitingIn(queues.get(queueOf({ clusterId, pool })) ?? [], { start: at, end: throughAt }),
      quotas: knownQuotas(quotasAt(throughAt, clusterId), times.get(timeOf({ at, clusterId })) ?? []),
    };
  });
}

/** Share of a cluster's capacity that has to be seen before a project is known to have held nothing. */
const SEEN = 0.95;

/** The quotas of a cluster, without those of projects of which nobody knows whether they held something. */
function knownQuotas(quotas: ReadonlyMap<number, number>, parts: readonly Part[]): ReadonlyMap<number, number> {
  const unknown = parts.reduce((sum, p) => sum + p.unknownMilli, 0);
  const all = parts.reduce((sum, p) => sum + p.heldMilli + p.freeMilli + p.unknownMilli, 0);
  if (all > 0 && all - unknown >= SEEN * all) return quotas;
  const held = new Set(parts.map((p) => p.projectKey));
  return new Map([...quotas].filter(([key]) => held.has(key)));
}

/** What each project of a cluster deserved of all pools together just before an instant, asked once for each instant. */
function quotasBy(places: Places): (at: Instant, clusterId: string) => ReadonlyMap<number, number> {
  const known = new Map<Instant, Map<string, Map<number, number>>>();
  return (at, clusterId) => {
    let clusters = known.get(at);
    if (!clusters) {
      clusters = new Map();
      for (const { key, clusterId: of, quotaMilli } of projectsOn(places, { end: at })) {
        const own = clusters.get(of) ?? new Map<number, number>();
        clusters.set(of, own.set(key, sumOf(quotaMilli)));
      }
      known.set(at, clusters);
    }
    return clusters.get(clusterId) ?? new Map();
  };
}

const sumOf = (quota: Readonly<Record<string, number>>): number => Object.values(quota).reduce((a, b) => a + b, 0);

interface Queued extends Omit<Waiting, "seconds"> {
  readonly clusterId: string;
  readonly pool: string;
  readonly start: number;
  readonly end: number;
}

/** When workloads that ask for GPUs of a known pool waited: from a pending phase to the next one, or to their end. */
async function loadQueue(db: Db, { start, end }: Interval): Promise<Queued[]> {
  return db.all<Queued>(sql`select q.* from (
    select p.workload_key as "workloadKey", w.project_key as "projectKey", w.gpu_request_milli as "milli",
      w.cluster_id as "clusterId", w.node_pool as "pool", p.phase as "phase", p.at as "start",
      coalesce(lead(p.at) over (partition by p.workload_key order by p.at, p.phase),
        coalesce(w.completed_at, w.deleted_at, ${end})) as "end"
    from ${phases} p join ${workloads} w on w.key = p.workload_key
    where w.gpu_request_milli > 0 and w.node_pool <> '' and w.created_at < ${end} and ${workloadEnd("w.")} > ${start}) q
    where q.phase = ${PENDING} and q."end" > ${start} and q."start" < ${end} order by q."start", q."workloadKey"`);
}

const queueOf = ({ clusterId, pool }: Pick<Queued, "clusterId" | "pool">): string => `${clusterId}\u0000${pool}`;

/** Who waited in a bucket. @param queue of one pool, by start. */
function waitingIn(queue: readonly Queued[], { start, end }: Interval): Waiting[] {
  const waiting: Waiting[] = [];
  for (const q of queue) {
    if (q.start >= end) break;
    const seconds = Math.min(q.end, end) - Math.max(q.start, start);
    if (seconds > 0) waiting.push({ workloadKey: q.workloadKey, projectKey: q.projectKey, milli: q.milli, seconds });
  }
  return waiting;
}
