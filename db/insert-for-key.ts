import { getTableColumns, getTableName } from "drizzle-orm";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import { sql, type Tx } from "./client.ts";

/** Inserts a row under the key that the database chooses. @returns that key, whatever other processes insert meanwhile. */
export async function insertForKey<T extends SQLiteTable>(tx: Tx, table: T, row: T["$inferInsert"]): Promise<number> {
  const given = Object.entries(getTableColumns(table)).flatMap(([name, column]) => {
    const value = (row as Readonly<Record<string, unknown>>)[name];
    return value === undefined ? [] : [{ name: sql.identifier(column.name), value: sql`${value}` }];
  });
  const names = sql.join(
    given.map((column) => column.name),
    sql`, `,
  );
  const values = sql.join(
    given.map((column) => column.value),
    sql`, `,
  );
  const into = sql.identifier(getTableName(table));
  const added = await tx.find<{ key: number }>(sql`insert into ${into} (${names}) values (${values}) returning key`);
  return (added as { key: number }).key;
}
