import Database from "better-sqlite3";
import { getTableColumns, getTableName } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Db, sql, type Tx } from "./client.ts";
import { snake } from "./columns.ts";
import { listMigrations } from "./migrate.ts";
import * as t from "./schema/index.ts";
import { engines, isAbsent, sqliteFile, type TestDb } from "./testing.ts";
import { triggerChanges, triggers } from "./triggers.ts";

const TABLES = [
  t.charges,
  t.teamDays,
  t.shares,
  t.unpriced,
  t.spendDays,
  t.spendMonths,
  t.costLines,
  t.exchangeRates,
  t.adjustments,
  t.lineReviews,
  t.priceProposals,
  t.prices,
  t.corrections,
  t.statements,
  t.statementLines,
  t.auditLog,
  t.auditChain,
  t.closes,
] as const;
type Table = (typeof TABLES)[number];
type Row = Record<string, string | number | null>;

/** Values of a row of September, which is closed, and of one of October, which is open. The names are those of the schema. */
const CLOSED: Row = {
  day: 20260915,
  month: 202609,
  periodId: "2026-09",
  bookedIn: "2026-09",
  fromDay: 20260901,
  untilDay: 20261001,
  originDay: 20260815,
  number: "GL-2026-09-0001",
  id: "september",
  proposalId: "september",
  key: 1,
  version: 1,
  position: 1,
  sequence: 1,
};
const OPEN: Row = {
  day: 20261015,
  month: 202610,
  periodId: "2026-10",
  bookedIn: "",
  fromDay: 20261001,
  untilDay: 20261101,
  originDay: 20260815,
  number: "GL-2026-10-0001",
  id: "october",
  proposalId: "october",
  key: 2,
  version: null,
  position: 2,
  sequence: 2,
};

function row(table: Table, values: Row): Row {
  return Object.fromEntries(
    Object.entries(getTableColumns(table)).map(([key, column]) => {
      if (table === t.priceProposals && key === "status") return [key, "proposed"];
      return [key, key in values ? (values[key] as string | number | null) : column.dataType === "number" ? 1 : "x"];
    }),
  );
}

/** A row of each table that is kept, and one that is not where the table has such rows. */
async function fill(db: Db): Promise<void> {
  const insert = (tx: Tx, table: Table, values: Row) => tx.insert(table, [row(table, values) as never]);
  await db.write(async (tx) => {
    for (const table of TABLES) await insert(tx, table, CLOSED);
    await tx.run(sql`update price_proposals set status = 'approved' where id = 'september'`);
    for (const table of TABLES.filter((table) => table !== t.closes)) await insert(tx, table, OPEN);
  });
}

const quoted = (value: string | number | null) => (typeof value === "string" ? `'${value}'` : String(value));
const statementOf = (verb: string, table: string, values: Row) =>
  `${verb} into ${table} (${Object.keys(values).join(", ")}) values (${Object.values(values).map(quoted).join(", ")})`;
const columnsOf = (values: Row): Row => Object.fromEntries(Object.entries(values).map(([key, v]) => [snake(key), v]));

test.each(["sqlite", "postgres"] as const)("the migrations of %s leave the triggers of the list", (dialect) => {
  expect(
    triggerChanges(
      dialect,
      listMigrations(dialect).flatMap(({ statements }) => statements),
    ),
  ).toEqual([]);
  expect(new Set(triggers(dialect).map(({ name }) => name.replace(/_no_.*/, "")))).toEqual(
    new Set([...TABLES, t.auditHead].map(getTableName)),
  );
});

test("a trigger that changes, and one that goes, is dropped; a table takes its own along", () => {
  const [first, ...rest] = triggers("sqlite").flatMap(({ create }) => create);
  const before = [`CREATE TRIGGER "charges_no_insert" BEFORE INSERT ON "charges" BEGIN SELECT 1; END;`, ...rest];
  expect(
    triggerChanges("sqlite", [...before, 'CREATE TRIGGER "old" BEFORE INSERT ON "teams" BEGIN SELECT 1; END;']),
  ).toEqual(['DROP TRIGGER IF EXISTS "charges_no_insert";', 'DROP TRIGGER IF EXISTS "old";', first]);
  expect(triggerChanges("sqlite", [...before, "DROP TABLE `audit_log`;", "DROP TABLE `charges`;"])).toEqual(
    triggers("sqlite").flatMap(({ name, create }) => (/^(charges|audit_log)_/.test(name) ? create : [])),
  );
});

