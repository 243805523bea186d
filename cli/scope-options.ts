import type { Command } from "commander";
import { scopeNamed } from "@/lib/budgets/changes.ts";
import { findPlaces } from "@/lib/budgets/places.ts";
import type { BudgetScope } from "@/lib/budgets/types.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";

/** What a command is about, as a person names it. */
export interface ScopeWords {
  readonly all?: boolean;
  readonly team?: string;
  readonly costCentre?: string;
  readonly department?: string;
  readonly project?: string;
}

export const scopeOptions = (command: Command): Command =>
  command
    .option("--all", "everything")
    .option("--team <name>", "a team")
    .option("--cost-centre <name>", "a cost centre")
    .option("--department <name>", "a department")
    .option("--project <name>", "a project");

/** The one scope that is named. @throws AppError `invalid` for none or several; `not_found`. */
export async function scopeIn(
  ctx: Ctx,
  { all, team, costCentre, department, project }: ScopeWords,
): Promise<BudgetScope> {
  const given = [
    ...(all ? [["all", ""] as const] : []),
    ...(team === undefined ? [] : [["team", team] as const]),
    ...(costCentre === undefined ? [] : [["cost-centre", costCentre] as const]),
    ...(department === undefined ? [] : [["department", department] as const]),
    ...(project === undefined ? [] : [["project", project] as const]),
  ];
  const [one, another] = given;
  if (!one || another)
    throw new AppError("invalid", "Of what? Give one of --all, --team, --cost-centre, --department or --project.");
  return scopeNamed(await findPlaces(ctx), one[0], one[1]);
}
