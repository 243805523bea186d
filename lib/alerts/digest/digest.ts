import type { Reader } from "@/db/client.ts";
import { PERSONAL_CHANNEL } from "@/lib/alerts/channels/index.ts";
import { heardOf } from "@/lib/alerts/hearing.ts";
import { toEachAddress } from "@/lib/alerts/outbox/addresses.ts";
import { insertLetters, type Letter } from "@/lib/alerts/outbox/store.ts";
import { personAt } from "@/lib/alerts/preferences/place.ts";
import { atMinute } from "@/lib/alerts/quiet.ts";
import { type Message, type Mode, readMessage, SEVERITIES } from "@/lib/alerts/types.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { counted } from "@/lib/format.ts";
import { addDays, dateOf, dayKey, type Instant } from "@/lib/time.ts";
import { type DigestText, listItems, listItemsOf, listWaiting, markSummed, type WaitingDigest } from "./store.ts";
import { teamOfTarget } from "./target.ts";
import { readersOf } from "./team.ts";

/** Digests leave at 8 in the morning of the billing zone; weekly ones on Mondays. */
const MINUTE_OF_DAY = 8 * 60;
const MONDAY = 1;
/** More are counted, and not listed. */
const MOST_ITEMS = 50;

/** The first time after an instant at which a digest leaves. */
export function digestAt(mode: Mode, from: Instant, zone: string): Instant {
  for (let day = dayKey(dateOf(from, zone)); ; day = addDays(day, 1)) {
    const at = atMinute(day, MINUTE_OF_DAY, zone);
    const weekday = new Date(
      Date.UTC(Math.floor(day / 10_000), (Math.floor(day / 100) % 100) - 1, day % 100),
    ).getUTCDay();
    if (at > from && (mode !== "weekly" || weekday === MONDAY)) return at;
  }
}

/** Several messages as one: the worst severity, newest last. Never empty. @param team the team whose digest it is; empty: of no team. */
export function digestOf(messages: readonly Message[], mode: Mode, id: string, now: Instant, team = ""): Message {
  const worst = SEVERITIES.findLast((severity) => messages.some((m) => m.severity === severity)) ?? "info";
  const listed = messages.slice(-MOST_ITEMS);
  const more = messages.length - listed.length;
  const first = messages[0] as Message;
  const isOneKind = messages.every((m) => m.rule.kind === first.rule.kind);
  return {
    ...first,
    ...{ change: "digest", dedupeKey: id, messageId: id, severity: worst, team, facts: [], chart: null },
    title: `GPU Ledger: ${countsOf(messages, team)} ${mode === "weekly" ? "this week" : "since yesterday"}`,
    summary: [
      more > 0 ? `The newest ${listed.length} are listed; ${more} older on the page of alerts.` : "",
      isOneKind || team ? "" : "Choose what you are sent under Account, My alerts.",
      team ? "People who may change alert rules of the team choose its digests under Alerts, Rules." : "",
    ]
      .filter(Boolean)
      .join(" "),
    // A link ends one kind: of a digest of several it would end what nobody meant.
    unsubscribe: isOneKind && !team ? first.unsubscribe : "",
    link: first.link ? new URL("/alerts", first.link).href : "",
    ...{ startedAt: first.at, at: now, resolvedAt: null },
    items: listed.map(({ change, severity, title, summary, link, at, ended }) => ({
      ...{ change, severity, title, summary, link, at, ...(ended ? { ended } : {}) },
    })),
  };
}

/** `1 alert of Vision, 3 changes`: an alert that began, got worse and ended is one. */
function countsOf(messages: readonly Message[], team: string): string {
  const alerts = new Set(messages.map((m) => m.dedupeKey)).size;
  const changes = messages.length > alerts ? `, ${counted(messages.length, "change")},` : "";
  return `${counted(alerts, "alert")}${team && ` of ${team}`}${changes}`;
}

const readItem = ({ message }: Pick<DigestText, "message">): Message => readMessage(message);

/** A person's digest as they may read it today, for one that waits longer; null: nothing of it is left. */
export async function digestToday(db: Reader, email: string, message: Message, now: Instant): Promise<Message | null> {
  const items = await listItemsOf(db, message.messageId);
  const team = teamOfTarget(items[0]?.target ?? "");
  const own =
    team === null ? items : ((await readersOf(db, team, items, now)).find((r) => r.email === email)?.items ?? []);
  const heard = await heardOf(db, email, own, now);
  if (team === null && heard.length === items.length) return message;
  const mode = heard[0]?.mode ?? "daily";
  return heard.length ? digestOf(heard.map(readItem), mode, message.messageId, now, message.team) : null;
}

/** Puts the digests that are due into the outbox. @returns how many. */
export async function writeDigests(ctx: Ctx): Promise<number> {
  let written = 0;
  for (const waiting of await listWaiting(ctx.db)) {
    if (digestAt(waiting.mode, waiting.oldestAt, ctx.ledger.zone) > ctx.now()) continue;
    await writeDigest(ctx, waiting);
    written++;
  }
  return written;
}

async function writeDigest(ctx: Ctx, waiting: WaitingDigest): Promise<void> {
  const { channelKey, target, mode } = waiting;
  const team = teamOfTarget(target);
  await ctx.db.write(async (tx) => {
    const items = await listItems(tx, waiting);
    // The same items give the same id: a digest that was written twice is one.
    const id = `digest/${mode}/${channelKey}/${target}/${waiting.oldestAt}`;
    await markSummed(tx, waiting, id);
    const person = personAt(waiting);
    const isPersonal = channelKey === PERSONAL_CHANNEL || person !== null;
    const readers =
      team !== null && channelKey === PERSONAL_CHANNEL
        ? await readersOf(tx, team, items, ctx.now())
        : [{ email: person ?? "", items }];
    const letters: Letter[] = [];
    for (const reader of readers) {
      const heard = isPersonal ? await heardOf(tx, reader.email, reader.items, ctx.now()) : reader.items;
      if (heard.length === 0) continue;
      const messages = heard.map(readItem);
      const message = digestOf(messages, mode, id, ctx.now(), team === null ? "" : messages[0]?.team);
      const to = person === null ? { channelKey, target: reader.email } : { channelKey, target };
      letters.push({ ...to, eventId: id, sequence: 1, message, notBefore: ctx.now() });
    }
    await insertLetters(tx, await toEachAddress(tx, letters), ctx.now());
  });
}
