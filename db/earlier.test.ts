import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { beforeAll, describe, expect, test } from "vitest";
import { type Db, sql } from "./client.ts";
import { LEDGER_OF_MIGRATIONS, listEarlier, listMigrations } from "./migrate.ts";
import { openSqlite } from "./sqlite.ts";
import { engines, isAbsent } from "./testing.ts";

/** The first eight digits of the hashes that databases of before the first release have on record. */
const ON_RECORD = {
  sqlite: "4783a4a3 57963082 2f489b7f 8e8dcac3 93902ce1 158bcde6 bdb2a040 de5fb0bc 2d08c479 e060dfd3 04ed8588 e0f2b4de",
  postgres:
    "25798977 150c288e 0835a150 179b3dd0 cafb0f75 d3755f5b d39a8def e8d465f6 2febacae 67af7cce 780d1272 1baa4927",
};

test.each(["sqlite", "postgres"] as const)(
  "the earlier migrations of %s are to the letter those that databases have had",
  (dialect) => {
    expect(listEarlier(dialect).map(({ hash }) => hash.slice(0, 8))).toEqual(ON_RECORD[dialect].split(" "));
    expect(listEarlier(dialect).map(({ name }) => name)).toEqual([
      "0000_ledger",
      "0001_ends-and-choices",
      "0002_money",
      "0003_windows-taken",
      "0004_adjustments",
      "0005_spend",
      "0006_daily-projects",
      "0007_peaks-by-workload",
      "0008_one-version-each",
      "0009_list-price-catalogues",
      "0010_label-history",
      "0011_former-facts",
    ]);
  },
);

/** Statements that make an empty database one that has had the first `count` of the earlier migrations. */
function history(dialect: Db["dialect"], count: number): string[] {
  return [
    LEDGER_OF_MIGRATIONS,
    ...listEarlier(dialect)
      .slice(0, count)
      .flatMap(({ statements, name, hash }, i) => [
        ...statements,
        `insert into schema_migrations values (${i}, '${name}', '${hash}')`,
      ]),
  ];
}

/** All that the catalogue of a database lists of its tables, indexes and triggers, in no particular order of columns; and its first rows. */
async function catalogue(db: Db): Promise<unknown> {
  const questions =
    db.dialect === "sqlite"
      ? [
          sql`select name, wr, strict from pragma_table_list where schema = 'main' and type = 'table'`,
          sql`select t.name as "table", c.name, c.type, c."notnull", c.dflt_value, c.pk
              from sqlite_master t join pragma_table_xinfo(t.name) c where t.type = 'table'`,
          sql`select name, replace(sql, '"', '') as text from sqlite_master where type in ('index', 'trigger', 'view')`,
          sql`select t.name as "table", i.name, i."unique", i.origin, c.seqno, c.name as "column", c."desc", c.coll
              from sqlite_master t join pragma_index_list(t.name) i join pragma_index_xinfo(i.name) c
              where t.type = 'table' and c.key = 1`,
        ]
      : [
          sql`select table_name, column_name, data_type, is_nullable, column_default, is_identity, identity_generation
              from information_schema.columns where table_schema = 'public'`,
          sql`select indexname, indexdef from pg_indexes where schemaname = 'public'`,
          sql`select conname, pg_get_constraintdef(oid) as text from pg_constraint where connamespace = 'public'::regnamespace`,
          sql`select tgname, pg_get_triggerdef(oid) as text from pg_trigger where not tgisinternal`,
          sql`select proname, pg_get_functiondef(oid) as text from pg_proc where pronamespace = 'public'::regnamespace`,
        ];
  const rows = [
    sql`select position, name, hash from schema_migrations`,
    sql`select key, name from teams`,
    sql`select key, revision from charge_revision`,
  ];
  const answers = await Promise.all([...questions, ...rows].map((question) => db.all(question)));
  return answers.map((answer) => answer.map((row) => JSON.stringify(row)).sort());
}

const USAGE_DAYS_COLUMNS = {
  sqlite: sql`select name from pragma_table_info('usage_days')`,
  postgres: sql`select column_name as name from information_schema.columns where table_name = 'usage_days'`,
};

