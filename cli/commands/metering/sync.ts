import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { withLedger } from "@/cli/open-ledger.ts";
import { AppError } from "@/lib/errors.ts";
import { counted } from "@/lib/format.ts";
import { type Ledger, serveJobs, syncLive, workOnBackfills } from "@/lib/jobs/index.ts";
import { formatInstant } from "@/lib/time.ts";

export function register(program: Command, io: Io): void {
  program
    .command("sync")
    .summary("read what is new from the sources, and meter it")
    .description(
      "Reads the inventory and the newest samples, tries again what failed, works on backfills that wait, and meters. Without --once it goes on, on SYNC_SCHEDULE.",
    )
    .option("--once", "one sync, then end")
    .action((options: { once?: boolean }) =>
      withLedger(!options.once, (ledger) => (options.once ? once(io, ledger) : serveJobs(ledger, io.signal))),
    );
}

async function once(io: Io, ledger: Ledger): Promise<void> {
  const { status, counts, error } = await syncLive(ledger, io.signal);
  if (status === "busy") throw new AppError("conflict", error);
  const read = [
    counted(counts.workloads ?? 0, "workload"),
    counted(counts.pods ?? 0, "pod"),
    counted(counts.samples ?? 0, "sample"),
    `${counted(counts.buckets ?? 0, "bucket")} metered`,
  ].join(", ");
  if (status === "failed") throw new AppError("source_unavailable", error);
  if (status === "partial") throw new AppError("source_unavailable", `Only part could be read (${read}).\n${error}`);
  io.note(`Synced: ${read}.`);
  // Run from cron there is nobody else to fill what a longer pause left.
  await workOnBackfills(ledger, io.signal, ({ fromAt, toAt }, { unread, progress }) => {
    const rest = unread ? `; ${counted(unread, "window")} could not be read whole and will be tried again` : "";
    io.note(
      `Backfilled ${formatInstant(fromAt)} to ${formatInstant(toAt)}: ${counted(progress.bucketsMetered, "bucket")} metered${rest}.`,
    );
  });
}
