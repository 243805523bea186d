import type { Command } from "commander";
import { measureRules } from "@/cli/corpus.ts";
import type { Io } from "@/cli/io.ts";
import { withLedger } from "@/cli/open-ledger.ts";
import { AppError } from "@/lib/errors.ts";
import { counted } from "@/lib/format.ts";
import { scoreTable } from "@/lib/insights/measured/score.ts";
import { evaluateFindings } from "@/lib/jobs/index.ts";

interface EvaluateOptions {
  readonly seeds: string;
  readonly rules: string;
  readonly mistakes?: boolean;
}

export function register(program: Command, io: Io): void {
  const insights = program
    .command("insights")
    .summary("evaluate the rules of findings, or measure them")
    .description(
      "With --once, evaluates the rules of idle GPUs and suspicious workloads over what was metered since; a running sync does this by itself.",
    )
    .option("--once", "evaluate, then end")
    .action(({ once }: { once?: boolean }) => {
      if (!once) throw new AppError("invalid", "Add --once, or: ledger insights evaluate");
      return withLedger(false, async (ledger) => {
        const done = await evaluateFindings(ledger, io.signal, (n) => io.progress(counted(n, "bucket")));
        if (done === null) throw new AppError("conflict", "Another process is evaluating.");
        io.note(`Evaluated: ${counted(done, "bucket")}.`);
      });
    });
  insights
    .command("evaluate")
    .description(
      "Measures every rule, and the thresholds of other tools, on labelled workloads of the simulator. Reads no ledger.",
    )
    .option("--seeds <seeds>", "test, or tuning for trying thresholds", "test")
    .option("--rules <text>", "thresholds to try, as FINDING_RULES", "")
    .option("--mistakes", "list each mistake")
    .action((options: EvaluateOptions) => evaluate(io, options));
}

async function evaluate(io: Io, { seeds, rules, mistakes }: EvaluateOptions): Promise<void> {
  if (seeds !== "test" && seeds !== "tuning") throw new AppError("invalid", `--seeds ${seeds}: use test or tuning.`);
  const measured = measureRules(seeds, rules);
  await io.write(`${scoreTable(measured.rules)}\n\n${scoreTable(measured.others)}\n`);
  if (mistakes) for (const mistake of measured.mistakes) await io.write(`${mistake}\n`);
  io.note(`${counted(measured.cases, "case")} of the seeds for ${seeds}.`);
}
