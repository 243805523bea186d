import { randomUUID } from "node:crypto";
import { type Db, type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { inList } from "@/db/in-list.ts";
import { backfills, windows } from "@/db/schema/index.ts";
import { holdLease, isLeased, listLeases, releaseLease, takeLease } from "@/lib/sync/lease.ts";
import { DAY, HOUR, type Instant, type Interval, intersect, union } from "@/lib/time.ts";
import type { WindowStatus } from "./window-store.ts";

export type BackfillStatus = "queued" | "running" | "cancelled" | "done" | "failed";

export interface Backfill {
  readonly id: string;
  readonly fromAt: Instant;
  readonly toAt: Instant;
  readonly stepSeconds: number;
  readonly status: BackfillStatus;
  readonly requestedBy: string;
  readonly plannedFromAt: Instant;
  readonly createdAt: Instant;
  readonly startedAt: Instant | null;
  readonly finishedAt: Instant | null;
  readonly error: string;
}

/** What a backfill reads beyond its range at most, in seconds. */
const REACH = 2 * DAY;

const columns = columnsOf(backfills, [
  "id",
  "fromAt",
  "toAt",
  "stepSeconds",
  "status",
  "requestedBy",
  "plannedFromAt",
  "createdAt",
  "startedAt",
  "finishedAt",
  "error",
]);

export async function insertBackfill(
  tx: Tx,
  range: Interval,
  stepSeconds: number,
  requestedBy: string,
  now: Instant,
): Promise<Backfill> {
  const row = {
    id: randomUUID(),
    fromAt: range.start,
    toAt: range.end,
    stepSeconds,
    status: "queued" as const,
    requestedBy,
    plannedFromAt: range.end + REACH,
    createdAt: now,
    startedAt: null,
    finishedAt: null,
    error: "",
  };
  await tx.insert(backfills, [row]);
  return row;
}

export function findBackfill(db: Reader, id: string): Promise<Backfill | undefined> {
  return db.find<Backfill>(sql`select ${columns} from ${backfills} where id = ${id}`);
}

/** Backfills to work on, oldest request first. */
export function listUnfinished(db: Reader): Promise<Backfill[]> {
  return db.all<Backfill>(
    sql`select ${columns} from ${backfills} where status in ('queued', 'running') order by created_at, id`,
  );
}

/** The newest backfill of exactly this range and step. */
export function findSame(db: Reader, range: Interval, stepSeconds: number): Promise<Backfill | undefined> {
  return db.find<Backfill>(sql`select ${columns} from ${backfills} where from_at = ${range.start} and to_at = ${range.end}
    and step_seconds = ${stepSeconds} order by created_at desc, id limit 1`);
}

/** The newest backfill that begins at this instant with this step, and ends no later than the range. */
export function findBegun(db: Reader, range: Interval, stepSeconds: number): Promise<Backfill | undefined> {
  return db.find<Backfill>(sql`select ${columns} from ${backfills} where from_at = ${range.start} and to_at <= ${range.end}
    and step_seconds = ${stepSeconds} order by created_at desc, to_at desc, id limit 1`);
}

/**
 * The time that backfills have read or will read of a cluster. Cancelled backfills do not count; a finished one has
 * read only the clusters that were known to it, and whose source did not rest.
 */
export async function backfilledTime(db: Reader, clusterId: string): Promise<Interval[]> {
  const rows =
    await db.all(sql`select ${columnsOf(backfills, { start: "fromAt", end: "toAt" }, "b")} from ${backfills} b
    where b.status in ('queued', 'running', 'failed') or (b.status = 'done' and exists
      (select 1 from ${windows} w where w.backfill_id = b.id and w.cluster_id = ${clusterId}))`);
  return union(rows);
}

/**
 * Failed backfills whose pause is over. The pause is as long as the backfill existed before it failed: at least a
 * minute, at most six hours.
 */
export function listFailed(db: Reader, since: Instant, now: Instant): Promise<Backfill[]> {
  return db.all<Backfill>(sql`select ${columns} from ${backfills} where status = 'failed' and created_at >= ${since}
    and finished_at + (case when finished_at - created_at < 60 then 60 when finished_at - created_at > ${6 * HOUR} then ${6 * HOUR}
      else finished_at - created_at end) <= ${now} order by created_at, id`);
}

/**
 * Changes the status of a backfill that is in one of the states `from`.
 * @returns whether it was.
 */
export async function setStatus(
  tx: Tx,
  id: string,
  from: readonly BackfillStatus[],
  status: BackfillStatus,
  now: Instant,
  error = "",
): Promise<boolean> {
  const finishedAt = status === "running" || status === "queued" ? null : now;
  const changed =
    await tx.run(sql`update ${backfills} set status = ${status}, error = ${error}, finished_at = ${finishedAt},
    started_at = case when ${status} = 'running' then coalesce(started_at, ${now}) else started_at end
    where id = ${id} and status in ${inList(from)}`);
  return changed > 0;
}

/**
 * Records that everything at or after this instant is read and metered. Two processes at one backfill never move it
 * back.
 */
export async function setPlannedFrom(tx: Tx, id: string, at: Instant): Promise<void> {
  await tx.run(sql`update ${backfills} set planned_from_at = ${at} where id = ${id} and planned_from_at > ${at}`);
}

export interface Unread {
  /** Windows that were not read in full. */
  readonly unread: number;
  /** Those that are being read now. */
  readonly leased: number;
  /** The most common cause; empty if none is known. */
  readonly cause: string;
}

export async function countUnread(db: Reader, id: string): Promise<Unread> {
  const rows = await db.all<{ status: string; error: string; n: number }>(
    sql`select status, error, cast(count(*) as bigint) as n from ${windows} where backfill_id = ${id}
    and status in ('due', 'leased', 'failed', 'partial') group by status, error order by n desc, error`,
  );
  const sum = (list: typeof rows) => list.reduce((total, r) => total + r.n, 0);
  const leased = sum(rows.filter((r) => r.status === "leased"));
  return { unread: sum(rows), leased, cause: rows.find((r) => r.error)?.error ?? "" };
}

const READ: readonly WindowStatus[] = ["fetched", "no-data", "failed", "partial", "given-up"];
const SHORT: readonly WindowStatus[] = ["failed", "partial", "given-up"];

/** SQL condition: windows of a backfill that begin in a span, in any status; follows the index `windows_due`. */
export const windowsOf = (id: string, span: Interval) => {
  return sql`backfill_id = ${id} and status in ${inList(["due", "leased", ...READ])} and start_at >= ${span.start} and start_at < ${span.end}`;
};

/**
 * Deletes windows of the span that other backfills read, because this one reads them again. Their counts stay with the
 * other backfills.
 * @param except clusters that this one does not read.
 */
export async function replaceOlder(tx: Tx, id: string, span: Interval, except: readonly string[] = []): Promise<void> {
  const which = except.length > 0 ? sql`and cluster_id not in ${inList(except)}` : sql``;
  const others = await tx.all<{ id: string }>(sql`select id from ${backfills} where id <> ${id}
    and from_at < ${span.end + REACH} and to_at > ${span.start - REACH} order by id`);
  for (const other of others) {
    const taken = await tx.all<{ status: WindowStatus; n: number; samples: number }>(
      sql`select status, cast(count(*) as bigint) as n, cast(sum(samples) as bigint) as samples from ${windows}
        where ${windowsOf(other.id, span)} ${which} group by status`,
    );
    if (!taken.length) continue;
    const sum = (of: readonly WindowStatus[], pick: (t: (typeof taken)[number]) => number) =>
      taken.filter((t) => of.includes(t.status)).reduce((total, t) => total + pick(t), 0);
    await tx.run(sql`update ${backfills} set taken_windows = taken_windows + ${sum(READ, (t) => t.n)},
      taken_short = taken_short + ${sum(SHORT, (t) => t.n)}, taken_samples = taken_samples + ${sum(READ, (t) => t.samples)}
      where id = ${other.id}`);
    await tx.run(sql`delete from ${windows} where ${windowsOf(other.id, span)} ${which}`);
  }
}

/** Has the windows of a backfill planned again when it is resumed: clusters may be listed then that were not before. What was read stays read. */
export async function planAgain(tx: Tx, id: string): Promise<void> {
  await tx.run(sql`update ${backfills} set planned_from_at = to_at + ${REACH} where id = ${id}`);
}

/** Allows failed windows of a backfill to be retried at once. */
export async function forgetPauses(tx: Tx, id: string): Promise<number> {
  return tx.run(
    sql`update ${windows} set next_attempt_at = 0 where backfill_id = ${id} and status in ('failed', 'partial')`,
  );
}

const LEASES = "backfill/";
const leaseOf = (id: string) => `${LEASES}${id}`;

/** Whether a live process works on it. */
export const isBackfillTaken = (db: Reader, id: string, now: Instant): Promise<boolean> =>
  isLeased(db, leaseOf(id), now);

/**
 * Takes the lease of a backfill. `helps`: another live process has it and can be helped. `waits`: another live process
 * works on a backfill of an overlapping range, whose windows this one would delete while they are read.
 * @param around what a backfill reads beyond its range on each side, in seconds.
 */
export async function takeBackfill(
  db: Db,
  { id, fromAt, toAt }: Backfill,
  around: number,
  owner: string,
  now: Instant,
): Promise<"leads" | "helps" | "waits"> {
  const reads = { start: fromAt - around, end: toAt + around };
  return db.write(async (tx) => {
    for (const name of await listLeases(tx, LEASES, now)) {
      const other = await findBackfill(tx, name.slice(LEASES.length));
      if (other && other.id !== id && intersect(reads, { start: other.fromAt - around, end: other.toAt + around }))
        return "waits";
    }
    return (await holdLease(tx, leaseOf(id), owner, now)) ? "leads" : "helps";
  });
}

export const renewBackfill = (db: Db, id: string, owner: string, now: Instant): Promise<boolean> =>
  takeLease(db, leaseOf(id), owner, now);

export const leaveBackfill = (db: Db, id: string, owner: string): Promise<void> => releaseLease(db, leaseOf(id), owner);
