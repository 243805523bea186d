import { type Reader, sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { inList } from "@/db/in-list.ts";
import { unitCounts, units } from "@/db/schema/index.ts";
import type { ScopeKind } from "@/lib/budgets/types.ts";
import type { Instant } from "@/lib/time.ts";
import type { Basis, CountSource, StoredUnit, Unit } from "./types.ts";

type Row = typeof units.$inferSelect;

const unitOf = ({ scopeKind, scopeValue, loaded, basis, source, emptyIsZero, ...row }: Row): StoredUnit => ({
  ...row,
  scope: { kind: scopeKind as ScopeKind, value: scopeValue },
  ...{ loaded: loaded === 1, emptyIsZero: emptyIsZero === 1 },
  ...{ basis: basis as Basis, source: source as CountSource },
});

const rowOf = ({ scope, loaded, emptyIsZero, ...unit }: Unit) => ({
  ...unit,
  ...{ scopeKind: scope.kind, scopeValue: scope.value },
  ...{ loaded: Number(loaded), emptyIsZero: Number(emptyIsZero) },
});

/** Every unit in use, by name. */
export async function listUnits(db: Reader): Promise<StoredUnit[]> {
  const rows = await db.all(sql`select ${columnsOf(units)} from ${units} where archived_at is null order by name, key`);
  return rows.map(unitOf);
}

export async function findUnit(db: Reader, key: number): Promise<StoredUnit | undefined> {
  const row = await db.find(sql`select ${columnsOf(units)} from ${units} where key = ${key} and archived_at is null`);
  return row && unitOf(row);
}

/** Adds a unit under the next key. @returns the key. */
export async function insertUnit(tx: Tx, unit: Unit, createdBy: string, createdAt: Instant): Promise<number> {
  const row = await tx.find<{ key: number }>(sql`select coalesce(max(key), 0) + 1 as key from ${units}`);
  const key = Number(row?.key ?? 1);
  await tx.insert(units, [{ ...rowOf(unit), key, createdBy, createdAt, archivedAt: null }]);
  return key;
}

export async function updateUnit(
  tx: Tx,
  { key, createdBy, createdAt, archivedAt, ...unit }: StoredUnit,
): Promise<void> {
  const row = { ...rowOf(unit), key, createdBy, createdAt, archivedAt };
  await tx.insert(units, [row], { target: [units.key], update: "all" });
}

export interface Count {
  readonly unitKey: number;
  readonly id: string;
  readonly day: number;
  readonly countMilli: number | null;
  readonly fromAt: Instant;
  readonly untilAt: Instant;
  readonly problem: string;
  readonly recordedBy: string;
  readonly recordedAt: Instant;
}

/** Counts of some units on the days `[from, until)`, by day. */
export const listCounts = (
  db: Reader,
  unitKeys: readonly number[],
  { from, until }: { readonly from: number; readonly until: number },
): Promise<Count[]> =>
  db.all<Count>(sql`select ${columnsOf(unitCounts)} from ${unitCounts}
    where unit_key in ${inList(unitKeys)} and day >= ${from} and day < ${until} order by day, from_at, id`);

/** Those of a unit with some ids, read in parts so that any number of them can be asked for. */
export async function findCounts(db: Reader, unitKey: number, ids: readonly string[]): Promise<Count[]> {
  const out: Count[] = [];
  for (let i = 0; i < ids.length; i += 500)
    out.push(
      ...(await db.all<Count>(sql`select ${columnsOf(unitCounts)} from ${unitCounts}
        where unit_key = ${unitKey} and id in ${inList(ids.slice(i, i + 500))}`)),
    );
  return out;
}

/** Replaces those with the same id. */
export const saveCounts = (tx: Tx, rows: readonly Count[]): Promise<void> =>
  tx.insert(unitCounts, rows, { target: [unitCounts.unitKey, unitCounts.id], update: "all" });

export async function deleteCounts(tx: Tx, unitKey: number, ids: readonly string[]): Promise<void> {
  for (let i = 0; i < ids.length; i += 500)
    await tx.run(sql`delete from ${unitCounts} where unit_key = ${unitKey} and id in ${inList(ids.slice(i, i + 500))}`);
}

/** Deletes what was read from a source, so that it is read again. */
export const deleteReadCounts = (tx: Tx, unitKey: number): Promise<number> =>
  tx.run(sql`delete from ${unitCounts} where unit_key = ${unitKey} and until_at > 0`);
