import { z } from "zod";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { Env } from "@/lib/env.ts";
import { AppError, fieldError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import {
  deleteSecret,
  deleteSecretsOf,
  describeSecrets,
  getSecret,
  putSecret,
  type SecretKeys,
} from "@/lib/secrets/index.ts";
import type { Entered } from "@/lib/sources/connection-form.ts";
import {
  type ConnectionKind,
  configuredSources,
  getConnectionKind,
  openConnection,
  SOURCES,
} from "@/lib/sources/index.ts";
import { type ConnectionRow, findRow, insertRow, listRows, secretOwner, updateRow, usedSources } from "./store.ts";

type Tx = Parameters<typeof insertRow>[0];

const NAME = /^[a-z][a-z0-9-]{1,38}[a-z0-9]$/;

export const connectionInput = z.object({
  kind: z.string(),
  name: z
    .string()
    .trim()
    .regex(NAME, "A name has 3 to 40 small letters, digits and hyphens, and begins with a letter, such as emea-prod."),
  title: z.string().trim().max(80, "A title has at most 80 characters.").default(""),
  /** By the names of the kind's fields. A secret that is empty stays as it is. */
  fields: z.record(z.string(), z.string().trim().max(16_000)),
});
export type ConnectionInput = z.input<typeof connectionInput>;
/** What may change of one: what is left out stays. */
export type ConnectionChange = Partial<Pick<ConnectionInput, "title" | "fields">>;

const subjectOf = (name: string): string => `connection/${name}`;

/** What people entered, by whether it is secret. @throws AppError `invalid` by field. */
function checked(kind: ConnectionKind, fields: Readonly<Record<string, string>>, before: Before): Checked {
  const problems: Record<string, string> = {};
  const known = kind.form.fields.map(({ name }) => name);
  for (const given of Object.keys(fields))
    if (!known.includes(given)) problems[given] = `${kind.title} has no field "${given}". It has ${known.join(", ")}.`;
  const dropped = kind.form.fields.flatMap(({ name, secret }) => (secret && fields[name] === NO_SECRET ? [name] : []));
  const kept = new Map([...before.secrets].filter(([name]) => !dropped.includes(name)));
  const entered = new Map(Object.entries(fields).filter(([name, value]) => value !== "" && !dropped.includes(name)));
  const parts = kind.form.fields.map((field) => ({ field, value: entered.get(field.name) }));
  for (const { field, value } of parts)
    if (field.required && value === undefined && !(field.secret && kept.has(field.name)))
      problems[field.name] = `Enter ${field.label.toLowerCase()}.`;
  for (const { field, value } of parts)
    if (before.unreadable.includes(field.name) && value === undefined && !dropped.includes(field.name))
      problems[field.name] = `Enter ${field.label.toLowerCase()} again: the stored one cannot be decrypted.`;
  const isMoved = parts.some(
    ({ field, value }) => field.receives && (value ?? "") !== (before.plain[field.name] ?? ""),
  );
  for (const { field, value } of parts)
    if (isMoved && kept.has(field.name) && value === undefined)
      problems[field.name] = `Enter ${field.label.toLowerCase()} again: it would be sent to another address.`;
  const of = (secret: boolean) =>
    Object.fromEntries(
      parts.flatMap(({ field, value }) =>
        value !== undefined && Boolean(field.secret) === secret ? [[field.name, value]] : [],
      ),
    );
  const [plain, secrets] = [of(false), of(true)];
  const wrong = kind.form.problems({ ...Object.fromEntries(kept), ...plain, ...secrets });
  const all = { ...wrong, ...problems };
  if (Object.keys(all).length > 0) throw new AppError("invalid", Object.values(all).join(" "), { fields: all });
  return { plain, secrets, dropped };
}

interface Checked {
  readonly plain: Readonly<Record<string, string>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Stored secrets to forget. */
  readonly dropped: readonly string[];
}

/** Entered for a stored secret: it is removed. */
export const NO_SECRET = "-";

interface Before {
  readonly plain: Readonly<Record<string, string>>;
  /** Secrets that are stored, with their values. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Those that no key reads. */
  readonly unreadable: readonly string[];
}
const NOTHING: Before = { plain: {}, secrets: new Map(), unreadable: [] };

/**
 * Adds a connection; its secrets are stored encrypted. The next sync reads it.
 * @returns its key. @throws AppError `forbidden`; `invalid` and `conflict` by field.
 */
export async function addConnection(ctx: Ctx, env: Env, keys: SecretKeys, given: ConnectionInput): Promise<number> {
  allow(ctx.viewer, "connections.manage");
  const { name, fields, ...input } = parseInput(connectionInput, given);
  const kind = getConnectionKind(input.kind);
  const title = input.title || name;
  const { plain, secrets } = checked(kind, fields, NOTHING);
  await needOpen(kind, { name, title }, { ...plain, ...secrets }, env, ctx);
  return ctx.db.write(async (tx) => {
    const rows = await listRows(tx, true);
    const taken = [...SOURCES.map((s) => s.name), ...rows.map((r) => r.name), ...(await usedSources(tx))];
    if (taken.includes(name))
      throw fieldError(
        "name",
        `"${name}" names another connection, or one that was removed: choose another name.`,
        "conflict",
      );
    needOwnClusters(kind, plain, rows, env, ctx);
    const settings = JSON.stringify(plain);
    const key = await insertRow(tx, {
      ...{ name, kind: kind.name, title, settings, createdAt: ctx.now(), createdBy: ctx.viewer.id },
      ...{ revision: 1, pausedAt: null, removedAt: null },
    });
    await putSecrets(tx, ctx, keys, key, secrets);
    await recordAct(tx, ctx, {
      ...{ action: "connections.manage", subject: subjectOf(name), before: null, reason: "" },
      after: { kind: kind.name, title, settings: plain, secrets: Object.keys(secrets) },
    });
    return key;
  });
}

/** Changes what people call a connection, or how it is reached. A secret that is not given stays. @throws as addConnection. */
export async function changeConnection(
  ctx: Ctx,
  env: Env,
  keys: SecretKeys,
  key: number,
  given: ConnectionChange,
): Promise<void> {
  allow(ctx.viewer, "connections.manage");
  const { title: asked, fields } = parseInput(connectionInput.pick({ title: true, fields: true }).partial(), given);
  await ctx.db.write(async (tx) => {
    const row = await getConnection(tx, key);
    const kind = getConnectionKind(row.kind);
    const was = JSON.parse(row.settings) as Record<string, string>;
    const { stored, unreadable } = await secretsOf(tx, keys, row);
    const { plain, secrets, dropped } = checked(kind, fields ?? was, { plain: was, secrets: stored, unreadable });
    for (const field of dropped) stored.delete(field);
    const title = asked || row.title;
    await needOpen(kind, { name: row.name, title }, { ...Object.fromEntries(stored), ...plain, ...secrets }, env, ctx);
    needOwnClusters(kind, plain, await listRows(tx), env, ctx, key);
    await updateRow(tx, { ...row, title, settings: JSON.stringify(plain) });
    await putSecrets(tx, ctx, keys, key, secrets);
    for (const field of dropped) await deleteSecret(tx, ctx, { of: secretOwner(key), field }, "connections.manage");
    await recordAct(tx, ctx, {
      ...{ action: "connections.manage", subject: subjectOf(row.name), reason: "" },
      before: { title: row.title, settings: was },
      after: { title, settings: plain, secrets: Object.keys(secrets) },
    });
  });
}

/** Opening finds what no single field shows, such as a key that is not that of its certificate. */
async function needOpen(
  kind: ConnectionKind,
  names: { readonly name: string; readonly title: string },
  entered: Entered,
  env: Env,
  { log }: Ctx,
): Promise<void> {
  await openConnection(kind, names, entered, env, log).close();
}

/** @throws AppError `conflict`: two connections would be asked for every cluster. */
function needOwnClusters(
  kind: ConnectionKind,
  plain: Readonly<Record<string, string>>,
  rows: readonly ConnectionRow[],
  env: Env,
  ctx: Ctx,
  key?: number,
): void {
  const clustersOf = kind.form.clusters;
  if (!clustersOf || clustersOf(plain) !== undefined) return;
  const others = rows.filter((row) => row.removedAt === null && row.key !== key && row.kind === kind.name);
  const ofRows = others.find((row) => clustersOf(JSON.parse(row.settings)) === undefined)?.name;
  const ofSettings = configuredSources(env).some((s) => s.name === kind.name) && !namesClusters(kind, env, ctx);
  const twin = ofSettings ? kind.name : ofRows;
  if (twin !== undefined)
    throw fieldError(
      "clusters",
      `The connection "${twin}" is asked for every cluster: name the clusters of this one, or of that one.`,
      "conflict",
    );
}

/** Whether the connection of the settings names its clusters. */
function namesClusters(kind: ConnectionKind, env: Env, { log }: Ctx): boolean {
  const source = kind.open(env, log);
  void source.close();
  return source.clusters !== undefined;
}

/** The secrets of a connection that a key reads, and the names of the others. */
async function secretsOf(tx: Tx, keys: SecretKeys, row: ConnectionRow) {
  const of = secretOwner(row.key);
  const stored = new Map<string, string>();
  const unreadable: string[] = [];
  for (const { field } of await describeSecrets(tx, of))
    try {
      stored.set(field, await getSecret(tx, keys, { of, field }));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      unreadable.push(field);
    }
  return { stored, unreadable };
}

async function putSecrets(tx: Tx, ctx: Ctx, keys: SecretKeys, key: number, secrets: Checked["secrets"]): Promise<void> {
  for (const [field, value] of Object.entries(secrets))
    await putSecret(tx, ctx, keys, { of: secretOwner(key), field }, value, "connections.manage");
}

/** @throws AppError `not_found`. */
export async function getConnection(db: Tx | Ctx["db"], key: number): Promise<ConnectionRow> {
  const row = await findRow(db, key);
  if (!row || row.removedAt !== null) throw new AppError("not_found", `There is no connection ${key}.`);
  return row;
}

/** Pauses a connection: it is not asked, what it owns stays its own, and the time is a gap until it is resumed. @throws AppError `forbidden`, `not_found`. */
export const pauseConnection = (ctx: Ctx, key: number, reason = ""): Promise<void> => setPaused(ctx, key, true, reason);

/** Resumes a paused connection: the next sync reads on, and what was left out. @throws AppError `forbidden`, `not_found`. */
export const resumeConnection = (ctx: Ctx, key: number, reason = ""): Promise<void> =>
  setPaused(ctx, key, false, reason);

async function setPaused(ctx: Ctx, key: number, paused: boolean, reason: string): Promise<void> {
  allow(ctx.viewer, "connections.manage");
  await ctx.db.write(async (tx) => {
    const row = await getConnection(tx, key);
    if ((row.pausedAt !== null) === paused) return;
    await updateRow(tx, { ...row, pausedAt: paused ? ctx.now() : null });
    await recordAct(tx, ctx, {
      ...{ action: "connections.manage", subject: subjectOf(row.name), reason },
      ...{ before: { paused: !paused }, after: { paused } },
    });
  });
}

/** Removes a connection with its secrets, for good; what it read stays as history. @throws AppError `forbidden`, `not_found`. */
export async function removeConnection(ctx: Ctx, key: number, reason = ""): Promise<void> {
  allow(ctx.viewer, "connections.manage");
  await ctx.db.write(async (tx) => {
    const row = await getConnection(tx, key);
    await updateRow(tx, { ...row, removedAt: ctx.now() });
    await deleteSecretsOf(tx, ctx, secretOwner(key), "connections.manage");
    await recordAct(tx, ctx, {
      ...{ action: "connections.manage", subject: subjectOf(row.name), reason },
      ...{ before: { kind: row.kind, title: row.title, settings: JSON.parse(row.settings) }, after: null },
    });
  });
}
