import type { Places } from "@/lib/budgets/places.ts";
import { type BudgetScope, EVERYTHING, type ScopeKind, scopeId } from "@/lib/budgets/types.ts";

export const KIND_WORDS: Readonly<Record<ScopeKind, string>> = {
  all: "everything",
  team: "team",
  "cost-centre": "cost centre",
  department: "department",
  project: "project",
};

/**
 * The scopes of a test as options of a field: everything, teams in use, cost centres, departments, projects. @param current what is chosen:
 * an option, too, where its team is archived or nothing has its name today.
 */
export function scopeOptions(
  places: Places,
  test: (scope: BudgetScope) => boolean,
  current?: BudgetScope,
): { readonly value: string; readonly label: string }[] {
  const centres = [...new Set(places.teams.map((t) => t.costCentre).filter(Boolean))];
  const departments = [...new Set(places.projects.map((p) => p.department).filter(Boolean))];
  const all: BudgetScope[] = [
    EVERYTHING,
    ...places.teams.filter((t) => t.archivedAt === null).map((t) => ({ kind: "team" as const, value: String(t.key) })),
    ...centres.sort().map((value) => ({ kind: "cost-centre" as const, value })),
    ...departments.sort().map((value) => ({ kind: "department" as const, value })),
    ...places.projects.map((p) => ({ kind: "project" as const, value: String(p.key) })),
  ];
  const words = (scope: BudgetScope) =>
    scope.kind === "team" || scope.kind === "project"
      ? `${places.name(scope)} (${KIND_WORDS[scope.kind]})`
      : places.name(scope);
  const offered = all.filter(test).map((scope) => ({ value: scopeId(scope), label: words(scope) }));
  if (!current || offered.some(({ value }) => value === scopeId(current))) return offered;
  return [...offered, { value: scopeId(current), label: `${words(current)}, no longer in use` }];
}
