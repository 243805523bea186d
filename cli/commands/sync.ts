import type { Command } from "commander";
import { AppError } from "@/lib/errors";
import { type Ledger, serveJobs, syncLive } from "@/lib/jobs";
import type { Io } from "../io.ts";
import { withLedger } from "../open-ledger.ts";

export function register(program: Command, io: Io): void {
  program
    .command("sync")
    .summary("read what is new from the sources, and meter it")
    .description(
      "Reads the inventory and the newest samples, tries again what failed, and meters. Without --once it goes on, on SYNC_SCHEDULE.",
    )
    .option("--once", "one sync, then end")
    .action((options: { once?: boolean }) =>
      withLedger(!options.once, (ledger) => (options.once ? once(io, ledger) : serveJobs(ledger, io.signal))),
    );
}

async function once(io: Io, ledger: Ledger): Promise<void> {
  const { status, counts, error } = await syncLive(ledger, io.signal);
  if (status === "busy") throw new AppError("conflict", error);
  const read = `${counts.workloads ?? 0} workloads, ${counts.pods ?? 0} pods, ${counts.samples ?? 0} samples, ${counts.buckets ?? 0} buckets metered`;
  if (status === "failed") throw new AppError("source_unavailable", error);
  if (status === "partial") throw new AppError("source_unavailable", `Only part could be read (${read}).\n${error}`);
  io.note(`Synced: ${read}.`);
}
