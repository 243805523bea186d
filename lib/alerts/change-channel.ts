import { randomUUID } from "node:crypto";
import { z } from "zod";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError, fieldError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import { deleteSecretsOf, describeSecrets, putSecret, type SecretKeys } from "@/lib/secrets/index.ts";
import {
  type ChannelRow,
  findChannel,
  insertChannel,
  listChannels,
  secretOwner,
  updateChannel,
} from "./channel-store.ts";
import { type ChannelDefinition, getChannelKind } from "./channels/index.ts";
import { deleteTeamDigestsTo } from "./digest/store.ts";
import { deliverDue, type Sending } from "./outbox/deliver.ts";
import { findDelivery, insertLetters, listDeliveries } from "./outbox/store.ts";
import { deleteRoutesTo } from "./rule-store.ts";
import type { AlertSettings } from "./settings.ts";
import type { Message } from "./types.ts";

type Tx = Parameters<typeof insertChannel>[0];

export const channelInput = z.object({
  kind: z.string(),
  name: z.string().trim().min(1, "Enter a name.").max(80, "A name has at most 80 characters."),
  ratePerMinute: z
    .int("Enter a whole number.")
    .min(1, "At least 1 a minute.")
    .max(600, "At most 600 a minute.")
    .default(30),
  /** By the names of the kind's fields. A secret that is empty stays as it is. */
  fields: z.record(z.string(), z.string().trim().max(8000)),
});
export type ChannelInput = z.input<typeof channelInput>;

interface Checked {
  readonly kind: ChannelDefinition;
  readonly name: string;
  readonly ratePerMinute: number;
  readonly settings: string;
  readonly secrets: Readonly<Record<string, string>>;
}

/** What a channel has already. */
interface Before {
  /** Names of stored secrets. */
  readonly stored: ReadonlySet<string>;
  /** Settings as they were entered. */
  readonly plain: Readonly<Record<string, string>>;
}
const NOTHING: Before = { stored: new Set(), plain: {} };

/** @throws AppError `invalid` by field. */
function checked(given: ChannelInput, { stored, plain: were }: Before): Checked {
  const { kind: name, fields, ...input } = parseInput(channelInput, given);
  const kind = getChannelKind(name);
  const secrets: Record<string, string> = {};
  const plain: Record<string, string> = {};
  const problems: Record<string, string> = {};
  const known = kind.fields.map((field) => field.name);
  for (const given of Object.keys(fields))
    if (!known.includes(given))
      problems[given] = `"${kind.title}" has no field "${given}". It has ${known.join(", ")}.`;
  for (const field of kind.fields) {
    const value = fields[field.name] ?? "";
    if (field.required && !value && !(field.secret && stored.has(field.name)))
      problems[field.name] = `Enter ${field.label.toLowerCase()}.`;
    if (!value) continue;
    if (field.secret) secrets[field.name] = value;
    else plain[field.name] = value;
  }
  const isMoved = kind.fields.some((field) => field.receives && (plain[field.name] ?? "") !== (were[field.name] ?? ""));
  for (const { name: field, label } of kind.fields)
    if (isMoved && stored.has(field) && secrets[field] === undefined)
      problems[field] = `Enter ${label.toLowerCase()} again: it would be sent to another address.`;
  if (Object.keys(problems).length)
    throw new AppError("invalid", Object.values(problems).join(" "), { fields: problems });
  const settings = parseInput(kind.settings, plain);
  const wrong = kind.problems?.(settings, secrets) ?? {};
  if (Object.keys(wrong).length) throw new AppError("invalid", Object.values(wrong).join(" "), { fields: wrong });
  // As it was entered: the schema reads it again when a message is sent.
  return { kind, ...input, settings: JSON.stringify(plain), secrets };
}

const subjectOf = (key: number): string => `channel/${key}`;

/** Adds a channel; its secrets are stored encrypted. @returns its key. @throws AppError `forbidden`; `invalid` by field. */
export async function addChannel(ctx: Ctx, keys: SecretKeys, given: ChannelInput): Promise<number> {
  allow(ctx.viewer, "channels.manage");
  const { kind, name, ratePerMinute, settings, secrets } = checked(given, NOTHING);
  return ctx.db.write(async (tx) => {
    await needOwnName(tx, name, null);
    const key = await insertChannel(tx, {
      ...{ kind: kind.kind, name, settings, ratePerMinute, createdAt: ctx.now(), createdBy: ctx.viewer.id },
      ...{ disabledAt: null, disabledReason: "", archivedAt: null },
    });
    await putSecrets(tx, ctx, keys, key, secrets);
    const after = { kind: kind.kind, name, settings: JSON.parse(settings), ratePerMinute };
    await recordAct(tx, ctx, { action: "channels.manage", subject: subjectOf(key), before: null, after, reason: "" });
    return key;
  });
}

/** Two channels of one name would look the same in a rule. @throws AppError `conflict` at the field. */
async function needOwnName(tx: Tx, name: string, key: number | null): Promise<void> {
  const wanted = name.toLowerCase();
  const twin = (await listChannels(tx)).find((c) => c.key !== key && c.name.toLowerCase() === wanted);
  if (twin) throw fieldError("name", `Another channel is called "${twin.name}": choose another name.`, "conflict");
}

