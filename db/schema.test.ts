import { getTableColumns, getTableName, is } from "drizzle-orm";
import { PgTable } from "drizzle-orm/pg-core";
import { SQLiteTable } from "drizzle-orm/sqlite-core";
import { expect, test } from "vitest";
import * as sqlite from "./schema/index.ts";
import * as postgres from "./schema/postgres.ts";

const shape = (table: SQLiteTable | PgTable) => ({
  name: getTableName(table),
  columns: Object.entries(getTableColumns(table)).map(([key, column]) => [key, column.name, column.notNull]),
});

test("both databases have the same tables with the same columns", () => {
  expect(Object.keys(postgres).sort()).toEqual(Object.keys(sqlite).sort());
  const others = new Map<string, unknown>(Object.entries(postgres));
  for (const [key, table] of Object.entries(sqlite)) {
    const other = others.get(key);
    expect(is(table, SQLiteTable), key).toBe(true);
    expect(is(other, PgTable), key).toBe(true);
    expect(shape(other as PgTable)).toEqual(shape(table));
  }
});

test("tables are plural snake_case; instants end in _at", () => {
  for (const table of Object.values(sqlite)) {
    expect(getTableName(table)).toMatch(/^[a-z]+(_[a-z]+)*$/);
    for (const column of Object.values(getTableColumns(table))) expect(column.name).toMatch(/^[a-z]+(_[a-z]+)*$/);
  }
});
