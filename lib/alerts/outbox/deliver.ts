import type { Db, Tx } from "@/db/client.ts";
import { type ChannelRow, findChannel, secretOwner, updateChannel } from "@/lib/alerts/channel-store.ts";
import { email } from "@/lib/alerts/channels/email/index.ts";
import {
  getChannelKind,
  type Outcome,
  PERSONAL_CHANNEL,
  type Post,
  type Secrets,
} from "@/lib/alerts/channels/index.ts";
import { NOT_THE_RECEIVERS } from "@/lib/alerts/channels/reply.ts";
import { digestToday } from "@/lib/alerts/digest/digest.ts";
import { mayHear } from "@/lib/alerts/hearing.ts";
import { directOf, personAt, placeOfPerson } from "@/lib/alerts/preferences/place.ts";
import { type Message, readMessage } from "@/lib/alerts/types.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { errorText } from "@/lib/errors.ts";
import type { Mailer } from "@/lib/mail/index.ts";
import { withoutControls } from "@/lib/redact.ts";
import { findSecret, type SecretKeys } from "@/lib/secrets/index.ts";
import { isRemoved } from "./addresses.ts";
import { waitSeconds } from "./backoff.ts";
import { claimNext, type Delivery, type Finish, finishClaim, insertLetters, listAttempts } from "./store.ts";

/** What messages are sent with. */
export interface Sending {
  readonly post: Post;
  readonly mailer: Mailer | null;
  readonly keys: SecretKeys;
  /** Addresses that are sent to without a check of the person: those of ALERT_EMAIL_TO. */
  readonly fallback?: readonly string[];
  /** How long a claim lasts: longer than the slowest call. */
  readonly leaseSeconds: number;
  /** 0 ≤ x < 1. */
  readonly random?: () => number;
}

export interface Sent {
  readonly sent: number;
  readonly retried: number;
  readonly dead: number;
}

/** Calls in flight at once. */
const WORKERS = 4;

/**
 * Sends every message that is due. Any number of processes may do this: each message is claimed by one. Never throws for a receiver;
 * for a database that fails, once no call is in flight.
 * @param only one message, whatever its wait.
 */
export async function deliverDue(
  ctx: Ctx,
  sending: Sending,
  options: { readonly signal?: AbortSignal; readonly only?: number } = {},
): Promise<Sent> {
  const counts = { sent: 0, retried: 0, dead: 0 };
  const work = async () => {
    while (!options.signal?.aborted) {
      const claimed = await claimNext(ctx.db, ctx.now(), sending.leaseSeconds, options.only);
      if (!claimed) return;
      const state = await deliver(ctx, sending, claimed);
      if (state !== "dropped") counts[state === "waiting" ? "retried" : state === "dead" ? "dead" : "sent"]++;
      if (options.only !== undefined) return;
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: options.only === undefined ? WORKERS : 1 }, work));
  for (const end of ended) if (end.status === "rejected") throw end.reason;
  return counts;
}

async function deliver(ctx: Ctx, sending: Sending, claimed: Delivery): Promise<Delivery["state"]> {
  const message = await readable(ctx, sending, claimed);
  if (!message) {
    const gone = {
      outcome: "failed",
      status: 0,
      excerpt: "They left, may no longer hear of this, or were removed from the channel.",
    };
    const finish: Finish = { ...gone, state: "dropped", nextAttemptAt: ctx.now() };
    await ctx.db.write((tx) => finishClaim(tx, claimed, finish, ctx.now()));
    return finish.state;
  }
  const outcome = await call(ctx, sending, claimed, message).catch((error: unknown): Outcome => {
    ctx.log.error({ delivery: claimed.key, error: errorText(error) }, "a message could not be sent");
    return { result: "retry", status: 0, excerpt: withoutControls(errorText(error)).slice(0, 300) };
  });
  const ended = await bounded(ctx.db, claimed, outcome);
  const finish = finishOf(claimed, ended, ctx.now(), (sending.random ?? Math.random)());
  await ctx.db.write(async (tx) => {
    const isOurs = await finishClaim(tx, claimed, finish, ctx.now());
    if (isOurs && outcome.result === "closed") await disable(tx, ctx, claimed.channelKey, outcome);
    if (isOurs && finish.state === "dead") await mailInstead(tx, ctx, claimed);
  });
  return finish.state;
}

/** After so many answers that were not the receiver's the next ends the message: each attempt may have been a copy. */
const MOST_DOUBTS = 2;

