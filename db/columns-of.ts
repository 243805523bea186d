import { getTableColumns, type SQL, sql } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";

/** A part of a select list: the columns that `T` names, under those names. The field exists only in the type. */
export interface Columns<T> extends SQL<T> {
  readonly selects: T;
}

/** A query whose rows its select list describes. */
export interface Rows<T> extends SQL<T> {
  readonly row: T;
}

type RowOf<T extends SQLiteTable> = T["$inferSelect"];
type KeyOf<T extends SQLiteTable> = keyof RowOf<T> & string;

/**
 * `day, team_key as "teamKey", …`: columns of a table under the names of its row; all of them unless `keys` lists some;
 * under other names as `{ start: "startAt" }`. In the select list of a query it determines the type of its rows. Not
 * for the optional side of a left join: there, every column may be null.
 */
export function columnsOf<T extends SQLiteTable, K extends KeyOf<T>>(
  table: T,
  keys?: readonly K[],
  alias?: string,
): Columns<Pick<RowOf<T>, K>>;
export function columnsOf<T extends SQLiteTable, const N extends Readonly<Record<string, KeyOf<T>>>>(
  table: T,
  names: N,
  alias?: string,
): Columns<{ readonly [K in keyof N]: RowOf<T>[N[K]] }>;
export function columnsOf(
  table: SQLiteTable,
  keys: readonly string[] | Readonly<Record<string, string>> = Object.keys(getTableColumns(table)),
  alias?: string,
): SQL {
  const columns = getTableColumns(table);
  const names = Array.isArray(keys) ? keys.map((key: string) => [key, key]) : Object.entries(keys);
  const selected = names.map(([name, key]) => {
    const column = `${alias === undefined ? "" : `${alias}.`}${columns[key as string]?.name}`;
    return columns[key as string]?.name === name ? column : `${column} as "${name}"`;
  });
  return sql.raw(selected.join(", "));
}

/**
 * A handwritten part of a select list, such as `cast(sum(amount_micros) as bigint) as "amountMicros"`, with the type of
 * what it selects.
 */
export const selecting = <T extends object>(part: SQL): Columns<T> => part as Columns<T>;

/** The rows of all parts at once: as parameters, the types of a union are intersected. */
type Selected<V> = V extends Columns<infer T> ? (row: T) => void : never;
type Joined<U> = [U] extends [(row: infer T) => void] ? T : never;

/**
 * The type of a template: rows of every part of its select list that has a type, else a query whose rows have no type.
 */
export type Query<P extends readonly unknown[]> = [Selected<P[number]>] extends [never]
  ? SQL
  : Rows<Joined<Selected<P[number]>>>;

/** A row type without what only the program knows of a column, such as that a text is one of a few. */
export type Stored<T> = { readonly [K in keyof T]: Widened<T[K]> };
type Widened<V> = V extends string ? string : V;
