import { type Db, type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf, selecting } from "@/db/columns-of.ts";
import {
  capacity,
  clusters,
  dueBuckets,
  eventBuckets,
  eventUsage,
  hardware,
  meteredBuckets,
  projects,
  usage,
  workloads,
} from "@/db/schema/index.ts";
import type { Quantities } from "@/lib/metering/quantities.ts";
import type { Instant, Interval } from "@/lib/time.ts";
import type { EventFacts } from "./event.ts";

/** A bucket whose metering is newer than what its destination has of it. */
export interface StaleBucket {
  readonly clusterId: string;
  readonly bucketAt: Instant;
  readonly revision: number;
}

/**
 * Buckets to plan, the oldest first: metered to their end, not due again, and not planned as they are now. Those before the start of the
 * destination only where they were planned once. @param after the last bucket of the call before.
 */
export function listStale(
  db: Reader,
  destination: { readonly key: number; readonly fromAt: Instant },
  { start, end }: Interval,
  bucketSeconds: number,
  after: StaleBucket | null,
  limit: number,
): Promise<StaleBucket[]> {
  const behind = after
    ? sql`and (m.bucket_at > ${after.bucketAt} or (m.bucket_at = ${after.bucketAt} and m.cluster_id > ${after.clusterId}))`
    : sql``;
  return db.all(sql`select m.cluster_id as "clusterId", m.bucket_at as "bucketAt", m.revision from ${meteredBuckets} m
    left join ${eventBuckets} e on e.destination_key = ${destination.key} and e.cluster_id = m.cluster_id
      and e.bucket_at = m.bucket_at
    where m.bucket_at >= ${start} and m.bucket_at < ${end} ${behind}
    and (e.revision is null or e.revision <> m.revision) and (m.bucket_at >= ${destination.fromAt} or e.revision is not null)
    and not exists (select 1 from ${dueBuckets} d where d.cluster_id = m.cluster_id and d.bucket_at = m.bucket_at)
    and not exists (select 1 from ${capacity} c join ${hardware} h on h.key = c.hardware_key
      where c.bucket_at = m.bucket_at and h.cluster_id = m.cluster_id and c.through_at < m.bucket_at + ${bucketSeconds})
    order by m.bucket_at, m.cluster_id limit ${limit}`);
}

const FACTS =
  selecting<EventFacts>(sql`c.id as "clusterId", c.name as cluster, h.node_pool as "nodePool", h.gpu_model as "gpuModel",
  w.id as "workloadId", w.name as workload, w.type as "workloadType", coalesce(p.name, '') as project,
  coalesce(p.department_name, '') as department, w.namespace, w.submitted_by as "user"`);

const JOINED = sql`join ${hardware} h on h.key = u.hardware_key join ${clusters} c on c.id = h.cluster_id
  join ${workloads} w on w.key = u.workload_key left join ${projects} p on p.key = w.project_key`;

export type UsageRow = Quantities & EventFacts & { readonly hardwareKey: number; readonly workloadKey: number };

const USAGE = columnsOf(usage, undefined, "u");

/** Usage of workloads in one bucket of a cluster, as it is metered now. */
export function listUsage(db: Reader, { clusterId, bucketAt }: StaleBucket): Promise<UsageRow[]> {
  return db.all(sql`select ${USAGE}, ${FACTS} from ${usage} u ${JOINED}
    where u.bucket_at = ${bucketAt} and u.workload_key > 0 and h.cluster_id = ${clusterId}`) as Promise<UsageRow[]>;
}

export interface OutboxRow {
  readonly destinationKey: number;
  readonly bucketAt: Instant;
  readonly hardwareKey: number;
  readonly workloadKey: number;
  readonly subject: string;
  readonly revision: number;
  readonly sent: string;
  readonly pending: string;
  readonly state: "waiting" | "sent" | "refused";
  readonly attemptedAt: Instant | null;
  readonly error: string;
}

const ROW = columnsOf(eventUsage, undefined, "u");

/** What the outbox has of one bucket of a cluster. */
export function listPlanned(
  db: Reader,
  destinationKey: number,
  { clusterId, bucketAt }: StaleBucket,
): Promise<OutboxRow[]> {
  return db.all(sql`select ${ROW} from ${eventUsage} u join ${hardware} h on h.key = u.hardware_key
    where u.destination_key = ${destinationKey} and u.bucket_at = ${bucketAt} and h.cluster_id = ${clusterId}`) as Promise<
    OutboxRow[]
  >;
}

