import { allow } from "@/lib/auth/allow.ts";
import type { Action } from "@/lib/auth/permissions.ts";
import { teamsFor } from "@/lib/auth/visible-teams.ts";
import type { Viewer } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";

/** Keys of teams whose alerts a viewer may read and answer; `all`: also those of the ledger. @throws AppError `forbidden`. */
export function alertTeams(viewer: Viewer, action: Action = "alerts.read"): "all" | readonly number[] {
  allow(viewer, action);
  return teamsFor(viewer, action);
}

/** @param teamKey 0: everything. @throws AppError `forbidden`; `not_found` for a team that the viewer may not see. */
export function needAlertTeam(viewer: Viewer, teamKey: number, action: Action = "alerts.read"): void {
  const teams = alertTeams(viewer, action);
  if (teams === "all" || (teamKey !== 0 && teams.includes(teamKey))) return;
  if (teamKey === 0) throw new AppError("forbidden", "This needs access to all teams; choose one of yours.");
  throw new AppError("not_found", `There is no team ${teamKey} that you manage.`);
}
