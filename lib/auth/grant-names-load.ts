import { type Reader, sql } from "@/db/client.ts";
import { projects, teams } from "@/db/schema/index.ts";
import { AppError } from "@/lib/errors.ts";
import type { Grant } from "./types.ts";

/** Names of teams and projects by key. */
export interface GrantNames {
  readonly teams: ReadonlyMap<number, string>;
  readonly projects: ReadonlyMap<number, string>;
}

/** A grant in words: `manager of Vision (group:vision-leads)`; a team or project without a name is its key. */
export function grantWords(
  { role, teamKey, projectKey, origin = "direct" }: Grant & { readonly origin?: string },
  names: GrantNames,
): string {
  const of = teamKey
    ? ` of ${names.teams.get(teamKey) ?? teamKey}`
    : projectKey
      ? ` of ${names.projects.get(projectKey) ?? projectKey}`
      : "";
  return `${role}${of}${origin === "direct" ? "" : ` (${origin})`}`;
}

/** Names of teams and projects by key, for saying what a grant is for. */
export async function listNamesOfTeams(db: Reader): Promise<GrantNames> {
  const [teamRows, projectRows] = await Promise.all([
    db.all<{ key: number; name: string }>(sql`select key, name from ${teams} order by name`),
    db.all<{ key: number; name: string }>(
      sql`select key, cluster_id || '/' || id as name from ${projects} where key <> 0 order by 2`,
    ),
  ]);
  return {
    teams: new Map(teamRows.map((t) => [t.key, t.name])),
    projects: new Map(projectRows.map((p) => [p.key, p.name])),
  };
}

/** Keys of projects given as `cluster/project`. @throws AppError `not_found` naming the one that is not there. */
export async function findProjectKeys(db: Reader, wanted: readonly string[]): Promise<number[]> {
  const out: number[] = [];
  for (const name of wanted) {
    const row = await db.find<{ key: number }>(
      sql`select key from ${projects} where key <> 0 and cluster_id || '/' || id = ${name}`,
    );
    if (!row) throw new AppError("not_found", `There is no project "${name}". Give it as cluster/project.`);
    out.push(row.key);
  }
  return out;
}
