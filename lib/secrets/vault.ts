import { recordAct } from "@/lib/auth/audit-store.ts";
import type { Action } from "@/lib/auth/permissions.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { hideFromTexts } from "@/lib/redact.ts";
import { seal, unseal } from "./envelope.ts";
import type { SecretKeys } from "./keys.ts";
import { deleteRow, findRow, listRows, type SecretRow, saveRow } from "./store.ts";
import { nameOf, type SecretFacts, type SecretRef } from "./types.ts";

type Reader = Parameters<typeof findRow>[0];
type Tx = Parameters<typeof saveRow>[0];
type Who = Pick<Ctx, "viewer" | "now">;

const LONGEST = 16_384;

/**
 * Stores a secret, encrypted, in the transaction of the verb that it belongs to: that verb has asked for permission, and `action` is what it
 * is recorded as. Replaces the one before. @throws AppError `invalid` for an empty or over-long value, or where no key is set.
 */
export async function putSecret(
  tx: Tx,
  { viewer, now }: Who,
  keys: SecretKeys,
  ref: SecretRef,
  value: string,
  action: Action,
): Promise<void> {
  if (value === "" || value.length > LONGEST)
    throw new AppError("invalid", `A secret has 1 to ${LONGEST.toLocaleString("en")} characters.`);
  hideFromTexts(value);
  const key = keys.current();
  const before = await findRow(tx, ref);
  const envelope = seal(key, ref, value);
  await saveRow(tx, { ...ref, envelope, keyId: key.id, changedAt: now(), changedBy: viewer.id });
  await recordAct(
    tx,
    { viewer, now },
    {
      ...{ action, subject: `secret/${ref.of}/${ref.field}`, reason: "" },
      ...{ before: before ? { keyId: before.keyId } : null, after: { keyId: key.id } },
    },
  );
}

/** The value of a secret; undefined where none is stored. @throws AppError `internal` where no key reads it. */
export async function findSecret(db: Reader, keys: SecretKeys, ref: SecretRef): Promise<string | undefined> {
  const row = await findRow(db, ref);
  return row && opened(keys, row);
}

/** The value of a secret. @throws AppError `not_found`; `internal` where no key reads it. */
export async function getSecret(db: Reader, keys: SecretKeys, ref: SecretRef): Promise<string> {
  const value = await findSecret(db, keys, ref);
  if (value === undefined) throw new AppError("not_found", `No secret is stored for ${nameOf(ref)}. Enter it again.`);
  return value;
}

export const hasSecret = async (db: Reader, ref: SecretRef): Promise<boolean> => (await findRow(db, ref)) !== undefined;

/** What is stored, without values: all, or of one owner. */
export async function describeSecrets(db: Reader, of?: string): Promise<SecretFacts[]> {
  return (await listRows(db, of)).map(({ envelope: _, ...facts }) => facts);
}

/** Removes a secret in the transaction of the verb that it belongs to. @returns whether there was one. */
export async function deleteSecret(tx: Tx, who: Who, ref: SecretRef, action: Action): Promise<boolean> {
  const row = await findRow(tx, ref);
  if (!row) return false;
  await deleteRow(tx, ref);
  await recordAct(tx, who, {
    ...{ action, subject: `secret/${ref.of}/${ref.field}`, reason: "" },
    ...{ before: { keyId: row.keyId }, after: null },
  });
  return true;
}

/** Removes all secrets of an owner, such as a channel that is deleted. @returns how many. */
export async function deleteSecretsOf(tx: Tx, who: Who, of: string, action: Action): Promise<number> {
  const rows = await listRows(tx, of);
  for (const row of rows) await deleteSecret(tx, who, row, action);
  return rows.length;
}

/** The value of a row; it is hidden from every text from here on. @throws AppError `internal`. */
export function opened(keys: SecretKeys, row: SecretRow): string {
  const value = tryOpen(keys, row);
  if (value === null)
    throw new AppError(
      "internal",
      `The secret of ${nameOf(row)} cannot be decrypted: its key ${row.keyId} is not in ${keys.place}, or the row was changed. See docs/operations.md, "Stored secrets".`,
    );
  hideFromTexts(value);
  return value;
}

export function tryOpen(keys: SecretKeys, row: SecretRow): string | null {
  const key = keys.list().find(({ id }) => id === row.keyId);
  return key ? unseal(key, row, row.envelope) : null;
}
