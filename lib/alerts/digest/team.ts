import type { Reader, Tx } from "@/db/client.ts";
import { PERSONAL_CHANNEL } from "@/lib/alerts/channels/index.ts";
import type { Place } from "@/lib/alerts/outbox/store.ts";
import { findPreference, findTeamPeople, type Preference, type Recipient } from "@/lib/alerts/recipients-load.ts";
import { type Message, readMessage, SEVERITIES } from "@/lib/alerts/types.ts";
import type { Instant } from "@/lib/time.ts";
import { type DigestText, insertDigestItems, listSentTo, listTeamDigests } from "./store.ts";
import { teamTarget } from "./target.ts";

/** One change of an event of a team. */
export interface TeamChange {
  readonly eventId: string;
  readonly sequence: number;
  readonly teamKey: number;
  readonly message: Message;
}

/** Adds a change to the digests of its team. @param heard where it is sent anyway: a channel does not get it twice. */
export async function addToTeamDigests(
  tx: Tx,
  { eventId, sequence, teamKey, message }: TeamChange,
  heard: readonly Place[],
  now: Instant,
): Promise<void> {
  if (teamKey === 0) return;
  const hears = (channelKey: number) =>
    channelKey !== PERSONAL_CHANNEL && heard.some((p) => p.channelKey === channelKey);
  const digests = (await listTeamDigests(tx, teamKey)).filter(({ channelKey }) => !hears(channelKey));
  await insertDigestItems(
    tx,
    digests.map(({ channelKey, mode }) => ({
      ...{ channelKey, target: teamTarget(teamKey), eventId, sequence, mode },
      message: { ...message, unsubscribe: "" },
    })),
    now,
  );
}

/** Who reads the digest of a team, each with what is new to them: not what they switched off, and not what they are sent themselves. */
export async function readersOf<T extends DigestText>(
  db: Reader,
  teamKey: number,
  items: readonly T[],
  now: Instant,
): Promise<{ readonly email: string; readonly items: T[] }[]> {
  const readers = [];
  for (const person of await findTeamPeople(db, teamKey, now))
    readers.push({ email: person.email, items: await newTo(db, person, items) });
  return readers.filter((reader) => reader.items.length > 0);
}

async function newTo<T extends DigestText>(
  db: Reader,
  { userKey, email }: Recipient,
  items: readonly T[],
): Promise<T[]> {
  const ids = [...new Set(items.map(({ eventId }) => eventId))];
  const sent = await listSentTo(db, email, ids);
  const preferences = new Map<string, Preference>();
  const wanted: T[] = [];
  for (const item of items) {
    const { rule, severity } = readMessage(item.message);
    const preference = preferences.get(rule.kind) ?? (await findPreference(db, userKey, rule.kind));
    preferences.set(rule.kind, preference);
    const wants = preference.mode !== "off" && SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(preference.severity);
    if (wants && !sent.has(`${item.eventId}/${item.sequence}`)) wanted.push(item);
  }
  return wanted;
}
