import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { budgets, plannedEvents } from "@/db/schema/index.ts";
import type { Instant } from "@/lib/time.ts";
import type { BudgetSpan, BudgetVersion, PlannedEvent, ScopeKind } from "./types.ts";

/** Every version of every budget, by scope, first day and version. */
export async function listBudgetVersions(db: Reader): Promise<BudgetVersion[]> {
  const rows = await db.all(sql`select ${columnsOf(budgets)} from ${budgets}
    order by scope_kind, scope_value, from_day, version`);
  return rows.map(({ scopeKind, scopeValue, span, carryOver, withdrawn, ...row }) => ({
    ...row,
    scope: { kind: scopeKind as ScopeKind, value: scopeValue },
    span: span as BudgetSpan,
    carryOver: carryOver === 1,
    withdrawn: withdrawn === 1,
  }));
}

/** Adds a version, the next of its scope and first day. */
export async function insertBudget(tx: Tx, { scope, ...budget }: Omit<BudgetVersion, "version">): Promise<void> {
  const { kind: scopeKind, value: scopeValue } = scope;
  const row = await tx.find<{ version: number }>(sql`select coalesce(max(version), 0) + 1 as version from ${budgets}
    where scope_kind = ${scopeKind} and scope_value = ${scopeValue} and from_day = ${budget.fromDay}`);
  const flags = { carryOver: Number(budget.carryOver), withdrawn: Number(budget.withdrawn) };
  await tx.insert(budgets, [{ ...budget, ...flags, scopeKind, scopeValue, version: Number(row?.version ?? 1) }]);
}

/** Every planned event that stands, by first day. */
export async function listPlannedEvents(db: Reader): Promise<(PlannedEvent & { readonly recordedBy: string })[]> {
  const rows = await db.all(sql`select ${columnsOf(plannedEvents)} from ${plannedEvents}
    where removed_at is null order by from_day, id`);
  return rows.map(({ scopeKind, scopeValue, recordedAt: _, removedAt: _removed, ...row }) => ({
    ...row,
    scope: { kind: scopeKind as ScopeKind, value: scopeValue },
  }));
}

export async function insertPlannedEvent(
  tx: Tx,
  { scope, ...event }: PlannedEvent,
  recordedBy: string,
  recordedAt: Instant,
): Promise<void> {
  const { kind: scopeKind, value: scopeValue } = scope;
  await tx.insert(plannedEvents, [{ ...event, scopeKind, scopeValue, recordedBy, recordedAt, removedAt: null }]);
}

/** @returns how many there were: 1, or 0. */
export const removePlannedEvent = (tx: Tx, id: string, now: Instant): Promise<number> =>
  tx.run(sql`update ${plannedEvents} set removed_at = ${now} where id = ${id} and removed_at is null`);
