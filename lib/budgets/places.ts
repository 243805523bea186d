import { mayDo } from "@/lib/auth/allow.ts";
import type { Action } from "@/lib/auth/permissions.ts";
import { isTeamFor, seesTeamWhole, teamsSeenWhole } from "@/lib/auth/visible-teams.ts";
import type { Ctx, Viewer } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { loadScopeProjects, loadScopeTeams, type ScopeProject, type ScopeTeam } from "./series-load.ts";
import { type BudgetScope, type ScopeKind, scopeId } from "./types.ts";

/** The teams and projects that scopes are made of: all of the ledger's, with what the viewer may see and change of them. */
export interface Places {
  readonly teams: readonly ScopeTeam[];
  readonly projects: readonly ScopeProject[];
  /** Keys of the teams, or of the projects, whose cost a scope is the sum of; null: there is no such thing. */
  members(scope: BudgetScope): { readonly by: "team" | "project"; readonly keys: readonly number[] } | null;
  /** As people call it. */
  name(scope: BudgetScope): string;
  maySee(scope: BudgetScope): boolean;
  /** @param action what is to be changed of it; its budget where absent. */
  mayEdit(scope: BudgetScope, action?: Action): boolean;
}

/** Where every loader and verb of budgets starts. */
export async function findPlaces({ db, viewer }: Pick<Ctx, "db" | "viewer">): Promise<Places> {
  const [teams, projects] = await Promise.all([loadScopeTeams(db), loadScopeProjects(db)]);
  return placesOf(viewer, teams, projects);
}

/** Pure: what a viewer may see and change of some teams and projects. */
export function placesOf(viewer: Viewer, teams: readonly ScopeTeam[], projects: readonly ScopeProject[]): Places {
  const members = ({ kind, value }: BudgetScope) => {
    const keys: Readonly<Record<ScopeKind, () => number[]>> = {
      all: () => teams.map((t) => t.key),
      team: () => teams.filter((t) => String(t.key) === value).map((t) => t.key),
      "cost-centre": () => teams.filter((t) => t.costCentre === value && value !== "").map((t) => t.key),
      department: () => projects.filter((p) => p.department === value && value !== "").map((p) => p.key),
      project: () => projects.filter((p) => String(p.key) === value).map((p) => p.key),
    };
    const found = keys[kind]();
    const by = kind === "department" || kind === "project" ? ("project" as const) : ("team" as const);
    return found.length > 0 ? { by, keys: found } : null;
  };
  const seesProject = (key: number) => {
    if (viewer.projects === "all") return true;
    const project = projects.find((p) => p.key === key);
    return project !== undefined && viewer.projects.includes(`${project.clusterId}/${project.id}`);
  };
  const everything = teamsSeenWhole(viewer) === "all";
  const maySee = (scope: BudgetScope): boolean => {
    if (scope.kind === "all") return everything;
    const found = members(scope);
    if (!found) return everything;
    return found.keys.every((key) => (found.by === "team" ? seesTeamWhole(viewer, key) : seesProject(key)));
  };
  return {
    teams,
    projects,
    members,
    maySee,
    name: (scope) => nameOf(scope, teams, projects),
    mayEdit: (scope, action = "budgets.edit") => {
      if (!mayDo(viewer, action) || !maySee(scope)) return false;
      if (everything) return true;
      const found = scope.kind === "all" ? null : members(scope);
      return found?.by === "team" && found.keys.every((key) => isTeamFor(viewer, action, key));
    },
  };
}

function nameOf(scope: BudgetScope, teams: readonly ScopeTeam[], projects: readonly ScopeProject[]): string {
  const { kind, value } = scope;
  if (kind === "all") return "Everything";
  if (kind === "team") return teams.find((t) => String(t.key) === value)?.name ?? `Team ${value}`;
  if (kind === "project") return projects.find((p) => String(p.key) === value)?.name ?? `Project ${value}`;
  return kind === "cost-centre" ? `Cost centre ${value}` : `Department ${value}`;
}

/** @throws AppError `not_found` for a scope that is nothing, or that the viewer may not see: they look the same. */
export function needScope(places: Places, scope: BudgetScope): void {
  if (!places.members(scope) || !places.maySee(scope))
    throw new AppError(
      "not_found",
      `There is no ${scope.kind.replace("-", " ")} "${scope.value || scopeId(scope)}" that you may see.`,
    );
}

/** @throws AppError `not_found` as needScope; `forbidden` for a budget that the viewer may see and not change. */
export function needEditable(places: Places, scope: BudgetScope): void {
  needScope(places, scope);
  if (!places.mayEdit(scope))
    throw new AppError(
      "forbidden",
      `You may not change the budget of ${places.name(scope)}: finance, administrators and managers of all its teams can.`,
    );
}
