import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { teamRules, teams } from "@/db/schema/index.ts";
import { AppError } from "@/lib/errors.ts";
import type { Instant } from "@/lib/time.ts";
import type { TeamInput } from "./input.ts";
import type { Team } from "./types.ts";

const COLUMNS = columnsOf(teams, ["key", "name", "costCentre", "glAccount", "owner", "archivedAt"]);

/** Every team, archived ones included, by name. */
export function listTeams(db: Reader): Promise<Team[]> {
  return db.all(sql`select ${COLUMNS} from ${teams} order by name`);
}

export function findTeam(db: Reader, key: number): Promise<Team | undefined> {
  return db.find(sql`select ${COLUMNS} from ${teams} where key = ${key}`);
}

/** @throws AppError `not_found`. */
export async function getTeam(db: Reader, key: number): Promise<Team> {
  const team = await findTeam(db, key);
  if (!team) throw new AppError("not_found", `There is no team ${key}.`);
  return team;
}

/** By name, letters' case aside: two teams that differ in it alone would be taken for one. */
export async function findTeamNamed(db: Reader, name: string): Promise<Team | undefined> {
  const wanted = name.trim().toLowerCase();
  return (await listTeams(db)).find((t) => t.name.toLowerCase() === wanted);
}

/** @returns its key. */
export async function insertTeam(tx: Tx, team: Required<TeamInput>, now: Instant): Promise<number> {
  await tx.insert(teams, [{ ...team, createdAt: now }]);
  const row = await tx.find<{ key: number }>(sql`select key from ${teams} where name = ${team.name}`);
  return row?.key ?? 0;
}

export async function updateTeam(tx: Tx, { key, name, costCentre, glAccount, owner, archivedAt }: Team): Promise<void> {
  await tx.run(sql`update ${teams} set name = ${name}, cost_centre = ${costCentre}, gl_account = ${glAccount},
    owner = ${owner}, archived_at = ${archivedAt} where key = ${key}`);
}

/** How many rules give a team work on a day or later. */
export async function countRulesFrom(db: Reader, teamKey: number, day: number): Promise<number> {
  const row = await db.find<{ rules: number }>(sql`select cast(count(*) as bigint) as rules from ${teamRules}
    where team_key = ${teamKey} and (until_day is null or until_day > ${day})`);
  return row?.rules ?? 0;
}
