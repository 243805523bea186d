import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { insertForKey } from "@/db/insert-for-key.ts";
import { alertChannels } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";

export interface ChannelRow {
  readonly key: number;
  readonly kind: string;
  readonly name: string;
  /** JSON. */
  readonly settings: string;
  readonly ratePerMinute: number;
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly disabledAt: Instant | null;
  readonly disabledReason: string;
  readonly archivedAt: Instant | null;
}

/** The stored secrets' owner of a channel. */
export const secretOwner = (key: number): string => `channel/${key}`;

/** Channels by name; archived ones where asked. */
export function listChannels(db: Reader, archived = false): Promise<ChannelRow[]> {
  const which = archived ? sql`` : sql`where archived_at is null`;
  return db.all(sql`select ${columnsOf(alertChannels)} from ${alertChannels} ${which} order by name, key`);
}

export const findChannel = (db: Reader, key: number): Promise<ChannelRow | undefined> =>
  db.find(sql`select ${columnsOf(alertChannels)} from ${alertChannels} where key = ${key}`);

/** @returns its key. */
export const insertChannel = (tx: Tx, row: Omit<ChannelRow, "key">): Promise<number> =>
  insertForKey(tx, alertChannels, row);

export async function updateChannel(
  tx: Tx,
  { key, name, settings, ratePerMinute, disabledAt, disabledReason, archivedAt }: ChannelRow,
): Promise<void> {
  await tx.run(sql`update ${alertChannels} set name = ${name}, settings = ${settings}, rate_per_minute = ${ratePerMinute},
    disabled_at = ${disabledAt}, disabled_reason = ${disabledReason}, archived_at = ${archivedAt} where key = ${key}`);
}
