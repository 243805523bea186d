import { type Reader, sql } from "@/db/client";
import { teamRules, teams } from "@/db/schema";
import type { Team, TeamRule } from "./types.ts";

/** Every rule that ever held, in order: which holds on a day follows from its days. */
export function listRules(db: Reader): Promise<TeamRule[]> {
  return db.all(sql`select id, position, kind, label, pattern, cluster_id as "clusterId", team_key as "teamKey",
    from_day as "fromDay", until_day as "untilDay" from ${teamRules} order by position, id`);
}

/** Every team, archived ones included, by name. */
export function listTeams(db: Reader): Promise<Team[]> {
  return db.all(sql`select key, name, cost_centre as "costCentre", gl_account as "glAccount", owner, archived_at as "archivedAt"
    from ${teams} order by name`);
}
