import { type Budget, type BudgetScope, type BudgetVersion, isSameScope } from "./types.ts";

/** What is said of a scope, one entry for each first day: the highest version, unless it is withdrawn. In order of days. */
export function entriesOf(versions: readonly BudgetVersion[], scope: BudgetScope): Budget[] {
  const highest = new Map<number, BudgetVersion>();
  for (const version of versions) {
    if (!isSameScope(version.scope, scope)) continue;
    const there = highest.get(version.fromDay);
    if (!there || version.version > there.version) highest.set(version.fromDay, version);
  }
  return [...highest.values()].filter((v) => !v.withdrawn).sort((a, b) => a.fromDay - b.fromDay);
}

/** The scopes of which anything is said, each once, in the order of the list. */
export function scopesOf(versions: readonly BudgetVersion[]): BudgetScope[] {
  const out: BudgetScope[] = [];
  for (const { scope } of versions) if (!out.some((s) => isSameScope(s, scope))) out.push(scope);
  return out;
}