const KEY = [eventUsage.destinationKey, eventUsage.bucketAt, eventUsage.hardwareKey, eventUsage.workloadKey] as const;

export async function putRows(tx: Tx, rows: readonly OutboxRow[]): Promise<void> {
  await tx.insert(eventUsage, rows, { target: KEY, update: "all" });
}

/** Writes what became of rows. A row that was deleted meanwhile, with its destination, stays deleted. */
export async function updateRows(tx: Tx, rows: readonly OutboxRow[]): Promise<void> {
  for (const { destinationKey, bucketAt, hardwareKey, workloadKey, sent, pending, state, attemptedAt, error } of rows)
    await tx.run(sql`update ${eventUsage} set sent = ${sent}, pending = ${pending}, state = ${state},
      attempted_at = ${attemptedAt}, error = ${error} where destination_key = ${destinationKey} and bucket_at = ${bucketAt}
      and hardware_key = ${hardwareKey} and workload_key = ${workloadKey}`);
}

/** Records that a bucket was planned with a metering of it. */
export async function markPlanned(tx: Tx, destinationKey: number, bucket: StaleBucket): Promise<void> {
  await tx.insert(eventBuckets, [{ destinationKey, ...bucket }], {
    target: [eventBuckets.destinationKey, eventBuckets.clusterId, eventBuckets.bucketAt],
    update: "all",
  });
}

export type WaitingRow = OutboxRow & EventFacts;

/** The oldest rows that wait, with what their events say. */
export function listWaiting(db: Reader, destinationKey: number, limit: number): Promise<WaitingRow[]> {
  return db.all(sql`select ${ROW}, ${FACTS} from ${eventUsage} u ${JOINED}
    where u.destination_key = ${destinationKey} and u.state = 'waiting'
    order by u.bucket_at, u.hardware_key, u.workload_key limit ${limit}`) as Promise<WaitingRow[]>;
}

/** Whether anything was ever sent to a destination, or may have been. */
export async function hasSent(db: Reader, destinationKey: number): Promise<boolean> {
  const found = await db.find(sql`select bucket_at from ${eventUsage} where destination_key = ${destinationKey}
    and (state <> 'waiting' or attempted_at is not null or sent <> '') limit 1`);
  return found !== undefined;
}

/** Rows whose event has been on its way for longer than receivers remember ids: nobody knows whether it arrived. */
export async function giveUpOld(tx: Tx, destinationKey: number, before: Instant, error: string): Promise<number> {
  return tx.run(sql`update ${eventUsage} set state = 'refused', error = ${error} where destination_key = ${destinationKey}
    and state = 'waiting' and attempted_at < ${before}`);
}

/** Refused events, the newest first, with what they say. */
export function listRefused(db: Reader, destinationKey: number, limit: number): Promise<WaitingRow[]> {
  return db.all(sql`select ${ROW}, ${FACTS} from ${eventUsage} u ${JOINED}
    where u.destination_key = ${destinationKey} and u.state = 'refused'
    order by u.bucket_at desc, u.hardware_key, u.workload_key limit ${limit}`) as Promise<WaitingRow[]>;
}

/**
 * Refused events wait again, with the same ids. One that may have arrived is on its way again from now on, so that its amounts stay as they
 * were sent until it is answered. @returns how many.
 */
export const reviveRefused = (tx: Tx, destinationKey: number, now: Instant): Promise<number> =>
  tx.run(sql`update ${eventUsage} set state = 'waiting', error = '',
    attempted_at = case when attempted_at is null then null else cast(${now} as bigint) end
    where destination_key = ${destinationKey} and state = 'refused'`);

/** A row of the ledger to show what an event looks like: the newest. */
export async function findSample(db: Db | Reader): Promise<(UsageRow & { readonly bucketAt: Instant }) | undefined> {
  return db.find(sql`select ${USAGE}, ${FACTS} from ${usage} u ${JOINED}
    where u.workload_key > 0 and u.bucket_at = (select max(bucket_at) from ${usage} where workload_key > 0)
    order by u.hardware_key, u.workload_key limit 1`) as Promise<
    (UsageRow & { readonly bucketAt: Instant }) | undefined
  >;
}
