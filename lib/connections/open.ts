import type { Ctx } from "@/lib/ctx.ts";
import type { Env } from "@/lib/env.ts";
import { AppError, errorText } from "@/lib/errors.ts";
import { describeSecrets, getSecret, type SecretKeys } from "@/lib/secrets/index.ts";
import type { Entered } from "@/lib/sources/connection-form.ts";
import { getConnectionKind, isProvided, openConnection, restingSource } from "@/lib/sources/index.ts";
import type { Capability, Source } from "@/lib/sources/source.ts";
import { type ConnectionRow, listRows, secretOwner } from "./store.ts";

type Reader = Parameters<typeof describeSecrets>[0];

/** What was entered for a connection, secrets too: for the call that needs it, never to be shown. @throws AppError `internal` where no key reads one. */
export async function enteredOf(db: Reader, keys: SecretKeys, row: ConnectionRow): Promise<Entered> {
  const of = secretOwner(row.key);
  const entered: Record<string, string> = JSON.parse(row.settings);
  for (const { field } of await describeSecrets(db, of)) entered[field] = await getSecret(db, keys, { of, field });
  return entered;
}

/** A connection that is open, or rests in its place. */
export interface StoredSource {
  readonly kind: string;
  readonly revision: number;
  readonly source: Source;
  /** Why it could not be opened; empty: it could, or it is paused. */
  readonly problem: string;
}

/**
 * The stored connections, in the order in which they were added. What is open already and did not change is taken from `before`. One
 * that cannot be opened rests in its place and stops no other.
 */
export async function openStored(
  { db, log }: Pick<Ctx, "db" | "log">,
  env: Env,
  keys: SecretKeys,
  before: ReadonlyMap<string, StoredSource> = new Map(),
): Promise<Map<string, StoredSource>> {
  const out = new Map<string, StoredSource>();
  for (const row of await listRows(db)) {
    const known = before.get(row.name);
    const isSame = known?.revision === row.revision && known.problem === "";
    out.set(row.name, isSame ? known : await openRow(db, log, env, keys, row));
  }
  return out;
}

async function openRow(
  db: Reader,
  log: Ctx["log"],
  env: Env,
  keys: SecretKeys,
  row: ConnectionRow,
): Promise<StoredSource> {
  const { name, title, revision } = row;
  const kind = getConnectionKind(row.kind);
  const stored = (source: Source, problem = ""): StoredSource => ({ kind: kind.name, revision, source, problem });
  const rest = (rests: "paused" | "broken", why: string) =>
    restingSource(kind, { name, title }, rests, why, JSON.parse(row.settings), env);
  if (row.pausedAt !== null) return stored(rest("paused", `The connection ${title} is paused.`));
  try {
    return stored(openConnection(kind, { name, title }, await enteredOf(db, keys, row), env, log));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const problem = `The connection ${title} cannot be opened: ${errorText(error)}`;
    return stored(rest("broken", problem), problem);
  }
}

/** Whether the settings or a stored connection, paused or not, provide a capability. */
export async function isConnected(db: Reader, env: Env, capability: Capability): Promise<boolean> {
  if (isProvided(capability, env)) return true;
  return (await listRows(db)).some((row) => getConnectionKind(row.kind).provides.has(capability));
}
