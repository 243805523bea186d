import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { getTableColumns, getTableName } from "drizzle-orm";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Db, openDb, sql } from "./client.ts";
import { appliedTo, LEDGER_OF_MIGRATIONS, listMigrations, migrateSqlite } from "./migrate.ts";
import * as schema from "./schema/index.ts";
import { openSqlite } from "./sqlite.ts";
import { engines, isAbsent } from "./testing.ts";

type Found = Record<string, { integer: boolean; required: boolean }>;

/** Every table of the database with its columns. */
async function catalogue(db: Db): Promise<Map<string, Found>> {
  const rows = await db.all<{ table: string; name: string; type: string; required: number | boolean }>(
    db.dialect === "sqlite"
      ? sql`select t.name as "table", c.name as name, c.type as type, c."notnull" as required
            from sqlite_master t join pragma_table_info(t.name) c where t.type = 'table'`
      : sql`select table_name as "table", column_name as name, data_type as type, is_nullable = 'NO' as required
            from information_schema.columns where table_schema = 'public'`,
  );
  const out = new Map<string, Found>();
  for (const { table, name, type, required } of rows)
    out.set(table, {
      ...out.get(table),
      [name]: { integer: /^(integer|bigint)$/i.test(type), required: Boolean(required) },
    });
  return out;
}

describe.each(engines)("$name", (engine) => {
  test.skipIf(isAbsent(engine))("an empty database gets every table and column of the schema", async () => {
    const opened = await engine.open();
    if (!opened) return;
    const tables = await catalogue(opened.db);
    for (const table of Object.values(schema)) {
      const expected = Object.values(getTableColumns(table)).map((c) => [
        c.name,
        // A key that the database gives is never null on either, whatever the catalogue of SQLite says.
        { integer: c.dataType === "number" && c.columnType === "SQLiteInteger", required: c.notNull },
      ]);
      const found: Found = { ...tables.get(getTableName(table)) };
      for (const column of Object.values(getTableColumns(table)))
        if (column.primary) found[column.name] = { integer: found[column.name]?.integer ?? false, required: true };
      expect(found, getTableName(table)).toEqual(Object.fromEntries(expected));
    }
    await opened.drop();
  });

  test.skipIf(isAbsent(engine))("opening again changes nothing and keeps what is there", async () => {
    const opened = await engine.open();
    if (!opened) return;
    const { db } = opened;
    await db.write((tx) => tx.insert(schema.leases, [{ name: "a", owner: "b", untilAt: 1 }]));
    const before = await db.all(sql`select * from schema_migrations order by position`);
    const second = await opened.again();
    expect(await second.all(sql`select * from schema_migrations order by position`)).toEqual(before);
    expect(await second.all(sql`select name from leases`)).toEqual([{ name: "a" }]);
    await second.close();
    await opened.drop();
  });

  test.skipIf(isAbsent(engine))("a newer or foreign schema is refused, and left alone", async () => {
    const opened = await engine.open();
    if (!opened) return;
    const { db } = opened;
    const count = listMigrations(db.dialect).length;
    await db.write((tx) => tx.run(sql`insert into schema_migrations values (${count}, '9999_future', 'x')`));
    await expect(opened.again()).rejects.toMatchObject({
      code: "conflict",
      message: /newer than this program.*9999_future/,
    });
    await db.write((tx) => tx.run(sql`delete from schema_migrations where name = '9999_future'`));
    await db.write((tx) => tx.run(sql`update schema_migrations set hash = 'x' where position = 0`));
    await expect(opened.again()).rejects.toMatchObject({ code: "conflict", message: /migrated by another build/ });
    await opened.drop();
  });
});

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-migrate-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A file as the first release left it, with something in it. */
function firstRelease(file: string): void {
  const db = new Database(file);
  const [first] = listMigrations("sqlite");
  db.exec(LEDGER_OF_MIGRATIONS);
  for (const statement of first?.statements ?? []) db.exec(statement);
  db.prepare("insert into schema_migrations values (0, ?, ?)").run(first?.name, first?.hash);
  db.prepare("insert into leases (name, owner, until_at) values ('old', 'first release', 7)").run();
  db.close();
}

/** The migrations of this program and one more: the release after it. */
function nextRelease(statement: string): string {
  cpSync("db/migrations", path.join(folder, "db", "migrations"), { recursive: true });
  const journal = path.join(folder, "db/migrations/sqlite/meta/_journal.json");
  const entries = JSON.parse(readFileSync(journal, "utf8")) as { entries: { tag: string }[] };
  entries.entries.push({ tag: "9999_next" });
  writeFileSync(journal, JSON.stringify(entries));
  writeFileSync(path.join(folder, "db/migrations/sqlite/9999_next.sql"), statement);
  return folder;
}

test("an upgrade leaves a whole backup of what was there", async () => {
  const file = path.join(folder, "ledger.db");
  firstRelease(file);
  await (await openSqlite(file)).close();
  const root = nextRelease(
    "alter table leases add column note text;\n--> statement-breakpoint\nupdate leases set note = 'new';",
  );
  const db = new Database(file);
  await migrateSqlite(db, file, root);
  expect(db.prepare("select name, note from leases").all()).toEqual([{ name: "old", note: "new" }]);
  expect(appliedTo(db, file)?.at(-1)?.name).toBe("9999_next");
  db.close();
  const backup = new Database(`${file}.before-9999_next.bak`, { readonly: true });
  expect(backup.pragma("integrity_check", { simple: true })).toBe("ok");
  expect(backup.prepare("select * from leases").all()).toEqual([{ name: "old", owner: "first release", until_at: 7 }]);
  backup.close();
});

test("a migration that fails half-way changes nothing", async () => {
  const file = path.join(folder, "ledger.db");
  firstRelease(file);
  await (await openSqlite(file)).close();
  const root = nextRelease("delete from leases;\n--> statement-breakpoint\nalter table no_such add column note text;");
  const db = new Database(file);
  await expect(migrateSqlite(db, file, root)).rejects.toThrow(/no_such/);
  expect(db.inTransaction).toBe(false);
  expect(db.prepare("select name from leases").pluck().all()).toEqual(["old"]);
  db.close();
});

test("a database of another program is not touched", async () => {
  const file = path.join(folder, "other.db");
  const other = new Database(file);
  other.exec("create table songs (title text)");
  other.close();
  await expect(openDb(`file:${file}`)).rejects.toMatchObject({ code: "conflict", message: /another program/ });
  const after = new Database(file, { readonly: true });
  expect(after.prepare("select name from sqlite_master").pluck().all()).toEqual(["songs"]);
  after.close();
  expect(existsSync(`${file}.bak`)).toBe(false);
});
