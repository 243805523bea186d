import { type Reader, sql } from "@/db/client.ts";
import { projects } from "@/db/schema/index.ts";
import type { TeamRule } from "@/lib/attribution/types.ts";

interface Named {
  readonly key: number;
  readonly name: string;
}

export interface Suggestion {
  readonly department: string;
  readonly team: Named;
}

/**
 * The team that a project's department speaks for: the one that a rule assigns the department to, else the one that is called like it.
 * @param project its name, to the letter. @param rules those that hold. Null: it has no department, or that speaks for no team.
 */
export async function suggestTeam(
  db: Reader,
  project: string,
  rules: readonly TeamRule[],
  teams: readonly Named[],
): Promise<Suggestion | null> {
  const rows = await db.all<{ department: string }>(sql`select distinct department_name as "department" from ${projects}
    where key <> 0 and name = ${project} and department_name <> '' limit 2`);
  const [row, other] = rows;
  if (!row || other) return null;
  const { department } = row;
  const rule = rules.find((r) => r.kind === "department" && r.pattern === department);
  const team = teams.find((t) => t.key === rule?.teamKey) ?? teams.find((t) => plain(t.name) === plain(department));
  return team ? { department, team } : null;
}

/** `nlp-research` and `NLP research` are one name. */
const plain = (name: string): string => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
