import type { Viewer } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";

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

/** Where a loader of what concerns every team starts. @throws AppError `forbidden` for who sees some teams alone. */
export function needAllTeams(viewer: Viewer): void {
  if (visibleTeams(viewer) !== "all")
    throw new AppError("forbidden", "It concerns every team, and you may see the cost of some of them.");
}

/** @throws AppError `not_found`: whom it does not concern is not told that there is such a team. */
export function needTeam(viewer: Viewer, teamKey: number): void {
  if (!maySeeTeam(viewer, teamKey)) throw new AppError("not_found", `There is no team ${teamKey} that you may see.`);
}
