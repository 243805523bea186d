import { type Db, type Reader, sql, type Tx } from "@/db/client";
import { windows } from "@/db/schema";
import type { Instant, Interval } from "@/lib/time";
import { LEASE_SECONDS, mayBeAlive, OWNER } from "./lease.ts";

/** `due` until a process claims it, then how its reading ended. `waiting` failed and will be tried again. */
export type WindowStatus = "due" | "leased" | "fetched" | "partial" | "failed" | "no-data" | "given-up";

export interface Window extends Interval {
  readonly clusterId: string;
  readonly source: string;
  readonly subject: string;
  readonly stepSeconds: number;
  readonly backfillId: string;
  readonly attempts: number;
}

type Planned = Omit<Window, "attempts">;

/** Plans windows; those that were planned or read before stay as they are unless `again`. */
export async function planWindows(tx: Tx, list: readonly Planned[], now: Instant, again: boolean): Promise<void> {
  const rows = list.map(({ start, end, ...rest }) => ({
    ...rest,
    startAt: start,
    endAt: end,
    status: "due",
    owner: "",
    leaseUntil: 0,
    attempts: 0,
    nextAttemptAt: 0,
    samples: 0,
    error: "",
    updatedAt: now,
  }));
  const target = [windows.clusterId, windows.source, windows.subject, windows.startAt];
  await tx.insert(windows, rows, { target, update: again ? "all" : [] });
}

const columns = sql`cluster_id as "clusterId", source, subject, start_at as "start", end_at as "end", step_seconds as "stepSeconds",
  backfill_id as "backfillId", attempts`;

/** Claims up to `limit` windows of a backfill within a range for this process: no other will read them while it lives. */
export async function claimWindows(
  db: Db,
  backfillId: string,
  within: Interval,
  now: Instant,
  limit: number,
): Promise<Window[]> {
  return db.write(async (tx) => {
    type Row = Window & { status: string; owner: string; leaseUntil: number };
    const rows = await tx.all<Row>(sql`select ${columns}, status, owner, lease_until as "leaseUntil" from ${windows}
      where backfill_id = ${backfillId} and start_at >= ${within.start} and start_at < ${within.end}
      and (status = 'due' or status = 'leased' or (status in ('failed', 'partial') and next_attempt_at <= ${now}))
      order by start_at desc, source, subject limit ${limit * 2 + 20}`);
    const free = rows
      .filter((r) => r.status !== "leased" || r.leaseUntil <= now || !mayBeAlive(r.owner))
      .slice(0, limit);
    await lease(tx, free, now);
    return free.map(({ status: _status, owner: _owner, leaseUntil: _until, ...window }) => window);
  });
}

/** Claims windows of any backfill that failed and whose pause is over. */
export async function claimRetries(db: Db, since: Instant, now: Instant, limit: number): Promise<Window[]> {
  return db.write(async (tx) => {
    const rows = await tx.all<Window>(sql`select ${columns} from ${windows}
      where status in ('failed', 'partial', 'no-data') and next_attempt_at <= ${now} and start_at >= ${since}
      order by next_attempt_at limit ${limit}`);
    await lease(tx, rows, now);
    return rows;
  });
}

async function lease(tx: Tx, list: readonly Window[], now: Instant): Promise<void> {
  for (const w of list)
    await tx.run(sql`update ${windows} set status = 'leased', owner = ${OWNER}, lease_until = ${now + LEASE_SECONDS}, updated_at = ${now}
      where cluster_id = ${w.clusterId} and source = ${w.source} and subject = ${w.subject} and start_at = ${w.start}`);
}

export interface WindowEnd {
  readonly status: WindowStatus;
  readonly samples: number;
  readonly error: string;
  readonly nextAttemptAt: Instant;
}

/** Writes how the reading of a window ended, and frees it. */
export async function finishWindow(tx: Tx, w: Window, end: WindowEnd, now: Instant): Promise<void> {
  await tx.run(sql`update ${windows} set status = ${end.status}, owner = '', lease_until = 0, attempts = ${w.attempts + 1},
    next_attempt_at = ${end.nextAttemptAt}, samples = ${end.samples}, error = ${end.error}, updated_at = ${now}
    where cluster_id = ${w.clusterId} and source = ${w.source} and subject = ${w.subject} and start_at = ${w.start}`);
}

/** Frees what this process claimed and will not read: a cancelled run leaves nothing leased. */
export async function releaseWindows(tx: Tx, now: Instant): Promise<void> {
  await tx.run(
    sql`update ${windows} set status = 'due', owner = '', lease_until = 0, updated_at = ${now} where status = 'leased' and owner = ${OWNER}`,
  );
}

/** Windows of a backfill by status. */
export async function countWindows(db: Reader, backfillId: string): Promise<Record<string, number>> {
  const rows = await db.all<{ status: string; n: number }>(
    sql`select status, cast(count(*) as bigint) as n from ${windows} where backfill_id = ${backfillId} group by status`,
  );
  return Object.fromEntries(rows.map((r) => [r.status, r.n]));
}
