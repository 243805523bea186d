import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { withLedger } from "@/cli/open-ledger.ts";
import { AppError } from "@/lib/errors.ts";
import { counted } from "@/lib/format.ts";
import { evaluateFindings } from "@/lib/jobs/index.ts";

export function register(program: Command, io: Io): void {
  program
    .command("insights")
    .summary("evaluate the rules of findings")
    .description(
      "Evaluates the rules of idle GPUs and suspicious workloads over what was metered since. A running sync does this by itself.",
    )
    .requiredOption("--once", "evaluate, then end")
    .action(() =>
      withLedger(false, async (ledger) => {
        const done = await evaluateFindings(ledger, io.signal, (n) => io.progress(counted(n, "bucket")));
        if (done === null) throw new AppError("conflict", "Another process is evaluating.");
        io.note(`Evaluated: ${counted(done, "bucket")}.`);
      }),
    );
}
