import { existsSync } from "node:fs";
import { userInfo } from "node:os";
import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { openDb } from "@/db/client.ts";
import { moveLedger } from "@/db/move.ts";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import { verifyAuditLog } from "@/lib/auth/chain/audit-chain-store.ts";
import { cliViewer, systemNow } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { formatNumber } from "@/lib/format.ts";

export function register(program: Command, io: Io): void {
  program
    .command("move")
    .argument("<url>", "an empty database: postgres://user@host/database; its password may stand in PGPASSWORD")
    .summary("copy a SQLite ledger to PostgreSQL, with a proof")
    .description(
      "Copies the ledger of DATABASE_URL, a SQLite file, into an empty PostgreSQL database, and compares every row before it commits. Stop GPU Ledger first. The file stays as it is.",
    )
    .action((url: string) => move(io, url));
}

async function move(io: Io, url: string): Promise<void> {
  const viewer = cliViewer(userInfo().username);
  allow(viewer, "ledger.restore");
  const { DATABASE_URL, SECRETS_KEY, SECRETS_KEY_FILE } = env();
  if (!DATABASE_URL.startsWith("file:"))
    throw new AppError("invalid", "DATABASE_URL is not a SQLite file: there is nothing to move.");
  if (!/^postgres(ql)?:\/\//.test(url))
    throw new AppError("invalid", "Name the target as postgres://user@host/database.");
  const file = DATABASE_URL.slice(5).replace(/\?.*$/, "");
  if (!existsSync(file)) throw new AppError("not_found", `There is no ledger at ${file}. Check DATABASE_URL.`);
  // Brings the file to the newest version first.
  await (await openDb(DATABASE_URL)).close();
  const target = await openDb(url);
  try {
    const moved = await moveLedger(file, target, (rows, of) =>
      io.progress(`${formatNumber(rows)} of ${formatNumber(of)} rows`),
    );
    io.progress("");
    const faults = await verifyAuditLog(target);
    if (faults.length) throw new AppError("internal", `The audit log of the file is not intact:\n${faults.join("\n")}`);
    await target.write((tx) =>
      recordAct(
        tx,
        { viewer, now: systemNow },
        {
          action: "ledger.restore",
          subject: "ledger",
          before: null,
          after: { moved: moved.rows },
          reason: "moved to PostgreSQL",
        },
      ),
    );
    io.note(
      `Moved ${formatNumber(moved.rows)} rows of ${moved.tables} tables; every row was read back and is equal, and the audit log is intact.`,
    );
    io.note("Next: set DATABASE_URL to the new database, run `ledger check`, and start GPU Ledger.");
    if (!SECRETS_KEY.length && !SECRETS_KEY_FILE && existsSync(`${file}.key`))
      io.note(`Stored secrets need their key on every server: set SECRETS_KEY_FILE to a copy of ${file}.key.`);
  } finally {
    await target.close();
  }
}
