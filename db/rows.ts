import { getTableColumns, getTableName } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Conflict } from "./store.ts";

export interface InsertPlan {
  /** Property names in column order. */
  readonly keys: readonly string[];
  /** `insert into "t" ("a", "b") values ` */
  readonly head: string;
  /** ` on conflict …` or empty. */
  readonly tail: string;
  /** Property names of the conflict target. */
  readonly identity: readonly string[];
  /** Property names that a later row with the same identity overwrites. */
  readonly overwritten: readonly string[];
}

/**
 * The parts of an insert statement for the columns that any of `rows` has, as text that both databases accept. A row
 * without a column that another row has writes null there.
 */
export function planInsert(table: SQLiteTable, rows: readonly object[], conflict?: Conflict): InsertPlan {
  const columns = Object.entries(getTableColumns(table)).filter(([key]) =>
    rows.some((row) => row[key as keyof typeof row] !== undefined),
  );
  const quoted = (keys: readonly string[]) => keys.map((key) => `"${columnName(table, key)}"`).join(", ");
  const keys = columns.map(([key]) => key);
  const head = `insert into "${getTableName(table)}" (${quoted(keys)}) values `;
  if (!conflict) return { keys, head, tail: "", identity: [], overwritten: [] };
  const keyOf = new Map(Object.entries(getTableColumns(table)).map(([key, column]) => [column.name, key]));
  const identity = conflict.target.map((column) => keyOf.get(column.name) as string);
  const overwritten =
    conflict.update === "all"
      ? keys.filter((key) => !identity.includes(key))
      : conflict.update.map((column) => keyOf.get(column.name) as string);
  const set = overwritten.map((key) => `"${columnName(table, key)}" = excluded."${columnName(table, key)}"`);
  const action = set.length ? `do update set ${set.join(", ")}` : "do nothing";
  return { keys, head, tail: ` on conflict (${quoted(identity)}) ${action}`, identity, overwritten };
}

function columnName(table: SQLiteTable, key: string): string {
  return getTableColumns(table)[key]?.name ?? key;
}

/**
 * Merges rows with the same identity into one, as writing them one by one would: the first, with the values that later
 * ones overwrite. PostgreSQL refuses to touch a row twice in one statement.
 */
export function oneOfEach(
  rows: readonly Record<string, unknown>[],
  { identity, overwritten }: Pick<InsertPlan, "identity" | "overwritten">,
): readonly Record<string, unknown>[] {
  if (!identity.length) return rows;
  const byKey = new Map<string, Record<string, unknown>>();
  for (const row of rows) {
    const id = JSON.stringify(identity.map((key) => row[key]));
    const first = byKey.get(id);
    if (!first) byKey.set(id, row);
    else if (overwritten.length)
      byKey.set(id, { ...first, ...Object.fromEntries(overwritten.map((key) => [key, row[key]])) });
  }
  return byKey.size === rows.length ? rows : [...byKey.values()];
}
