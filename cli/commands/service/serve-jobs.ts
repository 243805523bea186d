import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { withLedger } from "@/cli/open-ledger.ts";
import { needSources, serveJobs } from "@/lib/jobs/index.ts";
import { assertReadable, secretKeys } from "@/lib/secrets/index.ts";

export function register(program: Command, io: Io): void {
  program
    .command("serve-jobs")
    .summary("run the scheduled work beside a server that has SCHEDULER=off")
    .description(
      "Syncs on SYNC_SCHEDULE, works on backfills as they are requested, and meters, until it is stopped. Several may run: leases keep them apart.",
    )
    .action(() =>
      withLedger(true, async (ledger) => {
        needSources(ledger);
        await assertReadable(ledger.ctx.db, secretKeys(ledger.env));
        await serveJobs(ledger, io.signal);
      }),
    );
}
