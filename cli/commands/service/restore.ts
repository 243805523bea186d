import { userInfo } from "node:os";
import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { restore, sqliteFileOf } from "@/db/maintenance.ts";
import { closeWords, type IssuedClose } from "@/lib/closing/issued.ts";
import { judgeRestore } from "@/lib/closing/restore.ts";
import { cliViewer, systemNow } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { closeSettingsOf } from "@/lib/periods/settings.ts";

interface Options {
  readonly undoCloses?: boolean;
  readonly lastNumber?: string;
  readonly reason?: string;
}

export function register(program: Command, io: Io): void {
  program
    .command("restore")
    .description("put a backup in the place of the ledger, which is kept beside it; stop GPU Ledger first")
    .argument("<file>", "a copy that `ledger backup` made, or a .bak or .before-restore file")
    .option("--undo-closes", "restore although periods were closed since the backup: they are open again")
    .option("--last-number <number>", "the highest statement number ever issued, where the ledger is lost or damaged")
    .option("--reason <text>", "why, for the audit log")
    .action((backupFile: string, options: Options) => run(io, backupFile, options));
}

async function run(io: Io, backupFile: string, options: Options): Promise<void> {
  const file = sqliteFileOf(env().DATABASE_URL, "restore");
  const { undoCloses = false, lastNumber, reason = "" } = options;
  const undone: IssuedClose[] = [];
  const judge = judgeRestore(
    { viewer: cliViewer(userInfo().username), now: systemNow },
    {
      ...{ undoCloses, lastNumber, reason, calendar: closeSettingsOf(env()).calendar },
      onUndone: (list) => undone.push(...list),
    },
  );
  const { kept, checksum } = await restore(backupFile, file, judge);
  if (!checksum) io.note("There was no .sha256 beside the backup to compare with; its contents were checked.");
  if (kept) io.note(`The ledger that was there is now ${kept}.`);
  if (undone.length > 0)
    io.note(
      `Recorded in the audit log as issued, and not issued again:\n${undone.map((c) => `  ${closeWords(c)}`).join("\n")}`,
    );
  io.note(`Restored ${file} from ${backupFile}. Next: npm run ledger -- check`);
}
