import type { Ctx } from "@/lib/ctx.ts";
import type { Notice } from "./advance.ts";
import { PERSONAL_CHANNEL } from "./channels/index.ts";
import { insertDigestItems } from "./digest/store.ts";
import { dropUnsent } from "./event-store.ts";
import { messageOf } from "./message.ts";
import { insertLetters, type Letter, listPlaces, type Place, placeKey } from "./outbox/store.ts";
import { unsubscribeToken } from "./preferences/unsubscribe.ts";
import { quietUntil } from "./quiet.ts";
import { findHearer, findPreference, findRecipients, type Recipient } from "./recipients-load.ts";
import type { AlertRule, Route } from "./rule-store.ts";
import type { RuleKind } from "./rules/index.ts";
import type { AlertSettings } from "./settings.ts";
import { type Message, type Mode, SEVERITIES } from "./types.ts";

type Tx = Parameters<typeof insertLetters>[0];

/** Where one message goes, and how. */
interface Addressed extends Place {
  readonly mode: Mode;
  readonly notBefore: number;
  readonly unsubscribe: string;
}

export interface Notifying {
  readonly rule: AlertRule;
  readonly kind: RuleKind;
  readonly routes: readonly Route[];
  readonly settings: AlertSettings;
  readonly teamName: (key: number) => string;
}

/**
 * Writes the messages of a change into the outbox, or into the next digest, in the transaction that changes the event.
 * @returns the step that an escalation reached.
 */
export async function writeNotice(tx: Tx, ctx: Ctx, by: Notifying, notice: Notice): Promise<number> {
  const { event, change } = notice;
  const { rule, settings } = by;
  const message = messageOf(notice, ctx.now(), { rule, team: by.teamName(event.teamKey), url: settings.url });
  const isFollowUp = change !== "trigger" && change !== "escalate";
  if (change === "resolve") await dropUnsent(tx, event.id, ctx.now());
  const { places, step } = isFollowUp
    ? { places: await earlier(tx, ctx, by, notice), step: event.step }
    : await addressees(tx, ctx, by, notice, message);
  await write(tx, ctx, message, event.id, event.sequence, places);
  return step;
}

async function write(
  tx: Tx,
  ctx: Ctx,
  message: Message,
  eventId: string,
  sequence: number,
  places: readonly Addressed[],
): Promise<void> {
  const letters: Letter[] = [];
  for (const { mode, notBefore, unsubscribe, ...place } of places) {
    const own = { ...place, eventId, sequence, message: { ...message, unsubscribe } };
    if (mode === "now") letters.push({ ...own, notBefore });
    else await insertDigestItems(tx, [{ ...own, mode }], ctx.now());
  }
  await insertLetters(tx, letters, ctx.now());
}

/** Who hears of a new or escalated event. */
async function addressees(
  tx: Tx,
  ctx: Ctx,
  by: Notifying,
  { event, change, notBefore }: Notice,
  message: Message,
): Promise<{ places: Addressed[]; step: number }> {
  const channels: Addressed[] = by.routes.map(({ channelKey, mode }) => ({
    channelKey,
    target: "",
    mode,
    notBefore,
    unsubscribe: "",
  }));
  const concern = { teamKey: event.teamKey, owners: event.detail.owners, audience: by.kind.audience, step: event.step };
  const { step, people } = by.rule.people ? await findRecipients(tx, concern) : { step: event.step, people: [] };
  const personal = await Promise.all(people.map((person) => addressOf(tx, ctx, by, person, message, notBefore)));
  const found = [...channels, ...personal.filter((place) => place !== null)];
  if (found.length || change === "escalate" || by.rule.people) return { places: unique(found), step };
  const fallback = by.settings.fallback.map((target) => ({
    ...{ channelKey: PERSONAL_CHANNEL, target, mode: "now" as const, notBefore, unsubscribe: "" },
  }));
  return { places: unique(fallback), step };
}

/** Where earlier messages of the event went, as far as those people may still hear of it, and the digests of channels. */
async function earlier(tx: Tx, ctx: Ctx, by: Notifying, notice: Notice): Promise<Addressed[]> {
  const { event, notBefore, change } = notice;
  const sent: Addressed[] = [];
  for (const place of await listPlaces(tx, event.id)) {
    if (!(await stillHears(tx, by, notice, place))) continue;
    sent.push({ ...place, mode: "now", unsubscribe: "", notBefore: change === "repeat" ? notBefore : ctx.now() });
  }
  const digests = by.routes.flatMap(({ channelKey, mode }): Addressed[] =>
    mode === "now" ? [] : [{ channelKey, target: "", mode, notBefore, unsubscribe: "" }],
  );
  return unique([...sent, ...digests]);
}

/** Of a person's address: may they hear of it today, and do they want to? The end of what they heard of is always told. */
async function stillHears(
  tx: Tx,
  by: Notifying,
  { event, change }: Notice,
  { channelKey, target }: Place,
): Promise<boolean> {
  if (channelKey !== PERSONAL_CHANNEL || by.settings.fallback.includes(target)) return true;
  const concern = { teamKey: event.teamKey, owners: event.detail.owners, audience: by.kind.audience, step: event.step };
  const person = await findHearer(tx, target, concern);
  if (!person) return false;
  return change === "resolve" || (await findPreference(tx, person.userKey, by.rule.kind)).mode !== "off";
}

/** Where a person hears of it; null where they chose not to. */
async function addressOf(
  tx: Tx,
  ctx: Ctx,
  { rule, settings }: Notifying,
  { userKey, email }: Recipient,
  message: Message,
  notBefore: number,
): Promise<Addressed | null> {
  const preference = await findPreference(tx, userKey, rule.kind);
  const { mode } = preference;
  if (mode === "off" || SEVERITIES.indexOf(message.severity) < SEVERITIES.indexOf(preference.severity)) return null;
  const quiet = message.severity === "critical" ? notBefore : quietUntil(preference, notBefore, ctx.ledger.zone);
  const { signingSecret: secret, url } = settings;
  const token = secret && url ? unsubscribeToken(secret, { userKey, kind: rule.kind }, message.messageId) : "";
  const unsubscribe = token ? `${url}/unsubscribe?token=${token}` : "";
  return { channelKey: PERSONAL_CHANNEL, target: email, mode, notBefore: quiet, unsubscribe };
}

/** Each place once. */
const unique = (places: readonly Addressed[]): Addressed[] => [
  ...new Map(places.map((place) => [placeKey(place), place])).values(),
];
