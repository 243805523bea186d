import type { Viewer } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { type Action, orRoles, permissionOf } from "./permissions.ts";

/** Keys of the teams whose money a viewer may see: where every loader of money starts. */
export function visibleTeams({ teams, projects }: Viewer): "all" | readonly number[] {
  return teams ?? (projects === "all" ? "all" : []);
}

export function maySeeTeam(viewer: Viewer, teamKey: number): boolean {
  const teams = visibleTeams(viewer);
  return teams === "all" || teams.includes(teamKey);
}

/**
 * Keys of the teams that a viewer sees whole: their statements, budgets and alerts. Of a team that somebody is in as an engineer they see the
 * total, whatever else they may see of other teams.
 */
export function teamsSeenWhole(viewer: Viewer): "all" | readonly number[] {
  return visibleTeams(viewer) === "all" ? "all" : (viewer.manages ?? []);
}

export function seesTeamWhole(viewer: Viewer, teamKey: number): boolean {
  const teams = teamsSeenWhole(viewer);
  return teams === "all" || teams.includes(teamKey);
}

/**
 * Keys of the teams for which a viewer may do something that a team's roles allow, such as reading its statement or disputing a line: where
 * a role of theirs for that very team allows it. An engineer of a team sees its total, and neither its statement nor its budget.
 */
export function teamsFor(viewer: Viewer, action: Action): "all" | readonly number[] {
  if (!viewer.grants || visibleTeams(viewer) === "all") return teamsSeenWhole(viewer);
  const { roles } = permissionOf(action);
  const keys = viewer.grants.filter((g) => g.teamKey !== 0 && g.role !== "engineer" && roles.includes(g.role));
  return [...new Set(keys.map((g) => g.teamKey))].sort((a, b) => a - b);
}

export function isTeamFor(viewer: Viewer, action: Action, teamKey: number): boolean {
  const teams = teamsFor(viewer, action);
  return teams === "all" || teams.includes(teamKey);
}

/** @throws AppError `not_found` for a team that the viewer does not see; `forbidden` where none of their roles for it allows the action. */
export function needTeamFor(viewer: Viewer, action: Action, teamKey: number): void {
  needTeam(viewer, teamKey);
  if (isTeamFor(viewer, action, teamKey)) return;
  const { words, roles } = permissionOf(action);
  throw new AppError(
    "forbidden",
    `You may not ${words} for this team: that needs the role ${orRoles(roles)} for it. Ask an administrator.`,
  );
}

/** Where a loader of what concerns every team starts. @throws AppError `forbidden` for people who see only some teams. */
export function needAllTeams(viewer: Viewer): void {
  if (visibleTeams(viewer) !== "all")
    throw new AppError("forbidden", "This needs access to all teams; you have access to some.");
}

/** @throws AppError `not_found`: people without access do not learn that the team exists. */
export function needTeam(viewer: Viewer, teamKey: number): void {
  if (!maySeeTeam(viewer, teamKey)) throw new AppError("not_found", `There is no team ${teamKey} that you may see.`);
}
