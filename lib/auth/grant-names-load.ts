import { type Reader, sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { clusters, projects, teams } from "@/db/schema/index.ts";
import { AppError } from "@/lib/errors.ts";
import type { Grant } from "./types.ts";

/** Names of teams, and of projects as `cluster / project`, by key. */
export interface GrantNames {
  readonly teams: ReadonlyMap<number, string>;
  readonly projects: ReadonlyMap<number, string>;
}

type GrantInWords = Grant & { readonly origin?: string; readonly lapsed?: boolean };

/**
 * A grant in words: `manager of Vision (by the group vision-leads)`, with `, lapsed` where it counts in sessions of the provider alone; a team
 * or project without a name is its key.
 */
export function grantWords(
  { role, teamKey, projectKey, origin = "direct", lapsed = false }: GrantInWords,
  names: GrantNames,
): string {
  const places = [
    ...(teamKey ? [names.teams.get(teamKey) ?? teamKey] : []),
    ...(projectKey ? [names.projects.get(projectKey) ?? projectKey] : []),
  ];
  const of = places.length ? ` of ${places.join(" and ")}` : "";
  if (origin === "direct") return `${role}${of}`;
  return `${role}${of} (by ${origin.replace(/^group:/, "the group ")}${lapsed ? ", lapsed" : ""})`;
}

/** Names of teams by key, each by name. */
export async function listTeamNames(db: Reader): Promise<ReadonlyMap<number, string>> {
  const rows = await db.all<{ key: number; name: string }>(sql`select key, name from ${teams} order by name`);
  return new Map(rows.map((t) => [t.key, t.name]));
}

/**
 * Names of teams and projects by key, each by name, for saying what a grant is for. A cluster without a name is its id. Projects whose
 * names are the same have their ids behind them.
 */
export async function listGrantNames(db: Reader): Promise<GrantNames> {
  const [teamNames, projectRows] = await Promise.all([
    listTeamNames(db),
    db.all<{ key: number; id: string; name: string }>(sql`
      select p.key as "key", p.cluster_id || '/' || p.id as "id", coalesce(c.name, p.cluster_id) || ' / ' || p.name as "name"
      from ${projects} p left join ${clusters} c on c.id = p.cluster_id where p.key <> 0 order by 3, 2`),
  ]);
  const seen = new Map<string, number>();
  for (const { name } of projectRows) seen.set(name, (seen.get(name) ?? 0) + 1);
  return {
    teams: teamNames,
    projects: new Map(projectRows.map((p) => [p.key, seen.get(p.name) === 1 ? p.name : `${p.name} (${p.id})`])),
  };
}

/**
 * Keys of projects given as `cluster/project`, by ids or, as lists show them, by names.
 * @throws AppError `not_found` naming the one that is not there; `conflict` for names that several projects have.
 */
export async function findProjectKeys(db: Reader, wanted: readonly string[]): Promise<number[]> {
  const out: number[] = [];
  for (const name of wanted) {
    const rows = await db.all<{ key: number; id: string }>(sql`
      select p.key as "key", p.cluster_id || '/' || p.id as "id"
      from ${projects} p left join ${clusters} c on c.id = p.cluster_id
      where p.key <> 0 and (p.cluster_id || '/' || p.id = ${name}
        or coalesce(c.name, p.cluster_id) || '/' || p.name = ${name.replace(" / ", "/")}) order by 2`);
    const found = rows.find((p) => p.id === name) ?? rows[0];
    if (!found) throw new AppError("not_found", `There is no project "${name}". Give it as cluster/project.`);
    if (rows.length > 1 && found.id !== name)
      throw new AppError(
        "conflict",
        `Several projects are called "${name}". Give one of: ${rows.map((p) => p.id).join(", ")}.`,
      );
    out.push(found.key);
  }
  return out;
}

/**
 * A role for a key that is nothing yet would come to life with the team that gets the key later.
 * @throws AppError `not_found` for a team or project of a grant that does not exist.
 */
export async function needPlaces(db: Reader, grants: readonly Grant[]): Promise<void> {
  const places = [
    ["team", teams, grants.map((g) => g.teamKey)],
    ["project", projects, grants.map((g) => g.projectKey)],
  ] as const;
  for (const [what, table, named] of places) {
    const keys = [...new Set(named)].filter((key) => key > 0);
    if (keys.length === 0) continue;
    const found = await db.all<{ key: number }>(sql`select key from ${table} where key in ${inList(keys)}`);
    const missing = keys.find((key) => !found.some((row) => row.key === key));
    if (missing !== undefined)
      throw new AppError(
        "not_found",
        `There is no ${what} ${missing}. Load the page again, and choose one of its list.`,
      );
  }
}
