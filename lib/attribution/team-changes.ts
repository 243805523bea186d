import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError, fieldError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import { type TeamInput, teamInputSchema } from "./input.ts";
import { countRulesFrom, findTeamNamed, getTeam, insertTeam, updateTeam } from "./team-store.ts";
import { isBuiltIn, type Team } from "./types.ts";

type Tx = Parameters<typeof updateTeam>[0];

/** @throws AppError `forbidden`; `invalid` for a team without a name; `conflict` for one whose name is taken. */
export async function createTeam(ctx: Ctx, given: TeamInput, reason = ""): Promise<Team> {
  allow(ctx.viewer, "teams.edit");
  const input = parseInput(teamInputSchema, given);
  return ctx.db.write(async (tx) => {
    await refuseTaken(tx, input.name, null);
    const key = await insertTeam(tx, input, ctx.now());
    await recordAct(tx, ctx, { action: "teams.edit", subject: `team/${key}`, before: null, after: input, reason });
    return getTeam(tx, key);
  });
}

/**
 * Changes what a team is called and where its cost is booked. Statements of closed periods keep what they say.
 * @throws AppError as createTeam; `not_found`; `conflict` for another name of Platform or Unassigned.
 */
export async function changeTeam(ctx: Ctx, key: number, given: TeamInput, reason = ""): Promise<Team> {
  allow(ctx.viewer, "teams.edit");
  const input = parseInput(teamInputSchema, given);
  return ctx.db.write(async (tx) => {
    const before = await getTeam(tx, key);
    if (isBuiltIn(key) && input.name !== before.name)
      throw new AppError("conflict", `${before.name} keeps its name: every ledger has it.`);
    await refuseTaken(tx, input.name, key);
    return saveTeam(ctx, tx, before, { ...before, ...input }, reason);
  });
}

/**
 * Archives a team: nothing more can be assigned to it, and it keeps its name and its history.
 * @param today day key: rules that hold on it or later must have been ended before.
 * @throws AppError `not_found`; `conflict` for Platform and Unassigned, and while rules give it work.
 */
export async function archiveTeam(ctx: Ctx, key: number, today: number, reason = ""): Promise<Team> {
  allow(ctx.viewer, "teams.edit");
  return ctx.db.write(async (tx) => {
    const before = await getTeam(tx, key);
    if (isBuiltIn(key)) throw new AppError("conflict", `${before.name} cannot be archived: every ledger has it.`);
    const rules = await countRulesFrom(tx, key, today);
    if (rules > 0)
      throw new AppError(
        "conflict",
        `${rules} ${rules === 1 ? "rule gives" : "rules give"} work to ${before.name}: end ${rules === 1 ? "it" : "them"} first.`,
      );
    return saveTeam(ctx, tx, before, { ...before, archivedAt: before.archivedAt ?? ctx.now() }, reason);
  });
}

/** Takes an archived team back into use. @throws AppError `not_found`. */
export async function restoreTeam(ctx: Ctx, key: number, reason = ""): Promise<Team> {
  allow(ctx.viewer, "teams.edit");
  return ctx.db.write(async (tx) => {
    const before = await getTeam(tx, key);
    return saveTeam(ctx, tx, before, { ...before, archivedAt: null }, reason);
  });
}

async function saveTeam(ctx: Ctx, tx: Tx, before: Team, after: Team, reason: string): Promise<Team> {
  await updateTeam(tx, after);
  await recordAct(tx, ctx, { action: "teams.edit", subject: `team/${after.key}`, before, after, reason });
  return after;
}

async function refuseTaken(db: Tx, name: string, own: number | null): Promise<void> {
  const there = await findTeamNamed(db, name);
  if (there && there.key !== own)
    throw fieldError(
      "name",
      there.archivedAt === null
        ? `There is a team ${there.name} already.`
        : `There is an archived team ${there.name} already: restore it, or choose another name.`,
      "conflict",
    );
}
