import { randomUUID } from "node:crypto";
import { type Reader, sql, type Tx } from "@/db/client";
import { backfills, windows } from "@/db/schema";
import { DAY, type Instant, type Interval } from "@/lib/time";

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

const columns = sql`id, from_at as "fromAt", to_at as "toAt", step_seconds as "stepSeconds", status, requested_by as "requestedBy",
  planned_from_at as "plannedFromAt", created_at as "createdAt", started_at as "startedAt", finished_at as "finishedAt", error`;

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
    plannedFromAt: range.end + 2 * DAY,
    createdAt: now,
    startedAt: null,
    finishedAt: null,
    error: "",
  };
  await tx.insert(backfills, [row]);
  return row;
}

export function findBackfill(db: Reader, id: string): Promise<Backfill | undefined> {
  return db.find(sql`select ${columns} from ${backfills} where id = ${id}`);
}

/** Backfills to work on, oldest request first. */
export function listUnfinished(db: Reader): Promise<Backfill[]> {
  return db.all(sql`select ${columns} from ${backfills} where status in ('queued', 'running') order by created_at, id`);
}

/** The unfinished backfill of exactly this range and step, if there is one: asking twice is asking once. */
export function findSame(db: Reader, range: Interval, stepSeconds: number): Promise<Backfill | undefined> {
  return db.find(sql`select ${columns} from ${backfills} where status in ('queued', 'running') and from_at = ${range.start}
    and to_at = ${range.end} and step_seconds = ${stepSeconds}`);
}

export async function setStatus(tx: Tx, id: string, status: BackfillStatus, now: Instant, error = ""): Promise<void> {
  const finishedAt = status === "running" || status === "queued" ? null : now;
  await tx.run(sql`update ${backfills} set status = ${status}, error = ${error}, finished_at = ${finishedAt},
    started_at = case when ${status} = 'running' then coalesce(started_at, ${now}) else started_at end where id = ${id}`);
}

/** Everything at or after this instant is read and metered. */
export async function setPlannedFrom(tx: Tx, id: string, at: Instant): Promise<void> {
  await tx.run(sql`update ${backfills} set planned_from_at = ${at} where id = ${id}`);
}

/** Windows of a backfill that could not be read whole. */
export async function countUnread(db: Reader, id: string): Promise<number> {
  const row = await db.find<{ n: number }>(
    sql`select cast(count(*) as bigint) as n from ${windows} where backfill_id = ${id} and status in ('due', 'leased', 'failed', 'partial')`,
  );
  return row?.n ?? 0;
}

/** Windows of the span that another backfill read are read again by this one. */
export async function replaceOlder(tx: Tx, id: string, span: Interval): Promise<void> {
  await tx.run(
    sql`delete from ${windows} where backfill_id <> ${id} and subject <> 'live' and start_at >= ${span.start} and start_at < ${span.end}`,
  );
}

/** Windows of a backfill that failed may be tried at once. */
export async function forgetPauses(tx: Tx, id: string): Promise<number> {
  return tx.run(
    sql`update ${windows} set next_attempt_at = 0 where backfill_id = ${id} and status in ('failed', 'partial')`,
  );
}