/** A database that has had `count` of the earlier migrations and these statements, opened by this program. */
async function upgraded<T>(
  engine: (typeof engines)[number],
  count: number,
  statements: readonly string[],
  body: (db: Db) => Promise<T>,
): Promise<T> {
  if (engine.name === "sqlite") {
    const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-earlier-"));
    const file = path.join(folder, "ledger.db");
    const raw = new Database(file);
    for (const statement of [...history("sqlite", count), ...statements]) raw.exec(statement);
    raw.close();
    const db = await openSqlite(file);
    const result = await body(db);
    await db.close();
    rmSync(folder, { recursive: true });
    return result;
  }
  const opened = await engine.open();
  if (!opened) throw new Error(`${engine.name} is not there`);
  await opened.db.write(async (tx) => {
    const clear = ["drop schema public cascade", "create schema public"];
    for (const statement of [...clear, ...history("postgres", count), ...statements]) await tx.run(sql.raw(statement));
  });
  const db = await opened.again();
  const result = await body(db);
  await db.close();
  await opened.drop();
  return result;
}

describe.each(engines)("$name", (engine) => {
  let whole: unknown;
  beforeAll(async () => {
    const opened = isAbsent(engine) ? null : await engine.open();
    whole = opened && (await catalogue(opened.db));
    await opened?.drop();
  });

  test.skipIf(isAbsent(engine))(
    "a database of before the first release is the same as a new one, once it is opened",
    async () => {
      expect(await upgraded(engine, 12, [], catalogue)).toEqual(whole);
    },
  );

  test.skipIf(isAbsent(engine)).each([1, 9])("so is one that has had only %i of the migrations", async (count) => {
    expect(await upgraded(engine, count, [], catalogue)).toEqual(whole);
  });

  test.skipIf(isAbsent(engine))("it keeps its rows, and what was closed stays closed", async () => {
    const close = `insert into closes values ('2026-09', 1, 20260901, 20261001, 'a', 0, 'USD', 'UTC', 0, '[]', 'h', '')`;
    const rate = "insert into exchange_rates values ('EUR', 20260901, 1100000000, 'ECB', 'a', 0)";
    await upgraded(engine, 12, [close, rate], async (db) => {
      expect(await db.all(sql`select period_id, sequence from closes`)).toEqual([
        { period_id: "2026-09", sequence: 1 },
      ]);
      for (const refused of ["delete from closes", "update exchange_rates set rate_nanos = 1"])
        await expect(db.write((tx) => tx.run(sql.raw(refused)))).rejects.toThrow(/closed/);
      expect(await db.all(sql`select name from schema_migrations`)).toEqual(
        listMigrations(db.dialect).map(({ name }) => ({ name })),
      );
    });
  });

  test.skipIf(isAbsent(engine))("one of before money is charged for all of its history", async () => {
    const opened = await engine.open();
    const columns = await opened?.db.all<{ name: string }>(USAGE_DAYS_COLUMNS[opened.db.dialect]);
    await opened?.drop();
    const early = columns?.map((c) => c.name).filter((name) => name !== "project_key") ?? [];
    const usage = (day: number) =>
      `insert into usage_days (${early.join(", ")}) values (${early
        .map((c) => (c === "day" ? day : c === "level" ? "''" : c === "hardware_key" ? 1 : 0))
        .join(", ")})`;
    const hardware = "insert into hardware (key, cluster_id, node_pool, gpu_model) values (1, 'c1', 'default', 'H100')";
    await upgraded(engine, 1, [hardware, usage(20260301), usage(20260302)], async (db) => {
      expect(await db.all(sql`select cluster_id, day, revision from metered_days order by day`)).toEqual([
        { cluster_id: "c1", day: 20260301, revision: 1 },
        { cluster_id: "c1", day: 20260302, revision: 1 },
      ]);
    });
  });

  test.skipIf(isAbsent(engine))("one that differs from what is on record is refused", async () => {
    const other = "update schema_migrations set hash = 'x' where position = 2";
    await expect(upgraded(engine, 12, [other], catalogue)).rejects.toMatchObject({
      code: "conflict",
      message: /another build \(0002_money differs\)/,
    });
    const more = "insert into schema_migrations values (12, '0012_other', 'x')";
    await expect(upgraded(engine, 12, [more], catalogue)).rejects.toMatchObject({
      code: "conflict",
      message: /0012_other/,
    });
  });
});
