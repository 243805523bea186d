import { type Db, type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { insertForKey } from "@/db/insert-for-key.ts";
import { eventBuckets, eventDestinations, eventUsage } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";

export interface DestinationRow {
  readonly key: number;
  readonly kind: string;
  readonly name: string;
  /** JSON: the texts of its form that are not secret. */
  readonly settings: string;
  readonly fromAt: Instant;
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly pausedAt: Instant | null;
  readonly archivedAt: Instant | null;
  readonly attempts: number;
  readonly nextAttemptAt: Instant;
  readonly error: string;
  readonly lastSentAt: Instant | null;
}

/** The stored secrets' owner of a destination. */
export const secretOwner = (key: number): string => `destination/${key}`;

/** Destinations by name, without archived ones. */
export const listDestinations = (db: Reader): Promise<DestinationRow[]> =>
  db.all(sql`select ${columnsOf(eventDestinations)} from ${eventDestinations} where archived_at is null
    order by name, key`);

export const findDestination = (db: Reader, key: number): Promise<DestinationRow | undefined> =>
  db.find(sql`select ${columnsOf(eventDestinations)} from ${eventDestinations} where key = ${key}
    and archived_at is null`);

/** @returns its key. */
export const insertDestination = (tx: Tx, row: Omit<DestinationRow, "key">): Promise<number> =>
  insertForKey(tx, eventDestinations, row);

export async function updateDestination(tx: Tx, row: DestinationRow): Promise<void> {
  const { key, name, settings, fromAt, pausedAt, archivedAt, attempts, nextAttemptAt, error } = row;
  await tx.run(sql`update ${eventDestinations} set name = ${name}, settings = ${settings}, from_at = ${fromAt},
    paused_at = ${pausedAt}, archived_at = ${archivedAt}, attempts = ${attempts}, next_attempt_at = ${nextAttemptAt},
    error = ${error} where key = ${key}`);
}

/** A request was accepted. */
export async function recordSuccess(tx: Tx, key: number, now: Instant): Promise<void> {
  await tx.run(sql`update ${eventDestinations} set attempts = 0, next_attempt_at = 0, error = '', last_sent_at = ${now}
    where key = ${key}`);
}

/** A request failed, and why; the next is not before an instant. */
export async function recordFailure(tx: Tx, key: number, error: string, nextAttemptAt: Instant): Promise<void> {
  await tx.run(sql`update ${eventDestinations} set attempts = attempts + 1, next_attempt_at = ${nextAttemptAt},
    error = ${error} where key = ${key}`);
}

/** Sends usage from an earlier instant on, too. */
export async function lowerStart(tx: Tx, key: number, fromAt: Instant): Promise<void> {
  await tx.run(sql`update ${eventDestinations} set from_at = ${fromAt} where key = ${key} and from_at > ${fromAt}`);
}

/** Removes the outbox of a destination. */
export async function deleteOutbox(tx: Tx, key: number): Promise<void> {
  for (const table of [eventUsage, eventBuckets])
    await tx.run(sql`delete from ${table} where destination_key = ${key}`);
}

/** How many rows of the outbox are in each state, and the end of what was sent. */
export interface Progress {
  readonly waiting: number;
  readonly sent: number;
  readonly refused: number;
  /** The start of the oldest bucket that waits; null: none. */
  readonly waitingSince: Instant | null;
}

export async function readProgress(db: Db | Reader, key: number): Promise<Progress> {
  const rows = await db.all<{ state: string; n: number; first: number }>(sql`select state,
    cast(count(*) as bigint) as n, min(bucket_at) as first from ${eventUsage} where destination_key = ${key} group by state`);
  const of = (state: string) => rows.find((row) => row.state === state);
  return {
    waiting: of("waiting")?.n ?? 0,
    sent: of("sent")?.n ?? 0,
    refused: of("refused")?.n ?? 0,
    waitingSince: of("waiting")?.first ?? null,
  };
}
