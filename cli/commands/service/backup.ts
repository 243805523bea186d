import { readdir, rm } from "node:fs/promises";
import { userInfo } from "node:os";
import path from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import type { Io } from "@/cli/io.ts";
import { openDb } from "@/db/client.ts";
import { backup, type Copy, sqliteFileOf } from "@/db/maintenance.ts";
import { allow } from "@/lib/auth/allow.ts";
import { recordBackup } from "@/lib/closing/backup-record.ts";
import { cliViewer, systemNow, type Viewer } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { AppError, errorText } from "@/lib/errors.ts";
import { counted } from "@/lib/format.ts";
import { formatInstant } from "@/lib/time.ts";

export function register(program: Command, io: Io): void {
  program
    .command("backup")
    .description("copy the ledger while it is in use, prove the copy sound, and write its SHA-256 beside it")
    .argument("[file]", "the copy to make; backups/ledger-<time>.db beside the ledger when not given")
    .option("--keep <count>", "of the copies beside the ledger, keep so many, the newest; at least 1", countOf)
    .action(async (target: string | undefined, { keep }: { keep?: number }) => {
      if (keep !== undefined && target !== undefined)
        throw new AppError(
          "invalid",
          "--keep removes old copies from backups/ beside the ledger, so it takes no file.",
        );
      const viewer = cliViewer(userInfo().username);
      allow(viewer, "ledger.backup");
      const file = sqliteFileOf(env().DATABASE_URL, "backup");
      const stamp = formatInstant(systemNow()).replaceAll(/[-:]/g, "");
      const chosen = target ?? path.join(path.dirname(file), "backups", `ledger-${stamp}.db`);
      const copy = await backup(file, chosen, (share) => io.progress(`Copying ${Math.round(share * 100)} %`));
      io.progress("");
      io.note(`Backed up ${file}: ${(copy.bytes / 1e6).toFixed(1)} MB, SHA-256 ${copy.sha256}.`);
      await record(io, viewer, copy);
      if (keep !== undefined) await removeOld(io, path.dirname(chosen), keep);
      await io.write(`${copy.file}\n`);
    });
}

function countOf(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) throw new InvalidArgumentError("Give a whole number, at least 1.");
  return Number(text);
}

/** Names as this command gives them: nothing else is removed. They sort by time. */
const OWN = /^ledger-\d{8}T\d{6}Z\.db$/;

/** Removes all copies but the newest, once the new one is proven sound. */
async function removeOld(io: Io, folder: string, keep: number): Promise<void> {
  const copies = (await readdir(folder)).filter((name) => OWN.test(name)).sort();
  const old = copies.slice(0, Math.max(0, copies.length - keep));
  for (const name of old)
    for (const file of [name, `${name}.sha256`]) await rm(path.join(folder, file), { force: true });
  if (old.length) io.note(`Removed ${counted(old.length, "older copy", "older copies")}.`);
}

/** The copy is sound whatever becomes of its entry in the audit log of the ledger. */
async function record(io: Io, viewer: Viewer, copy: Copy): Promise<void> {
  if (!copy.isCurrent)
    return io.note("The ledger is of an earlier version, so that this backup is not in its audit log.");
  try {
    const db = await openDb(env().DATABASE_URL);
    try {
      await recordBackup({ db, viewer, now: systemNow }, copy);
    } finally {
      await db.close();
    }
  } catch (error) {
    io.note(`This backup could not be recorded in the audit log: ${errorText(error)}`);
  }
}