async function putSecrets(
  tx: Tx,
  ctx: Ctx,
  keys: SecretKeys,
  key: number,
  secrets: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [field, value] of Object.entries(secrets))
    await putSecret(tx, ctx, keys, { of: secretOwner(key), field }, value, "channels.manage");
}

/** Changes a channel, and takes it into use again where it was disabled. A secret that is not given stays. @throws as addChannel. */
export async function changeChannel(ctx: Ctx, keys: SecretKeys, key: number, given: ChannelInput): Promise<void> {
  allow(ctx.viewer, "channels.manage");
  const stored = new Set((await describeSecrets(ctx.db, secretOwner(key))).map((s) => s.field));
  await ctx.db.write(async (tx) => {
    const before = await getChannel(tx, key);
    const plain = JSON.parse(before.settings) as Record<string, string>;
    const { kind, name, ratePerMinute, settings, secrets } = checked(given, { stored, plain });
    if (before.kind !== kind.kind)
      throw fieldError("kind", "The kind of a channel does not change: add another channel.");
    await needOwnName(tx, name, key);
    await updateChannel(tx, { ...before, name, ratePerMinute, settings, disabledAt: null, disabledReason: "" });
    await putSecrets(tx, ctx, keys, key, secrets);
    await recordAct(tx, ctx, {
      ...{ action: "channels.manage", subject: subjectOf(key), reason: "" },
      before: { name: before.name, settings: JSON.parse(before.settings), ratePerMinute: before.ratePerMinute },
      after: { name, settings: JSON.parse(settings), ratePerMinute, secrets: Object.keys(secrets) },
    });
  });
}

/** @throws AppError `not_found`. */
async function getChannel(db: Tx | Ctx["db"], key: number): Promise<ChannelRow> {
  const channel = await findChannel(db, key);
  if (!channel || channel.archivedAt !== null) throw new AppError("not_found", `There is no channel ${key}.`);
  return channel;
}

/** Deletes a channel with its secrets; rules no longer send there. @throws AppError `forbidden`, `not_found`. */
export async function archiveChannel(ctx: Ctx, key: number, reason = ""): Promise<void> {
  allow(ctx.viewer, "channels.manage");
  await ctx.db.write(async (tx) => {
    const before = await getChannel(tx, key);
    await updateChannel(tx, { ...before, archivedAt: ctx.now() });
    await deleteRoutesTo(tx, key);
    await deleteTeamDigestsTo(tx, key);
    await deleteSecretsOf(tx, ctx, secretOwner(key), "channels.manage");
    const was = { kind: before.kind, name: before.name, settings: JSON.parse(before.settings) };
    await recordAct(tx, ctx, { action: "channels.manage", subject: subjectOf(key), before: was, after: null, reason });
  });
}

export interface Tested {
  readonly state: string;
  readonly status: number;
  readonly error: string;
}

/** Sends a test message through a channel now, and says what became of it. @throws AppError `forbidden`, `not_found`. */
export async function testChannel(ctx: Ctx, sending: Sending, settings: AlertSettings, key: number): Promise<Tested> {
  allow(ctx.viewer, "channels.manage");
  const channel = await getChannel(ctx.db, key);
  const id = `test/${randomUUID()}`;
  const message = sampleMessage(ctx, settings, id);
  await ctx.db.write(async (tx) => {
    await insertLetters(
      tx,
      [{ eventId: id, sequence: 1, channelKey: key, target: "", message, notBefore: ctx.now() }],
      ctx.now(),
    );
    const act = {
      action: "channels.manage",
      subject: subjectOf(key),
      before: null,
      after: { test: id },
      reason: "",
    } as const;
    await recordAct(tx, ctx, act);
  });
  const row = await findTest(ctx, id);
  if (row !== null) await deliverDue(ctx, sending, { only: row });
  const done = row === null ? undefined : await findDelivery(ctx.db, row);
  if (!done) throw new AppError("internal", `The test of ${channel.name} was not recorded.`);
  return { state: done.state, status: done.status, error: done.error };
}

async function findTest(ctx: Ctx, eventId: string): Promise<number | null> {
  return (await listDeliveries(ctx.db, 1, { eventId }))[0]?.key ?? null;
}

/** A message to look at: for tests and previews of what a channel sends. */
export function sampleMessage(ctx: Ctx, settings: AlertSettings, id: string): Message {
  return {
    ...{ change: "test", dedupeKey: `gpu-ledger/${id}`, messageId: id, rule: { key: 0, kind: "test", name: "Test" } },
    ...{
      severity: "info",
      team: "",
      title: "Test message of GPU Ledger",
      facts: [{ label: "Sent by", value: ctx.viewer.id }],
    },
    summary: "If you can read this, the channel works.",
    link: settings.url ? `${settings.url}/alerts` : "",
    ...{ startedAt: ctx.now(), at: ctx.now(), resolvedAt: null, items: [], unsubscribe: "", chart: null },
  };
}