/** The outcome, or a failure where the message was tried again often enough. */
async function bounded(db: Db, { key }: Delivery, outcome: Outcome): Promise<Outcome> {
  if (!outcome.isDoubtful) return outcome;
  const before = (await listAttempts(db, key)).filter((a) => a.excerpt.startsWith(NOT_THE_RECEIVERS));
  return before.length < MOST_DOUBTS ? outcome : { ...outcome, result: "failed" };
}

/** Who is not reached through a channel that they chose gets the same message by e-mail. */
async function mailInstead(
  tx: Tx,
  ctx: Ctx,
  { eventId, sequence, channelKey, target, message }: Delivery,
): Promise<void> {
  const email = personAt({ channelKey, target });
  if (email === null || channelKey === PERSONAL_CHANNEL) return;
  const letter = { eventId, sequence, ...placeOfPerson(PERSONAL_CHANNEL, email), message: readMessage(message) };
  await insertLetters(tx, [{ ...letter, notBefore: ctx.now() }], ctx.now());
}

/** The message as its receiver may read it today; null: they may no longer. */
async function readable(
  ctx: Ctx,
  { fallback = [] }: Sending,
  { channelKey, target, eventId, message: text }: Delivery,
): Promise<Message | null> {
  const message = readMessage(text);
  const email = personAt({ channelKey, target });
  if (email === null) return (await isRemoved(ctx.db, { channelKey, target })) ? null : message;
  if (fallback.includes(target)) return message;
  if (message.change === "digest") return digestToday(ctx.db, email, message, ctx.now());
  return (await mayHear(ctx.db, email, eventId, ctx.now())) ? message : null;
}

/** What a message becomes after an attempt. */
export function finishOf(
  { attempts }: Pick<Delivery, "attempts">,
  { result, status, excerpt: text, retryAfterSeconds }: Outcome,
  now: number,
  random: number,
): Finish {
  const base = { outcome: result === "closed" ? "failed" : result, status, excerpt: text, nextAttemptAt: now };
  if (result === "sent" || result === "accepted") return { ...base, state: result };
  const wait = result === "retry" ? waitSeconds(attempts, retryAfterSeconds, random) : null;
  return wait === null ? { ...base, state: "dead" } : { ...base, state: "waiting", nextAttemptAt: now + wait };
}

async function call(
  ctx: Ctx,
  { post, mailer, keys }: Sending,
  { channelKey, target }: Delivery,
  message: Message,
): Promise<Outcome> {
  const means = { post, mailer, now: ctx.now(), target };
  if (channelKey === PERSONAL_CHANNEL) return email.send(message, { to: [] }, {}, means);
  const channel = await findChannel(ctx.db, channelKey);
  if (!channel || channel.archivedAt !== null) return failed("The channel was deleted.");
  if (channel.disabledAt !== null && message.change !== "test")
    return failed(`The channel is disabled: ${channel.disabledReason}`);
  const kind = getChannelKind(channel.kind);
  if (kind.skips?.(message)) return { result: "sent", status: 0, excerpt: "Not needed there." };
  const secrets = await secretsOf(ctx.db, keys, channel);
  const settings = kind.settings.parse(JSON.parse(channel.settings));
  const person = personAt({ channelKey, target });
  if (person === null) return kind.send(message, settings, secrets, means);
  const direct = directOf(channel);
  return direct
    ? direct.send(message, person, settings, secrets, means)
    : failed("The channel is no longer open for people.");
}

/** The stored secrets of a channel, by field. */
export async function secretsOf(db: Db, keys: SecretKeys, { key, kind }: ChannelRow): Promise<Secrets> {
  const secrets: Record<string, string | undefined> = {};
  for (const { name, secret } of getChannelKind(kind).fields)
    if (secret) secrets[name] = await findSecret(db, keys, { of: secretOwner(key), field: name });
  return secrets;
}

const failed = (text: string): Outcome => ({ result: "failed", status: 0, excerpt: text });

async function disable(
  tx: Parameters<typeof updateChannel>[0],
  ctx: Ctx,
  key: number,
  { status, excerpt: text }: Outcome,
): Promise<void> {
  const channel = await findChannel(tx, key);
  if (!channel || channel.disabledAt !== null) return;
  const reason = `The receiver answered ${status}: ${text || "it is gone"}.`;
  await updateChannel(tx, { ...channel, disabledAt: ctx.now(), disabledReason: reason });
  await recordAct(tx, ctx, {
    ...{ action: "channels.manage", subject: `channel/${key}`, reason },
    ...{ before: { disabled: false }, after: { disabled: true } },
  });
}
