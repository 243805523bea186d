import { type Reader, sql, type Tx } from "@/db/client.ts";
import { alertDigestItems } from "@/db/schema/index.ts";
import type { Place } from "@/lib/alerts/outbox/store.ts";
import type { Message, Mode } from "@/lib/alerts/types.ts";
import type { Instant } from "@/lib/time.ts";

export interface DigestEntry extends Place {
  readonly eventId: string;
  readonly sequence: number;
  readonly mode: Mode;
  readonly message: Message;
}

/** Changes for the next digest of their places. One that is there already stays. */
export async function insertDigestItems(tx: Tx, items: readonly DigestEntry[], now: Instant): Promise<void> {
  const { channelKey, target, eventId, sequence } = alertDigestItems;
  await tx.insert(
    alertDigestItems,
    items.map((item) => ({ ...item, message: JSON.stringify(item.message), createdAt: now, digestId: "" })),
    { target: [channelKey, target, eventId, sequence], update: [] },
  );
}

export interface WaitingDigest extends Place {
  readonly mode: Mode;
  readonly oldestAt: Instant;
}

/** Places that have something to be summed up. */
export const listWaiting = (db: Reader): Promise<WaitingDigest[]> =>
  db.all<WaitingDigest>(sql`select channel_key as "channelKey", target, mode, min(created_at) as "oldestAt"
    from ${alertDigestItems} where digest_id = '' group by channel_key, target, mode order by 1, 2, 3`);

export interface DigestText {
  readonly eventId: string;
  readonly message: string;
}

/** The messages that wait for a place's digest, oldest first. */
export const listItems = (db: Reader, { channelKey, target, mode }: WaitingDigest): Promise<DigestText[]> =>
  db.all<DigestText>(sql`select event_id as "eventId", message from ${alertDigestItems} where digest_id = ''
    and channel_key = ${channelKey} and target = ${target} and mode = ${mode} order by created_at, event_id, sequence`);

/** The messages of a digest that was written, oldest first. */
export const listItemsOf = (db: Reader, digestId: string): Promise<(DigestText & { readonly mode: Mode })[]> =>
  db.all(sql`select event_id as "eventId", message, mode from ${alertDigestItems} where digest_id = ${digestId}
    order by created_at, event_id, sequence`);

/** Places in whose digests an event is, sent or not. */
export const listSummed = (db: Reader, eventId: string): Promise<(Place & { readonly mode: Mode })[]> =>
  db.all(sql`select channel_key as "channelKey", target, max(mode) as mode from ${alertDigestItems}
    where event_id = ${eventId} group by channel_key, target order by 1, 2`);

/** They are in a digest now. */
export async function markSummed(tx: Tx, { channelKey, target, mode }: WaitingDigest, digestId: string): Promise<void> {
  await tx.run(sql`update ${alertDigestItems} set digest_id = ${digestId} where digest_id = ''
    and channel_key = ${channelKey} and target = ${target} and mode = ${mode}`);
}

/** Removes items that were sent, from before an instant. */
export const pruneItems = (tx: Tx, before: Instant): Promise<number> =>
  tx.run(sql`delete from ${alertDigestItems} where digest_id <> '' and created_at < ${before}`);
