import { userInfo } from "node:os";
import path from "node:path";
import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { backup, sqliteFileOf } from "@/db/maintenance.ts";
import { allow } from "@/lib/auth/allow.ts";
import { cliViewer, systemNow } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { formatInstant } from "@/lib/time.ts";

export function register(program: Command, io: Io): void {
  program
    .command("backup")
    .description("copy the ledger while it is in use, prove the copy sound, and write its SHA-256 beside it")
    .argument("[file]", "the copy to make; backups/ledger-<time>.db beside the ledger when not given")
    .action(async (target?: string) => {
      allow(cliViewer(userInfo().username), "ledger.backup");
      const file = sqliteFileOf(env().DATABASE_URL, "backup");
      const stamp = formatInstant(systemNow()).replaceAll(/[-:]/g, "");
      const chosen = target ?? path.join(path.dirname(file), "backups", `ledger-${stamp}.db`);
      const copy = await backup(file, chosen, (share) => io.progress(`Copying ${Math.round(share * 100)} %`));
      io.progress("");
      io.note(`Backed up ${file}: ${(copy.bytes / 1e6).toFixed(1)} MB, SHA-256 ${copy.sha256}.`);
      await io.write(`${copy.file}\n`);
    });
}