describe.each(engines)("$name", (engine) => {
  test.skipIf(isAbsent(engine))("what is closed or decided, and the audit log, neither changes nor goes", async () => {
    const opened = await engine.open();
    if (!opened) return;
    const { db } = opened;
    await fill(db);
    for (const table of TABLES) {
      const name = getTableName(table);
      const last = Object.values(getTableColumns(table)).at(-1)?.name;
      const attempts = [
        `delete from ${name}`,
        `update ${name} set ${last} = ${last}`,
        ...(db.dialect === "postgres" ? [`truncate ${name}`] : []),
      ];
      for (const attempt of attempts)
        await expect(
          db.write((tx) => tx.run(sql.raw(attempt))),
          attempt,
        ).rejects.toThrow(/closed|decided|booked|only grows|never emptied/);
      expect(await db.all(sql.raw(`select 1 from ${name}`)), name).toHaveLength(table === t.closes ? 1 : 2);
    }
    await opened.drop();
  });

  test.skipIf(isAbsent(engine))("the end of the audit log's chain moves, and is not deleted", async () => {
    const opened = await engine.open();
    if (!opened) return;
    const { db } = opened;
    const run = (text: string) => db.write((tx) => tx.run(sql.raw(text)));
    await run("insert into audit_head (key, sequence, hash) values (1, 1, 'a')");
    await run("update audit_head set sequence = 2, hash = 'b'");
    for (const attempt of ["delete from audit_head", ...(db.dialect === "postgres" ? ["truncate audit_head"] : [])])
      await expect(run(attempt), attempt).rejects.toThrow(/only grows|never emptied/);
    expect(await db.all(sql`select sequence, hash from audit_head`)).toEqual([{ sequence: 2, hash: "b" }]);
    await opened.drop();
  });

  test.skipIf(isAbsent(engine))("a closed period gets no more rows", async () => {
    const opened = await engine.open();
    if (!opened) return;
    const { db } = opened;
    await fill(db);
    // Another row of what is closed: every part of its key that does not say so differs.
    const other = {
      teamKey: 9,
      hardwareKey: 9,
      position: 9,
      currency: "GBP",
      lineKey: "other",
      id: "other",
      key: 9,
      sequence: 9,
    };
    for (const table of TABLES.filter(
      (table) => ![t.auditLog, t.auditChain, t.priceProposals].includes(table as never),
    ))
      await expect(
        db.write((tx) =>
          tx.run(sql.raw(statementOf("insert", getTableName(table), columnsOf(row(table, { ...CLOSED, ...other }))))),
        ),
        getTableName(table),
      ).rejects.toThrow(/closed|decided/);
    await opened.drop();
  });
});

describe("from a sqlite3 shell, whose connection has no pragmas of ours", () => {
  let ledger: TestDb & { file: string };
  let shell: Database.Database;
  beforeAll(async () => {
    ledger = await sqliteFile();
    await fill(ledger.db);
    shell = new Database(ledger.file);
  });
  afterAll(async () => {
    shell.close();
    await ledger.drop();
  });

  const all = (table: Table) => shell.prepare(`select * from ${getTableName(table)}`).all();
  /** The columns of each key of a table, as SQLite lists them; the row id too where it has one, which an integer key is. */
  function keysOf(table: Table): string[][] {
    const name = getTableName(table);
    const indexes = shell.prepare(`select name from pragma_index_list('${name}') where "unique" = 1`).pluck().all();
    const rowless = shell.prepare(`select wr from pragma_table_list('${name}')`).pluck().get();
    return [
      ...indexes.map(
        (index) => shell.prepare(`select name from pragma_index_info('${index}')`).pluck().all() as string[],
      ),
      ...(rowless ? [] : [[table === t.prices ? "key" : "rowid"]]),
    ];
  }

  test("the connection does not fire delete triggers when a row is replaced", () => {
    expect(shell.pragma("recursive_triggers", { simple: true })).toBe(0);
  });

  test.each(TABLES.map((table) => [getTableName(table), table] as const))(
    "no kept row of %s can be replaced",
    (name, table) => {
      const before = all(table);
      const keys = keysOf(table);
      const numbered = keys.some(([key]) => key === "rowid");
      const values = (of: Row, rowid: number): Row => ({
        ...columnsOf(row(table, of)),
        ...(numbered ? { rowid } : {}),
      });
      const kept = values(CLOSED, 1);
      // All closes are kept.
      const open = table === t.closes ? { ...values(OPEN, 1), sequence: 7 } : values(OPEN, 2);
      const set = (key: readonly string[], of: Row) => key.map((column) => `${column} = ${quoted(of[column] ?? null)}`);
      const [identity = []] = numbered ? [["rowid"]] : keys;
      const { rowid: _, ...fresh } = open;
      for (const key of keys) {
        const taken = Object.fromEntries(key.map((column) => [column, kept[column] ?? null]));
        for (const attempt of [
          statementOf("insert or replace", name, kept),
          statementOf("replace", name, { ...fresh, ...taken }),
          statementOf("insert or ignore", name, kept),
          `update or replace ${name} set ${set(key, kept).join(", ")} where ${set(identity, open).join(" and ")}`,
        ])
          expect(() => shell.exec(attempt), attempt).toThrow(/closed|decided|booked|only grows/);
      }
      expect(all(table)).toEqual(before);
    },
  );

  test("rows of open days are written and replaced as ever", () => {
    for (const table of TABLES.filter(
      (table) => ![t.closes, t.auditLog, t.auditChain, t.statements, t.statementLines].includes(table as never),
    )) {
      const values = columnsOf(row(table, OPEN));
      shell.exec(statementOf("insert or replace", getTableName(table), values));
      expect(all(table), getTableName(table)).toHaveLength(2);
    }
  });

  test("a rate from before a closed period, which its days may have been charged with, is kept like those within", () => {
    const rate = (day: number) => `insert into exchange_rates values ('EUR', ${day}, 1100000000, 'ECB', 'a', 0)`;
    expect(() => shell.exec(rate(20260801))).toThrow("the period of this exchange rate is closed");
    expect(() => shell.exec(rate(20260930))).toThrow("the period of this exchange rate is closed");
    shell.exec(rate(20261001));
    shell.exec("update exchange_rates set rate_nanos = 1 where currency = 'EUR'");
    expect(() => shell.exec("update exchange_rates set day = 20260930 where currency = 'EUR'")).toThrow(/closed/);
    shell.exec("delete from exchange_rates where currency = 'EUR'");
  });
});
