import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { seal } from "./envelope.ts";
import type { SecretKeys } from "./keys.ts";
import { listRows, saveRow } from "./store.ts";
import { nameOf, type SecretFacts } from "./types.ts";
import { deleteSecret, opened, tryOpen } from "./vault.ts";

/** What is stored, without values. @throws AppError `forbidden`. */
export async function listSecrets(ctx: Ctx): Promise<SecretFacts[]> {
  allow(ctx.viewer, "secrets.manage");
  return (await listRows(ctx.db)).map(({ envelope: _, ...facts }) => facts);
}

/** Secrets that no key there is at present decrypts. */
export async function listUnreadable(db: Ctx["db"], keys: SecretKeys): Promise<SecretFacts[]> {
  return (await listRows(db)).filter((row) => tryOpen(keys, row) === null).map(({ envelope: _, ...facts }) => facts);
}

/** Refuses to start where a stored secret cannot be read. Without stored secrets no key is needed. @throws AppError `invalid`. */
export async function assertReadable(db: Ctx["db"], keys: SecretKeys): Promise<void> {
  const lost = await listUnreadable(db, keys);
  if (lost.length === 0) return;
  const ids = [...new Set(lost.map(({ keyId }) => keyId))].join(", ");
  const there = keys.list().map(({ id }) => id);
  throw new AppError(
    "invalid",
    `${lost.length} stored ${lost.length === 1 ? "secret" : "secrets"} cannot be decrypted: ${lost.slice(0, 5).map(nameOf).join(", ")}${lost.length > 5 ? ", …" : ""}.
  needed: key ${ids}
  found:  ${there.length ? `key ${there.join(", ")}` : "no key"} (${keys.place})
Set SECRETS_KEY or SECRETS_KEY_FILE to the key that they were encrypted with. If it is lost, remove them and enter them again: npm run ledger -- secrets delete --unreadable`,
  );
}

export interface Rotation {
  readonly keyId: string;
  readonly count: number;
}

/**
 * Encrypts every secret with the newest key, in one transaction. The ledger's own key file gets a new key first; keys of the settings are
 * changed by the person who sets them. Old keys are kept: backups need them.
 * @throws AppError `forbidden`; `invalid` without a key; `conflict` where nothing would change; `internal` for one that no key reads.
 */
export async function rotateSecrets(ctx: Ctx, keys: SecretKeys): Promise<Rotation> {
  allow(ctx.viewer, "secrets.manage");
  return ctx.db.write(async (tx) => {
    const rows = await listRows(tx);
    for (const row of rows) opened(keys, row);
    // In the transaction, which waits for other processes: two that add a key to the file at once would lose one of them.
    const key = keys.isOwn ? keys.add() : keys.current();
    if (rows.every((row) => row.keyId === key.id) && !keys.isOwn)
      throw new AppError(
        "conflict",
        `Every secret is encrypted with the key ${key.id} already. To replace it, put a new one first in ${keys.place}, keep the old one behind it, and run this again.`,
      );
    const old = rows.filter((row) => row.keyId !== key.id);
    for (const row of old) await saveRow(tx, { ...row, envelope: seal(key, row, opened(keys, row)), keyId: key.id });
    const from = [...new Set(old.map(({ keyId }) => keyId))];
    await recordAct(tx, ctx, {
      ...{ action: "secrets.manage", subject: `secret-key/${key.id}`, reason: "" },
      ...{ before: { keyIds: from }, after: { keyId: key.id, secrets: old.length } },
    });
    return { keyId: key.id, count: old.length };
  });
}

/** Removes the secrets that no key decrypts, so that the ledger starts again. @returns what was removed. @throws AppError `forbidden`. */
export async function deleteUnreadable(ctx: Ctx, keys: SecretKeys): Promise<SecretFacts[]> {
  allow(ctx.viewer, "secrets.manage");
  const lost = await listUnreadable(ctx.db, keys);
  await ctx.db.write(async (tx) => {
    for (const ref of lost) await deleteSecret(tx, ctx, ref, "secrets.manage");
  });
  return lost;
}
