import type { Command } from "commander";
import { type Io, Stopped } from "@/cli/io.ts";
import { column, writeRows } from "@/cli/names.ts";
import { withCtx } from "@/cli/open.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import {
  deleteUnreadable,
  listSecrets,
  listUnreadable,
  nameOf,
  rotateSecrets,
  type SecretFacts,
  secretKeys,
} from "@/lib/secrets/index.ts";
import { formatInstant } from "@/lib/time.ts";

const many = (n: number): string => `${n} ${n === 1 ? "secret" : "secrets"}`;

export function register(program: Command, io: Io): void {
  const secrets = program
    .command("secrets")
    .summary("stored secrets of channels and connections, encrypted at rest")
    .description(
      "Secrets of channels and connections, encrypted with SECRETS_KEY, SECRETS_KEY_FILE, or the key file that the ledger keeps beside a SQLite database.",
    );
  secrets
    .command("list")
    .description("Lists, as CSV, what is stored and with which key; never a value.")
    .action(() =>
      withCtx({ mustExist: true }, async (ctx) => {
        const rows = await listSecrets(ctx);
        await writeRows(
          io,
          ["of", "field", "key", "changed", "changed_by"].map((key) => column(key)),
          rows.map((row) => ({
            ...{ of: row.of, field: row.field, key: row.keyId },
            ...{ changed: formatInstant(row.changedAt), changed_by: row.changedBy },
          })),
        );
      }),
    );
  secrets
    .command("check")
    .description("Decrypts every stored secret without showing it; exit code 1 where one cannot be read.")
    .action(() =>
      withCtx({ mustExist: true }, async (ctx) => {
        const keys = secretKeys(env());
        const [all, lost] = [await listSecrets(ctx), await listUnreadable(ctx.db, keys)];
        const ids = keys.list().map(({ id }) => id);
        io.note(`Keys: ${ids.length ? ids.join(", ") : "none"} (${keys.place}).`);
        await report(io, lost, "cannot be decrypted: needs key");
        if (lost.length) throw new Stopped(1);
        await io.write(`${many(all.length)} can be read.\n`);
      }),
    );
  secrets
    .command("rotate")
    .description(
      "Encrypts every stored secret with the newest key. The ledger's own key file gets a new key first; with SECRETS_KEY or SECRETS_KEY_FILE, put a new key first there before.",
    )
    .action(() =>
      withCtx({ mustExist: true }, async (ctx) => {
        const keys = secretKeys(env());
        const { keyId, count } = await rotateSecrets(ctx, keys);
        io.note(
          `${many(count)} encrypted with the key ${keyId} (${keys.place}). Old keys still read; backups need them.`,
        );
      }),
    );
  secrets
    .command("delete")
    .option("--unreadable", "those that no key decrypts, so that the server starts again")
    .description("Deletes stored secrets whose key is lost. Enter them again where they belong.")
    .action(({ unreadable }: { unreadable?: true }) =>
      withCtx({ mustExist: true }, async (ctx) => {
        if (!unreadable) throw new AppError("invalid", "Say which: ledger secrets delete --unreadable.");
        const lost = await deleteUnreadable(ctx, secretKeys(env()));
        await report(io, lost, "deleted; was encrypted with key");
        io.note(`${many(lost.length)} deleted.`);
      }),
    );
}

async function report(io: Io, list: readonly SecretFacts[], words: string): Promise<void> {
  for (const secret of list) await io.write(`${nameOf(secret)}: ${words} ${secret.keyId}\n`);
}
