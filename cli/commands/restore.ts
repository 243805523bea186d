import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { restore, sqliteFileOf } from "@/db/maintenance.ts";
import { env } from "@/lib/env.ts";

export function register(program: Command, io: Io): void {
  program
    .command("restore")
    .description("put a backup in the place of the ledger, which is kept beside it; stop GPU Ledger first")
    .argument("<file>", "a copy that `ledger backup` made, or a .bak or .before-restore file")
    .action(async (backupFile: string) => {
      const file = sqliteFileOf(env().DATABASE_URL, "restore");
      const { kept, checksum } = await restore(backupFile, file);
      if (!checksum) io.note("There was no .sha256 beside the backup to compare with; its contents were checked.");
      if (kept) io.note(`The ledger that was there is now ${kept}.`);
      io.note(`Restored ${file} from ${backupFile}. Next: npm run ledger -- check`);
    });
}
