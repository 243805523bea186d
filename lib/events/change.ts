import { z } from "zod";
import type { Tx } from "@/db/client.ts";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError, fieldError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import { deleteSecretsOf, describeSecrets, putSecret, type SecretKeys } from "@/lib/secrets/index.ts";
import type { Instant } from "@/lib/time.ts";
import {
  type DestinationRow,
  deleteOutbox,
  findDestination,
  insertDestination,
  lowerStart,
  secretOwner,
  updateDestination,
} from "./destination-store.ts";
import { type DestinationDefinition, getDestinationKind } from "./destinations/index.ts";
import { hasSent, reviveRefused } from "./outbox-store.ts";
import { FIXED_FIELDS, mappingSchema } from "./types.ts";

const destinationInput = z.object({
  kind: z.string(),
  name: z.string().trim().min(1, "Enter a name.").max(80, "A name has at most 80 characters."),
  /** By the names of the kind's fields and of the mapping. A secret that is empty stays as it is. */
  fields: z.record(z.string(), z.string().trim().max(8000)),
});
export type DestinationInput = z.input<typeof destinationInput>;

interface Checked {
  readonly kind: DestinationDefinition;
  readonly name: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
}

const MAPPED = Object.keys(mappingSchema.shape);

/** @param stored names of stored secrets. @param were settings so far. @throws AppError `invalid` by field. */
function checked(
  given: DestinationInput,
  stored: ReadonlySet<string>,
  were: Readonly<Record<string, string>>,
): Checked {
  const { kind: kindName, name, fields } = parseInput(destinationInput, given);
  const kind = getDestinationKind(kindName);
  const [settings, secrets, problems]: Record<string, string>[] = [{}, {}, {}];
  for (const field of kind.fields) {
    const value = fields[field.name] ?? "";
    if (field.required && !value && !(field.secret && stored.has(field.name)))
      problem(problems, field.name, `Enter ${field.label.toLowerCase()}.`);
    if (value) Object.assign((field.secret ? secrets : settings) as object, { [field.name]: value });
  }
  const isMoved = kind.fields.some((f) => f.receives && (settings?.[f.name] ?? "") !== (were[f.name] ?? ""));
  for (const { name: field, label } of kind.fields)
    if (isMoved && stored.has(field) && secrets?.[field] === undefined)
      problem(problems, field, `Enter ${label.toLowerCase()} again: it would be sent to another address.`);
  for (const field of MAPPED) if (fields[field]) Object.assign(settings as object, { [field]: fields[field] });
  if (Object.keys(problems ?? {}).length)
    throw new AppError("invalid", Object.values(problems ?? {}).join(" "), { fields: problems });
  parseInput(kind.settings, settings);
  parseInput(mappingSchema, settings);
  return { kind, name, settings: settings ?? {}, secrets: secrets ?? {} };
}

function problem(problems: Record<string, string> | undefined, field: string, message: string): void {
  if (problems) problems[field] ??= message;
}

const subjectOf = (key: number): string => `destination/${key}`;

/** Adds a destination; usage from `fromAt` on is sent. @returns its key. @throws AppError `forbidden`; `invalid` by field. */
export async function addDestination(
  ctx: Ctx,
  keys: SecretKeys,
  given: DestinationInput,
  fromAt: Instant = ctx.now(),
): Promise<number> {
  allow(ctx.viewer, "events.manage");
  const { kind, name, settings, secrets } = checked(given, new Set(), {});
  return ctx.db.write(async (tx) => {
    const key = await insertDestination(tx, {
      ...{ kind: kind.kind, name, settings: JSON.stringify(settings), fromAt },
      ...{ createdAt: ctx.now(), createdBy: ctx.viewer.id, pausedAt: null, archivedAt: null },
      ...{ attempts: 0, nextAttemptAt: 0, error: "", lastSentAt: null },
    });
    await putSecrets(tx, ctx, keys, key, secrets);
    await record(tx, ctx, key, null, { kind: kind.kind, name, settings, fromAt });
    return key;
  });
}

async function putSecrets(
  tx: Tx,
  ctx: Ctx,
  keys: SecretKeys,
  key: number,
  secrets: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [field, value] of Object.entries(secrets))
    await putSecret(tx, ctx, keys, { of: secretOwner(key), field }, value, "events.manage");
}

const record = (tx: Tx, ctx: Ctx, key: number, before: object | null, after: object | null, reason = "") =>
  recordAct(tx, ctx, { action: "events.manage", subject: subjectOf(key), before, after, reason });

