import { userInfo } from "node:os";
import path from "node:path";
import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { openDb } from "@/db/client.ts";
import { backup, type Copy, sqliteFileOf } from "@/db/maintenance.ts";
import { allow } from "@/lib/auth/allow.ts";
import { recordBackup } from "@/lib/closing/backup-record.ts";
import { cliViewer, systemNow, type Viewer } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { errorText } from "@/lib/errors.ts";
import { formatInstant } from "@/lib/time.ts";

export function register(program: Command, io: Io): void {
  program
    .command("backup")
    .description("copy the ledger while it is in use, prove the copy sound, and write its SHA-256 beside it")
    .argument("[file]", "the copy to make; backups/ledger-<time>.db beside the ledger when not given")
    .action(async (target?: string) => {
      const viewer = cliViewer(userInfo().username);
      allow(viewer, "ledger.backup");
      const file = sqliteFileOf(env().DATABASE_URL, "backup");
      const stamp = formatInstant(systemNow()).replaceAll(/[-:]/g, "");
      const chosen = target ?? path.join(path.dirname(file), "backups", `ledger-${stamp}.db`);
      const copy = await backup(file, chosen, (share) => io.progress(`Copying ${Math.round(share * 100)} %`));
      io.progress("");
      io.note(`Backed up ${file}: ${(copy.bytes / 1e6).toFixed(1)} MB, SHA-256 ${copy.sha256}.`);
      await record(io, viewer, copy);
      await io.write(`${copy.file}\n`);
    });
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
