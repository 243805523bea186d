import type { SQL } from "drizzle-orm";
import { type Db, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { inList } from "@/db/in-list.ts";
import { windows } from "@/db/schema/index.ts";
import { OPEN_END } from "@/lib/sync/facts/running-episodes.ts";
import { LEASE_SECONDS, mayBeAlive } from "@/lib/sync/lease.ts";
import type { Instant, Interval } from "@/lib/time.ts";
import { knowGaps } from "./gap-store.ts";
import type { PlannedWindow, SourceWindow } from "./window.ts";

/**
 * `due` until a process claims it, then how its reading ended. `no-data`: the source answered in full, but had nothing
 * for all or part of it. `partial` and `failed` were not answered in full. All three are retried after a pause.
 */
export type WindowStatus = "due" | "leased" | "fetched" | "partial" | "failed" | "no-data" | "given-up";

/** Plans windows; those that exist already stay as they are. */
export async function planWindows(tx: Tx, list: readonly PlannedWindow[], now: Instant): Promise<void> {
  const rows = list.map((w) => windowRow(w, { status: "due", updatedAt: now }));
  await tx.insert(windows, rows, { target: KEY, update: [] });
}

const KEY = [windows.clusterId, windows.source, windows.subject, windows.startAt];

type WindowRow = typeof windows.$inferInsert;

function windowRow({ start, end, ...rest }: PlannedWindow, state: Pick<WindowRow, "status" | "updatedAt">): WindowRow {
  const fresh = { owner: "", leaseUntil: 0, attempts: 0, nextAttemptAt: 0, samples: 0, error: "" };
  return { ...rest, startAt: start, endAt: end, ...fresh, ...state };
}

/**
 * Stores what a live reading did not get, to be retried from `nextAttemptAt` on; a window that exists already is
 * extended.
 */
export async function rememberWindows(
  tx: Tx,
  list: readonly (PlannedWindow & { readonly error: string })[],
  nextAttemptAt: Instant,
  now: Instant,
): Promise<void> {
  const rows = list.map(({ error, ...w }) => {
    return { ...windowRow(w, { status: "failed", updatedAt: now }), attempts: 1, nextAttemptAt, error };
  });
  const { status, error, updatedAt } = windows;
  await tx.insert(windows, rows, { target: KEY, update: [status, error, updatedAt] });
  for (const w of list)
    await tx.run(sql`update ${windows} set end_at = ${w.end} where ${isWindow(w)} and end_at < ${w.end}`);
}

const columns = columnsOf(windows, {
  clusterId: "clusterId",
  source: "source",
  subject: "subject",
  start: "startAt",
  end: "endAt",
  stepSeconds: "stepSeconds",
  backfillId: "backfillId",
  attempts: "attempts",
});

/**
 * Claims up to `limit` windows of a backfill within a range for `owner`: no other process reads them while it lives.
 */
export async function claimWindows(
  db: Db,
  owner: string,
  backfillId: string,
  within: Interval,
  now: Instant,
  limit: number,
): Promise<SourceWindow[]> {
  return db.write(async (tx) => {
    const inside = sql`backfill_id = ${backfillId} and start_at >= ${within.start} and start_at < ${within.end}`;
    // One query for each status, so that each follows the index and none sorts all windows of a month.
    const due = await tx.all(sql`select ${columns} from ${windows} where ${inside} and status = 'due'
      order by start_at desc, source, subject limit ${limit}`);
    if (due.length < limit) due.push(...(await abandoned(tx, inside, now)));
    for (const status of ["failed", "partial"])
      if (due.length < limit)
        due.push(
          ...(await tx.all(sql`select ${columns} from ${windows} where ${inside} and status = ${status}
            and next_attempt_at <= ${now} order by start_at desc limit ${limit - due.length}`)),
        );
    return lease(tx, owner, due.slice(0, limit), now);
  });
}

/** Windows whose owner has ended, or did not renew its claim. */
async function abandoned(tx: Tx, inside: ReturnType<typeof sql>, now: Instant): Promise<SourceWindow[]> {
  const rows = await tx.all(sql`select ${columns}, ${columnsOf(windows, ["owner", "leaseUntil"])} from ${windows}
    where ${inside} and status = 'leased' order by start_at desc, source, subject`);
  return rows
    .filter((r) => r.leaseUntil <= now || !mayBeAlive(r.owner))
    .map(({ owner: _owner, leaseUntil: _until, ...window }) => window);
}

/** How old windows may be to be retried automatically, by their start. */
export interface AskedSince {
  /** Those that were not answered in full: as long as the source keeps its data. */
  readonly unread: Instant;
  /** Those for which a source had nothing: as long as the samples around them are stored. */
  readonly noData: Instant;
}

/** Statuses after which a window is retried, once its pause is over. */
const ASKED_AGAIN: readonly WindowStatus[] = ["failed", "partial", "no-data"];

const sinceOf = (status: WindowStatus, since: AskedSince): Instant =>
  status === "no-data" ? Math.max(since.noData, since.unread) : since.unread;

/**
 * Windows of one status whose pause is over, longest waiting first; every condition follows the index `windows_retry`.
 */
export const retriesDue = (status: WindowStatus, since: Instant, now: Instant, limit: number, which: SQL = sql``) =>
  sql`select ${columns}, ${columnsOf(windows, ["nextAttemptAt"])} from ${windows}
    where status = ${status} and next_attempt_at <= ${now} and start_at >= ${since} ${which}
    order by next_attempt_at, start_at limit ${limit}`;

/**
 * Claims windows of any origin that were not read in full and whose pause is over.
 * @param except names of sources that are not asked at present: their windows wait, and count no attempt.
 */
export async function claimRetries(
  db: Db,
  owner: string,
  since: AskedSince,
  now: Instant,
  limit: number,
  except: readonly string[] = [],
): Promise<SourceWindow[]> {
  const which = except.length > 0 ? sql`and source not in ${inList(except)}` : sql``;
  return db.write(async (tx) => {
    type Row = SourceWindow & { nextAttemptAt: Instant };
    const rows: Row[] = [];
    for (const status of ASKED_AGAIN)
      rows.push(...(await tx.all(retriesDue(status, sinceOf(status, since), now, limit, which))));
    rows.sort((a, b) => a.nextAttemptAt - b.nextAttemptAt || b.start - a.start || (a.subject < b.subject ? -1 : 1));
    const due: SourceWindow[] = rows.map(({ nextAttemptAt: _at, ...window }) => window);
    if (due.length < limit) due.push(...(await abandoned(tx, sql`start_at >= ${since.unread} ${which}`, now)));
    return lease(tx, owner, due.slice(0, limit), now);
  });
}

/**
 * Stops retrying windows that began earlier than that; the gaps that end in them become known.
 * @returns how many windows.
 */
export async function restWindows(tx: Tx, since: AskedSince, now: Instant): Promise<number> {
  let rested = 0;
  for (const status of ASKED_AGAIN) {
    const old = sql`status = ${status} and next_attempt_at <= ${now} and start_at < ${sinceOf(status, since)}`;
    for (const w of await tx.all(sql`select ${columns} from ${windows} where ${old}`)) await knowGaps(tx, w);
    rested += await tx.run(sql`update ${windows} set next_attempt_at = ${OPEN_END} where ${old}`);
  }
  return rested;
}

async function lease(tx: Tx, owner: string, list: SourceWindow[], now: Instant): Promise<SourceWindow[]> {
  for (const w of list)
    await tx.run(sql`update ${windows} set status = 'leased', owner = ${owner}, lease_until = ${now + LEASE_SECONDS}, updated_at = ${now}
      where ${isWindow(w)}`);
  return list;
}

const isWindow = (w: PlannedWindow) =>
  sql`cluster_id = ${w.clusterId} and source = ${w.source} and subject = ${w.subject} and start_at = ${w.start}`;

/** Renews claims while the windows are being read, however long that takes. */
export async function renewWindows(db: Db, owner: string, list: readonly SourceWindow[], now: Instant): Promise<void> {
  await db.write(async (tx) => {
    for (const w of list)
      await tx.run(
        sql`update ${windows} set lease_until = ${now + LEASE_SECONDS} where ${isWindow(w)} and status = 'leased' and owner = ${owner}`,
      );
  });
}

export interface WindowEnd {
  readonly status: WindowStatus;
  readonly samples: number;
  readonly error: string;
  readonly nextAttemptAt: Instant;
}

/**
 * Stores how the reading of a window ended, and frees it. Does nothing if its claim was lost to another process
 * meanwhile.
 */
export async function finishWindow(
  tx: Tx,
  owner: string,
  w: SourceWindow,
  end: WindowEnd,
  now: Instant,
): Promise<void> {
  await tx.run(sql`update ${windows} set status = ${end.status}, owner = '', lease_until = 0, attempts = ${w.attempts + 1},
    next_attempt_at = ${end.nextAttemptAt}, samples = ${end.samples}, error = ${end.error}, updated_at = ${now}
    where ${isWindow(w)} and status = 'leased' and owner = ${owner}`);
}

/** Frees what `owner` claimed and will not read: a cancelled run leaves nothing leased. */
export async function releaseWindows(tx: Tx, owner: string, now: Instant): Promise<void> {
  // A window that was read before is retried by any process; one that never was belongs to its backfill.
  await tx.run(sql`update ${windows} set status = case when attempts > 0 then 'failed' else 'due' end, owner = '', lease_until = 0,
    updated_at = ${now} where status = 'leased' and owner = ${owner}`);
}
