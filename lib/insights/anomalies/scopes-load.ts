import { sql } from "@/db/client.ts";
import { plannedEvents, projects, teams } from "@/db/schema/index.ts";
import { maySeeTeam, visibleTeams } from "@/lib/auth/visible-teams.ts";
import type { Ctx, Viewer } from "@/lib/ctx.ts";

/** A team or project of which anomalies are looked for. */
export interface AnomalyScope {
  readonly kind: "team" | "project";
  readonly key: number;
  readonly name: string;
  /** Of a team its cost centre, of a project its department; empty: none. */
  readonly group: string;
  /** Who is behind an anomaly may be shown: of a team that the viewer sees in sums alone it may not. */
  readonly detailed: boolean;
}

interface Project {
  readonly key: number;
  readonly clusterId: string;
  readonly id: string;
  readonly name: string;
  readonly department: string;
}

/** Every team and project that the viewer may see, teams first, by name; and the names of all projects by key. */
export async function loadScopes({ db, viewer }: Pick<Ctx, "db" | "viewer">) {
  const [teamRows, projectRows] = await Promise.all([
    db.all<{ key: number; name: string; costCentre: string }>(
      sql`select key as "key", name as "name", cost_centre as "costCentre" from ${teams} order by name, key`,
    ),
    db.all<Project>(sql`select key as "key", cluster_id as "clusterId", id as "id", name as "name",
      department_name as "department" from ${projects} where key <> 0 order by name, key`),
  ]);
  const scopes: AnomalyScope[] = [
    ...teamRows
      .filter((t) => maySeeTeam(viewer, t.key))
      .map(({ key, name, costCentre }) => ({
        ...{ kind: "team" as const, key, name, group: costCentre },
        detailed: seesInside(viewer, key),
      })),
    ...projectRows
      .filter((p) => seesProject(viewer, p))
      .map(({ key, name, department }) => ({
        ...{ kind: "project" as const, key, name, group: department, detailed: true },
      })),
  ];
  return { scopes, projectNames: new Map(projectRows.map((p) => [p.key, p.name])) };
}

const seesProject = ({ projects: seen }: Viewer, { clusterId, id }: Project): boolean =>
  seen === "all" || seen.includes(`${clusterId}/${id}`);

/** Of a team that the viewer is in but does not manage they see the total, and not what others in it used. */
function seesInside(viewer: Viewer, teamKey: number): boolean {
  if (visibleTeams(viewer) === "all" && viewer.projects === "all") return true;
  return viewer.manages ? viewer.manages.includes(teamKey) : maySeeTeam(viewer, teamKey);
}

/** A planned event, as far as it may explain a day. */
export interface EventSpan {
  readonly scopeKind: string;
  readonly scopeValue: string;
  readonly fromDay: number;
  readonly untilDay: number | null;
  readonly note: string;
}

export const loadEventSpans = ({ db }: Pick<Ctx, "db">): Promise<EventSpan[]> =>
  db.all(sql`select scope_kind as "scopeKind", scope_value as "scopeValue", from_day as "fromDay",
    until_day as "untilDay", note as "note" from ${plannedEvents} where removed_at is null order by from_day, id`);
