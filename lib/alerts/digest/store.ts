import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { inList } from "@/db/in-list.ts";
import { alertDeliveries, alertDigestItems, alertTeamDigests } from "@/db/schema/index.ts";
import type { Place } from "@/lib/alerts/outbox/store.ts";
import { placeOfPerson } from "@/lib/alerts/preferences/place.ts";
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
  readonly sequence: number;
  readonly message: string;
}

/** The messages that wait for a place's digest, oldest first. */
export const listItems = (db: Reader, { channelKey, target, mode }: WaitingDigest): Promise<DigestText[]> =>
  db.all<DigestText>(sql`select event_id as "eventId", sequence, message from ${alertDigestItems} where digest_id = ''
    and channel_key = ${channelKey} and target = ${target} and mode = ${mode} order by created_at, event_id, sequence`);

/** The messages of a digest that was written, oldest first. */
export const listItemsOf = (
  db: Reader,
  digestId: string,
): Promise<(DigestText & { readonly mode: Mode; readonly target: string })[]> =>
  db.all(sql`select event_id as "eventId", sequence, message, mode, target from ${alertDigestItems} where digest_id = ${digestId}
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

/** A digest whose receiver is a team. */
export interface TeamDigest {
  readonly teamKey: number;
  /** 0: its lead and managers. */
  readonly channelKey: number;
  readonly mode: Mode;
  readonly changedAt: Instant;
  readonly changedBy: string;
}

/** Digests of one team, or of all. */
export function listTeamDigests(db: Reader, teamKey?: number): Promise<TeamDigest[]> {
  const of = teamKey === undefined ? sql`` : sql`where team_key = ${teamKey}`;
  return db.all<TeamDigest>(sql`select ${columnsOf(alertTeamDigests)} from ${alertTeamDigests} ${of}
    order by team_key, channel_key`);
}

export async function saveTeamDigest(tx: Tx, digest: TeamDigest): Promise<void> {
  const target = [alertTeamDigests.teamKey, alertTeamDigests.channelKey];
  await tx.insert(alertTeamDigests, [digest], { target, update: "all" });
}

export async function deleteTeamDigest(tx: Tx, teamKey: number, channelKey: number): Promise<void> {
  await tx.run(sql`delete from ${alertTeamDigests} where team_key = ${teamKey} and channel_key = ${channelKey}`);
}

export async function deleteTeamDigestsTo(tx: Tx, channelKey: number): Promise<void> {
  await tx.run(sql`delete from ${alertTeamDigests} where channel_key = ${channelKey}`);
}

/** Changes of some events that a person was or will be sent by themselves, wherever, or in a digest of their own: `<event>/<sequence>`. */
export async function listSentTo(db: Reader, email: string, eventIds: readonly string[]): Promise<Set<string>> {
  const ids = inList(eventIds);
  const theirs = sql`((channel_key = 0 and target = ${email}) or target = ${placeOfPerson(-1, email).target})`;
  const rows = await db.all<{ eventId: string; sequence: number }>(sql`select event_id as "eventId", sequence
    from ${alertDeliveries} where ${theirs} and state <> 'dropped' and event_id in ${ids}
    union select event_id as "eventId", sequence from ${alertDigestItems}
    where ${theirs} and event_id in ${ids}`);
  return new Set(rows.map(({ eventId, sequence }) => `${eventId}/${sequence}`));
}
