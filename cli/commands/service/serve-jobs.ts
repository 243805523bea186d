import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { withLedger } from "@/cli/open-ledger.ts";
import { serveJobs } from "@/lib/jobs/index.ts";
import { VERSION } from "@/lib/product.ts";
import { assertReadable, secretKeys } from "@/lib/secrets/index.ts";
import { startTelemetry } from "@/lib/telemetry/start.ts";

export function register(program: Command, io: Io): void {
  program
    .command("serve-jobs")
    .summary("run the scheduled work beside a server that has SCHEDULER=off")
    .description(
      "Syncs on SYNC_SCHEDULE, works on backfills as they are requested, meters, and sends alerts, until it is stopped. Without a source, all but the sync. Several may run: leases keep them apart.",
    )
    .action(() =>
      withLedger(true, async (ledger) => {
        await assertReadable(ledger.ctx.db, secretKeys(ledger.env));
        const telemetry = await startTelemetry(ledger.env.TELEMETRY, "jobs", VERSION);
        try {
          await serveJobs(ledger, io.signal);
        } finally {
          await telemetry.stop();
        }
      }),
    );
}
