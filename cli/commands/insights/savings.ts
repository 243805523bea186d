import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { withCtx } from "@/cli/open.ts";
import { writesReport } from "@/cli/report-command.ts";
import { AppError } from "@/lib/errors.ts";
import { recordSaving, withdrawSaving } from "@/lib/insights/savings/record.ts";
import { parseDay } from "@/lib/time.ts";

interface RecordOptions {
  readonly kind: string;
  readonly workload?: string;
  readonly project?: string;
  readonly on: string;
  readonly days: string;
  readonly note: string;
}

export function register(program: Command, io: Io): void {
  const savings = program
    .command("savings")
    .summary("what was done to save, and what it saved")
    .description("Realised savings: measured from charges before and after, until they expire.");
  writesReport(savings.command("list", { isDefault: true }), io, "savings");
  savings
    .command("record")
    .description("Records what was done to save, of one workload or project.")
    .requiredOption("--kind <kind>", "a kind of right-sizing, or other")
    .option("--workload <id>", "the workload")
    .option("--project <id>", "the project, as cluster/project or by its name")
    .requiredOption("--on <date>", "the day on which it was done (YYYY-MM-DD)")
    .option("--days <days>", "for how many days after it savings count", "30")
    .option("--note <text>", "what was done", "")
    .action((options: RecordOptions) => withCtx({ mustExist: true }, (ctx) => record(io, ctx, options)));
  savings
    .command("withdraw")
    .argument("<saving>", "its id")
    .description("Takes a record back.")
    .action((id: string) =>
      withCtx({ mustExist: true }, async (ctx) => {
        await withdrawSaving(ctx, id);
        io.note(`${id} is withdrawn.`);
      }),
    );
}

async function record(io: Io, ctx: Parameters<typeof recordSaving>[0], options: RecordOptions): Promise<void> {
  const { workload, project, kind, on, days, note } = options;
  const subject = workload ?? project;
  if (!subject || (workload && project)) throw new AppError("invalid", "Of what? Give one of --workload or --project.");
  const id = await recordSaving(ctx, {
    ...{ kind: kind as "other", subject, actedDay: parseDay(on), days: Number(days), note },
    subjectKind: workload ? "workload" : "project",
  });
  io.note(`${id} is recorded.`);
}
