import { getTableColumns, getTableName } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Conflict } from "./client.ts";

export interface InsertPlan {
  /** Property names in column order. */
  readonly keys: readonly string[];
  /** `insert into "t" ("a", "b") values ` */
  readonly head: string;
  /** ` on conflict …` or empty. */
  readonly tail: string;
  /** Property names of the conflict target. */
  readonly identity: readonly string[];
}

/** The parts of an insert statement for the columns that `sample` gives; text that both databases take. */
export function planInsert(table: SQLiteTable, sample: object, conflict?: Conflict): InsertPlan {
  const columns = Object.entries(getTableColumns(table)).filter(
    ([key]) => (sample as Record<string, unknown>)[key] !== undefined,
  );
  const names = columns.map(([, column]) => `"${column.name}"`);
  const head = `insert into "${getTableName(table)}" (${names.join(", ")}) values `;
  const keys = columns.map(([key]) => key);
  if (!conflict) return { keys, head, tail: "", identity: [] };
  const target = new Set(conflict.target.map((c) => c.name));
  const overwritten =
    conflict.update === "all"
      ? columns.map(([, c]) => c.name).filter((name) => !target.has(name))
      : conflict.update.map((c) => c.name);
  const action = overwritten.length
    ? `do update set ${overwritten.map((name) => `"${name}" = excluded."${name}"`).join(", ")}`
    : "do nothing";
  const tail = ` on conflict (${[...target].map((name) => `"${name}"`).join(", ")}) ${action}`;
  const identity = Object.entries(getTableColumns(table))
    .filter(([, c]) => target.has(c.name))
    .map(([key]) => key);
  return { keys, head, tail, identity };
}

/** Rows with the same conflict target collapsed to the last, as writing them one by one would. */
export function lastOfEach<T extends object>(rows: readonly T[], identity: readonly string[]): readonly T[] {
  if (!identity.length) return rows;
  const byKey = new Map<string, T>();
  for (const row of rows)
    byKey.set(identity.map((key) => String((row as Record<string, unknown>)[key])).join("\u0000"), row);
  return byKey.size === rows.length ? rows : [...byKey.values()];
}
