import type { Command } from "commander";
import type { Io } from "@/cli/io.ts";
import { withCtx } from "@/cli/open.ts";
import { checkOut, writeOut } from "@/cli/out-file.ts";
import { PERIOD_FORMATS, periodFile, STATEMENT_FORMATS, statementFile } from "@/lib/api/statement-files.ts";
import { listTeams } from "@/lib/attribution/team-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { journalProblems } from "@/lib/exports/journal.ts";
import { closeSettingsOf, fileSettingsOf } from "@/lib/periods/settings.ts";
import { loadStatements } from "@/lib/statements/load.ts";
import type { Statement } from "@/lib/statements/types.ts";

interface Options {
  readonly month: string;
  readonly team?: string;
  readonly costCentre?: string;
  readonly format: string;
  readonly out: string;
}

export function register(program: Command, io: Io): void {
  program
    .command("statement")
    .summary("write a team's statement, or those of all teams")
    .description("Writes the statement of a team for a billing period; without --team one file of all teams.")
    .requiredOption("--month <period>", "billing period, such as 2026-10 (see: ledger periods)")
    .option("--team <name>", "only this team")
    .option("--cost-centre <code>", "only teams of this cost centre, in one file")
    .option(
      "--format <format>",
      `of a team ${Object.keys(STATEMENT_FORMATS).join(", ")}; of all ${Object.keys(PERIOD_FORMATS).join(", ")}`,
      "csv",
    )
    .option("--out <file>", "where to write; - is stdout", "-")
    .action((options: Options) => run(io, options));
}

async function run(io: Io, options: Options): Promise<void> {
  const settings = env();
  if (options.team && options.costCentre) throw new AppError("invalid", "Give --team or --cost-centre, not both.");
  if (options.out !== "-") await checkOut(options.out);
  await withCtx({ mustExist: true }, async (ctx) => {
    const close = closeSettingsOf(settings);
    const files = fileSettingsOf(settings);
    const file = options.team
      ? await statementFile(ctx, close, options.month, await teamKey(ctx, options.team), options.format, files)
      : await periodFile(ctx, close, files, options.month, options.format, options.costCentre);
    await writeOut(io, options.out, file.chunks);
    if (options.format === "journal") {
      const { statements } = await loadStatements(ctx, close, options.month);
      const chosen = statements.filter((s) => isChosen(s, options));
      for (const problem of journalProblems(chosen, files)) io.note(`Not ready to be posted: ${problem}`);
    }
  });
}

const isChosen = ({ header: { team } }: Statement, options: Options): boolean =>
  (options.team === undefined || team.name.toLowerCase() === options.team.toLowerCase()) &&
  (options.costCentre === undefined || team.costCentre === options.costCentre);

async function teamKey(ctx: Ctx, name: string): Promise<number> {
  const teams = await listTeams(ctx.db);
  const team = teams.find((t) => t.name.toLowerCase() === name.toLowerCase());
  if (!team)
    throw new AppError("not_found", `There is no team "${name}". There are: ${teams.map((t) => t.name).join(", ")}.`);
  return team.key;
}