/**
 * Changes a destination; the wait after a failure ends. What receivers count by (unit, names, source, type) stays once something was sent.
 * @throws as addDestination; `conflict`, `not_found`.
 */
export async function changeDestination(
  ctx: Ctx,
  keys: SecretKeys,
  key: number,
  given: DestinationInput,
): Promise<void> {
  allow(ctx.viewer, "events.manage");
  const stored = new Set((await describeSecrets(ctx.db, secretOwner(key))).map((s) => s.field));
  await ctx.db.write(async (tx) => {
    const before = await getDestination(tx, key);
    const were = JSON.parse(before.settings) as Record<string, string>;
    const { kind, name, settings, secrets } = checked(given, stored, were);
    if (before.kind !== kind.kind)
      throw fieldError("kind", "The kind of a destination does not change: add another destination.");
    const [old, next] = [parseInput(mappingSchema, were), parseInput(mappingSchema, settings)];
    const fixed = FIXED_FIELDS.find((field) => JSON.stringify(old[field]) !== JSON.stringify(next[field]));
    if (fixed && (await hasSent(tx, key)))
      throw fieldError(
        fixed,
        `Events with the old ${fixed} were sent, and the receiver would count both: add another destination instead.`,
        "conflict",
      );
    const changed = { ...before, name, settings: JSON.stringify(settings), attempts: 0, nextAttemptAt: 0, error: "" };
    await updateDestination(tx, changed);
    await putSecrets(tx, ctx, keys, key, secrets);
    const after = { name, settings, secrets: Object.keys(secrets) };
    await record(tx, ctx, key, { name: before.name, settings: were }, after);
  });
}

/** @throws AppError `not_found`. */
export async function getDestination(db: Tx | Ctx["db"], key: number): Promise<DestinationRow> {
  const found = await findDestination(db, key);
  if (!found) throw new AppError("not_found", `There is no destination ${key}.`);
  return found;
}

/** Stops sending, or resumes it: what was used meanwhile is sent then. @throws AppError `forbidden`, `not_found`. */
export async function pauseDestination(ctx: Ctx, key: number, isPaused: boolean, reason = ""): Promise<void> {
  allow(ctx.viewer, "events.manage");
  await ctx.db.write(async (tx) => {
    const before = await getDestination(tx, key);
    await updateDestination(tx, { ...before, pausedAt: isPaused ? ctx.now() : null, nextAttemptAt: 0 });
    await record(tx, ctx, key, { paused: before.pausedAt !== null }, { paused: isPaused }, reason);
  });
}

/** Deletes a destination with its secrets and its outbox. @throws AppError `forbidden`, `not_found`. */
export async function archiveDestination(ctx: Ctx, key: number, reason = ""): Promise<void> {
  allow(ctx.viewer, "events.manage");
  await ctx.db.write(async (tx) => {
    const before = await getDestination(tx, key);
    await updateDestination(tx, { ...before, archivedAt: ctx.now() });
    await deleteOutbox(tx, key);
    await deleteSecretsOf(tx, ctx, secretOwner(key), "events.manage");
    const was = { kind: before.kind, name: before.name, settings: JSON.parse(before.settings) };
    await record(tx, ctx, key, was, null, reason);
  });
}

/** Refused events wait again, under the same ids. @returns how many. @throws AppError `forbidden`, `not_found`. */
export async function sendRefusedAgain(ctx: Ctx, key: number): Promise<number> {
  allow(ctx.viewer, "events.manage");
  return ctx.db.write(async (tx) => {
    const row = await getDestination(tx, key);
    const revived = await reviveRefused(tx, key, ctx.now());
    await updateDestination(tx, { ...row, nextAttemptAt: 0 });
    await record(tx, ctx, key, null, { sentAgain: revived });
    return revived;
  });
}

/** Usage from an earlier instant on is sent, too. @throws AppError `forbidden`, `not_found`. */
export async function sendFrom(ctx: Ctx, key: number, fromAt: Instant): Promise<void> {
  allow(ctx.viewer, "events.manage");
  await ctx.db.write(async (tx) => {
    const before = await getDestination(tx, key);
    if (before.fromAt <= fromAt) return;
    await lowerStart(tx, key, fromAt);
    await record(tx, ctx, key, { fromAt: before.fromAt }, { fromAt });
  });
}
