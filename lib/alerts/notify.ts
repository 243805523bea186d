import type { Ctx } from "@/lib/ctx.ts";
import type { Notice } from "./advance.ts";
import { PERSONAL_CHANNEL } from "./channels/index.ts";
import { insertDigestItems, listSummed } from "./digest/store.ts";
import { addToTeamDigests } from "./digest/team.ts";
import { dropUnsent } from "./event-store.ts";
import { messageOf } from "./message.ts";
import { toEachAddress } from "./outbox/addresses.ts";
import { dropHeld, insertLetters, type Letter, listPlaces, type Place, placeKey } from "./outbox/store.ts";
import { chosenPlace, personAt } from "./preferences/place.ts";
import { unsubscribeToken } from "./preferences/unsubscribe.ts";
import { quietUntil } from "./quiet.ts";
import { findHearer, findPreference, findRecipients, type Recipient } from "./recipients-load.ts";
import type { AlertRule, Route } from "./rule-store.ts";
import type { RuleKind } from "./rules/index.ts";
import type { AlertSettings } from "./settings.ts";
import { type Change, type Message, type Mode, SEVERITIES } from "./types.ts";

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
  const isNew = change === "trigger" || change === "escalate";
  if (change === "resolve") await dropUnsent(tx, event.id, ctx.now());
  const heard = isNew ? [] : await earlier(tx, ctx, by, notice, message);
  // What got worse may concern people who were not to hear of less.
  const { places, step } =
    isNew || change === "update" ? await addressees(tx, ctx, by, notice, message) : { places: [], step: event.step };
  const all = unique([...heard, ...places]);
  await write(tx, ctx, message, event, all);
  const { id: eventId, sequence, teamKey } = event;
  await addToTeamDigests(tx, { eventId, sequence, teamKey, message }, all, ctx.now());
  return step;
}

/** Changes in place of which a newer one is sent, where they still wait for the end of quiet hours. */
const REPLACING: readonly Change[] = ["repeat", "update", "escalate"];

async function write(
  tx: Tx,
  ctx: Ctx,
  message: Message,
  { id: eventId, sequence }: Notice["event"],
  places: readonly Addressed[],
): Promise<void> {
  const letters: Letter[] = [];
  for (const { mode, notBefore, unsubscribe, ...place } of places) {
    const addresses = await toEachAddress(tx, [place]);
    const own = { eventId, sequence, message: { ...message, unsubscribe } };
    let wasHeld = false;
    for (const address of addresses) {
      // A place that has not heard of the event yet hears of it as new.
      const isFirst = REPLACING.includes(message.change) && (await dropHeld(tx, eventId, address, ctx.now()));
      const change = isFirst ? "trigger" : message.change;
      if (mode === "now") letters.push({ ...address, ...own, message: { ...own.message, change }, notBefore });
      wasHeld ||= isFirst;
    }
    if (mode === "now") continue;
    const change = wasHeld ? "trigger" : message.change;
    await insertDigestItems(tx, [{ ...place, ...own, message: { ...own.message, change }, mode }], ctx.now());
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
  const { step, people } = by.rule.people
    ? await findRecipients(tx, concern, ctx.now())
    : { step: event.step, people: [] };
  const personal = await Promise.all(people.map((person) => addressOf(tx, ctx, by, person, message, notBefore)));
  const found = [...channels, ...personal.filter((place) => place !== null)];
  if (found.length || change === "escalate" || people.length) return { places: unique(found), step };
  const fallback = by.settings.fallback.map((target) => ({
    ...{ channelKey: PERSONAL_CHANNEL, target, mode: "now" as const, notBefore, unsubscribe: "" },
  }));
  return { places: unique(fallback), step };
}

/**
 * Where earlier messages of the event went, to people by themselves and in their digests, as far as they may still hear of it and want to; and the
 * digests of channels. People always hear of the end of what they heard of.
 */
async function earlier(tx: Tx, ctx: Ctx, by: Notifying, notice: Notice, message: Message): Promise<Addressed[]> {
  const { event, change } = notice;
  const isSoon = change === "acknowledge" || change === "resolve";
  const notBefore = isSoon ? ctx.now() : notice.notBefore;
  const concern = { teamKey: event.teamKey, owners: event.detail.owners, audience: by.kind.audience, step: event.step };
  const summed = (await listSummed(tx, event.id)).filter((place) => personAt(place) !== null);
  const mailed = (await listPlaces(tx, event.id)).map((place) => ({ ...place, mode: "now" as const }));
  const out: Addressed[] = [];
  for (const { channelKey, target, mode } of [...summed, ...mailed]) {
    const email = personAt({ channelKey, target });
    // A channel hears as it is today: addresses may have been removed and added since.
    const same = { channelKey, target: email === null ? "" : target, mode, notBefore, unsubscribe: "" };
    if (email === null || by.settings.fallback.includes(target)) {
      out.push(same);
      continue;
    }
    const person = await findHearer(tx, email, concern, ctx.now());
    const own = person && (await addressOf(tx, ctx, by, person, message, notBefore));
    // Who chose another place since hears of the end, and that somebody takes care, where they heard of it.
    if (own) out.push(isSoon ? { ...own, channelKey, target } : own);
    else if (person && change === "resolve") out.push(same);
  }
  const digests = by.routes.flatMap(({ channelKey, mode }): Addressed[] =>
    mode === "now" ? [] : [{ channelKey, target: "", mode, notBefore, unsubscribe: "" }],
  );
  return [...out, ...digests];
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
  return { ...(await chosenPlace(tx, preference.channelKey, email)), mode, notBefore: quiet, unsubscribe };
}

/** Each place once. */
const unique = (places: readonly Addressed[]): Addressed[] => [
  ...new Map(places.map((place) => [placeKey(place), place])).values(),
];
