import type { SQL } from "drizzle-orm";
import { type Db, type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { inList } from "@/db/in-list.ts";
import { alertAttempts, alertChannels, alertDeliveries, alertEvents } from "@/db/schema/index.ts";
import type { Change, DeliveryState, Message } from "@/lib/alerts/types.ts";
import type { Instant } from "@/lib/time.ts";

/** Where a message goes: a channel, or (channel 0) an e-mail address of a person. */
export interface Place {
  readonly channelKey: number;
  readonly target: string;
}

/** A message to send. */
export interface Letter extends Place {
  readonly eventId: string;
  readonly sequence: number;
  readonly message: Message;
  /** Not before. */
  readonly notBefore: Instant;
}

export interface Delivery extends Place {
  readonly key: number;
  readonly eventId: string;
  readonly sequence: number;
  readonly change: Change;
  readonly orderKey: string;
  readonly messageId: string;
  readonly message: string;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly nextAttemptAt: Instant;
  readonly leaseUntil: Instant;
  readonly fence: number;
  readonly status: number;
  readonly error: string;
  readonly createdAt: Instant;
  readonly finishedAt: Instant | null;
}

export const placeKey = ({ channelKey, target }: Place): string => `${channelKey}/${target}`;

/** Messages of an e-mail to a person leave at most as often. */
const PERSONAL_RATE = 60;

/** Puts messages into the outbox, in the transaction that changes the event. One that is there already stays as it is. */
export async function insertLetters(tx: Tx, letters: readonly Letter[], now: Instant): Promise<void> {
  const { eventId, sequence, channelKey, target } = alertDeliveries;
  await tx.insert(
    alertDeliveries,
    letters.map((letter) => ({
      ...{ eventId: letter.eventId, sequence: letter.sequence, change: letter.message.change },
      ...{ channelKey: letter.channelKey, target: letter.target },
      orderKey: `${placeKey(letter)} ${letter.message.dedupeKey}`,
      messageId: letter.message.messageId,
      message: JSON.stringify(letter.message),
      ...{ state: "waiting", attempts: 0, nextAttemptAt: letter.notBefore, leaseUntil: 0, fence: 0 },
      ...{ status: 0, error: "", createdAt: now, finishedAt: null },
    })),
    { target: [eventId, sequence, channelKey, target], update: [] },
  );
}

const DELIVERY: SQL = columnsOf(alertDeliveries);
const OPEN = sql`state in ('waiting', 'sending')`;

/**
 * Claims the oldest message that is due: whose wait is over or whose claim has expired, of which no earlier one of its order key is open,
 * and whose channel is within its rate. The attempt is on record before the call. @param only one message, whatever its wait.
 */
export async function claimNext(db: Db, now: Instant, leaseSeconds: number, only?: number): Promise<Delivery | null> {
  const which =
    only === undefined
      ? dueAt(now)
      : sql`d.key = ${only} and d.state in ('waiting', 'sending') and d.lease_until <= ${now}`;
  return db.write(async (tx) => {
    const found =
      await tx.find<Delivery>(sql`select ${columnsOf(alertDeliveries, undefined, "d")} from ${alertDeliveries} d
      where ${which} order by d.key limit 1`);
    if (!found) return null;
    const fence = found.fence + 1;
    const leaseUntil = now + leaseSeconds;
    const claimed = await tx.run(sql`update ${alertDeliveries} set state = 'sending', fence = ${fence},
      attempts = attempts + 1, lease_until = ${leaseUntil} where key = ${found.key} and fence = ${found.fence}`);
    if (claimed === 0) return null;
    await tx.insert(alertAttempts, [
      {
        ...{ deliveryKey: found.key, fence, channelKey: found.channelKey, startedAt: now, finishedAt: null },
        ...{ outcome: "unknown", status: 0, excerpt: "" },
      },
    ]);
    return { ...found, state: "sending", fence, leaseUntil, attempts: found.attempts + 1 };
  });
}

const dueAt = (now: Instant): SQL => sql`((d.state = 'waiting' and d.next_attempt_at <= ${now})
    or (d.state = 'sending' and d.lease_until <= ${now}))
  and not exists (select 1 from ${alertDeliveries} e where e.order_key = d.order_key and e.key < d.key
    and e.state in ('waiting', 'sending'))
  and (select count(*) from ${alertAttempts} a where a.channel_key = d.channel_key and a.started_at > ${now - 60})
    < coalesce((select c.rate_per_minute from ${alertChannels} c where c.key = d.channel_key), ${PERSONAL_RATE})`;

export interface Finish {
  readonly state: DeliveryState;
  readonly nextAttemptAt: Instant;
  readonly outcome: string;
  readonly status: number;
  readonly excerpt: string;
}

/**
 * Records what became of a claim. @returns false where another claim has replaced it: then only the attempt is recorded, and the message is
 * that one's.
 */
export async function finishClaim(
  tx: Tx,
  { key, fence }: Pick<Delivery, "key" | "fence">,
  { state, nextAttemptAt, outcome, status, excerpt }: Finish,
  now: Instant,
): Promise<boolean> {
  await tx.run(sql`update ${alertAttempts} set finished_at = ${now}, outcome = ${outcome}, status = ${status},
    excerpt = ${excerpt} where delivery_key = ${key} and fence = ${fence}`);
  const finishedAt = state === "waiting" ? null : now;
  const changed = await tx.run(sql`update ${alertDeliveries} set state = ${state}, next_attempt_at = ${nextAttemptAt},
    lease_until = 0, status = ${status}, error = ${outcome === "sent" || outcome === "accepted" ? "" : excerpt},
    finished_at = ${finishedAt} where key = ${key} and fence = ${fence} and state = 'sending'`);
  return changed > 0;
}

/** When the next message is due; null: none waits. */
export async function nextDueAt(db: Reader): Promise<Instant | null> {
  const row = await db.find<{ at: number | null }>(sql`select min(case when state = 'sending' then lease_until
    else next_attempt_at end) as at from ${alertDeliveries} where ${OPEN}`);
  return row?.at ?? null;
}

export const findDelivery = (db: Reader, key: number): Promise<Delivery | undefined> =>
  db.find<Delivery>(sql`select ${DELIVERY} from ${alertDeliveries} where key = ${key}`);

export interface DeliveryFilter {
  readonly eventId?: string;
  readonly state?: string;
  /** Of events of these teams alone; absent: of every event, and of none. */
  readonly teams?: readonly number[];
}

/** Deliveries, the newest first. */
export function listDeliveries(
  db: Reader,
  limit: number,
  { eventId, state, teams }: DeliveryFilter = {},
): Promise<Delivery[]> {
  const ofEvent = eventId === undefined ? sql`` : sql`and event_id = ${eventId}`;
  const ofState = state === undefined ? sql`` : sql`and state = ${state}`;
  const ofTeams =
    teams === undefined
      ? sql``
      : sql`and exists (select 1 from ${alertEvents} e where e.id = event_id and e.team_key <> 0
          and e.team_key in ${inList(teams)})`;
  return db.all(sql`select ${DELIVERY} from ${alertDeliveries} where 1 = 1 ${ofEvent} ${ofState} ${ofTeams}
    order by key desc limit ${limit}`);
}

/** Has a later message of the same order key arrived, or is it on its way? */
export async function isSuperseded(
  db: Reader,
  { orderKey, key }: Pick<Delivery, "orderKey" | "key">,
): Promise<boolean> {
  const later = await db.find<{ key: number }>(sql`select key from ${alertDeliveries} where order_key = ${orderKey}
    and key > ${key} and state in ('sending', 'sent', 'accepted') limit 1`);
  return later !== undefined;
}

/** A message that was given up waits again. @returns whether it was. */
export async function reviveDelivery(tx: Tx, key: number, now: Instant): Promise<boolean> {
  return (
    (await tx.run(sql`update ${alertDeliveries} set state = 'waiting', attempts = 0, next_attempt_at = ${now},
      finished_at = null where key = ${key} and state = 'dead'`)) > 0
  );
}

/**
 * Messages of an event to a place that wait and were never tried are replaced by a later one. @returns whether its first message was among
 * them: then the place has not heard of the event.
 */
export async function dropHeld(tx: Tx, eventId: string, { channelKey, target }: Place, now: Instant): Promise<boolean> {
  const held = sql`event_id = ${eventId} and channel_key = ${channelKey} and target = ${target}
    and state = 'waiting' and attempts = 0`;
  const first = await tx.find(sql`select key from ${alertDeliveries} where ${held} and change = 'trigger' limit 1`);
  await tx.run(sql`update ${alertDeliveries} set state = 'dropped', finished_at = ${now} where ${held}`);
  return first !== undefined;
}

/** Places to which messages of an event went or will go. */
export function listPlaces(db: Reader, eventId: string): Promise<Place[]> {
  return db.all(sql`select distinct channel_key as "channelKey", target from ${alertDeliveries}
    where event_id = ${eventId} and change <> 'test' and state <> 'dropped' order by 1, 2`);
}

export interface Attempt {
  readonly deliveryKey: number;
  readonly fence: number;
  readonly startedAt: Instant;
  readonly finishedAt: Instant | null;
  readonly outcome: string;
  readonly status: number;
  readonly excerpt: string;
}

export const listAttempts = (db: Reader, deliveryKey: number): Promise<Attempt[]> =>
  db.all(sql`select ${columnsOf(alertAttempts, ["deliveryKey", "fence", "startedAt", "finishedAt", "outcome", "status", "excerpt"])}
    from ${alertAttempts} where delivery_key = ${deliveryKey} order by fence`);

/** Removes deliveries that ended before an instant, with their attempts. */
export async function pruneDeliveries(tx: Tx, before: Instant): Promise<number> {
  await tx.run(sql`delete from ${alertAttempts} where delivery_key in
    (select key from ${alertDeliveries} where finished_at < ${before})`);
  return tx.run(sql`delete from ${alertDeliveries} where finished_at < ${before}`);
}
