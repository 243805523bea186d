import { createHash } from "node:crypto";
import type Database from "better-sqlite3";
import { getTableColumns, getTableName, is } from "drizzle-orm";
import { SQLiteTable } from "drizzle-orm/sqlite-core";
import { AppError } from "@/lib/errors.ts";
import { type Db, sql, type Tx } from "./client.ts";
import { columnsOf } from "./columns-of.ts";
import { openConnection } from "./connection.ts";
import * as schema from "./schema/index.ts";

/** Rows that are read and written at once. */
const AT_ONCE = 2000;

/** Tables whose rows freeze those of others (db/triggers.ts): they are copied after them, in this order. */
const LAST: readonly SQLiteTable[] = [schema.priceProposals, schema.closes];

const TABLES: readonly SQLiteTable[] = [
  ...(Object.values(schema) as readonly SQLiteTable[]).filter((t) => is(t, SQLiteTable) && !LAST.includes(t)),
  ...LAST,
];

/** Tables of which a new ledger already has rows: those of the source take their place. */
const SEEDED: readonly SQLiteTable[] = [schema.teams, schema.chargeRevision];

export interface Moved {
  readonly tables: number;
  readonly rows: number;
}

/**
 * Copies a ledger from a SQLite file into an empty PostgreSQL ledger: every row of every table, in one transaction, which is committed
 * only after each table was read back and found equal. The file stays as it is. @param onProgress rows copied so far, of how many.
 * @throws AppError `conflict` where the target has data, or the file changed meanwhile; `internal` where a table is not equal: then nothing is
 *   written.
 */
export async function moveLedger(
  file: string,
  target: Db,
  onProgress?: (rows: number, of: number) => void,
): Promise<Moved> {
  if (target.dialect !== "postgres") throw new AppError("invalid", "The target must be PostgreSQL: postgres://…");
  const source = openConnection(file, true);
  try {
    const version = source.pragma("data_version", { simple: true });
    source.exec("begin");
    const total = TABLES.reduce((sum, table) => sum + countOf(source, table), 0);
    return await target.write(async (tx) => {
      await assertEmpty(tx);
      let rows = 0;
      for (const table of TABLES) {
        const here = new TableHash();
        for (const part of readSource(source, table)) {
          await tx.insert(table, part, SEEDED.includes(table) ? seededConflict(table) : undefined);
          for (const row of part) here.add(table, row);
          rows += part.length;
          onProgress?.(rows, total);
        }
        const there = await readBack(tx, table);
        if (!here.equals(there))
          throw new AppError(
            "internal",
            `Nothing was moved: ${getTableName(table)} has ${there.count} rows in PostgreSQL that do not equal the ${here.count} of ${file}.`,
          );
      }
      await setSequences(tx);
      // Only outside of its own transaction a connection sees that others have written.
      source.exec("commit");
      if (source.pragma("data_version", { simple: true }) !== version)
        throw new AppError(
          "conflict",
          `Nothing was moved: ${file} changed while it was copied. Stop GPU Ledger, and move again.`,
        );
      return { tables: TABLES.length, rows };
    });
  } finally {
    source.close();
  }
}

const countOf = (source: Database.Database, table: SQLiteTable): number =>
  source
    .prepare(`select count(*) from "${getTableName(table)}"`)
    .pluck()
    .get() as number;

type Row = Record<string, unknown>;

/** The rows of a table, some at a time, under the names of their properties. */
function* readSource(source: Database.Database, table: SQLiteTable): Generator<Row[]> {
  const columns = Object.entries(getTableColumns(table)).map(([key, column]) => `"${column.name}" as "${key}"`);
  let part: Row[] = [];
  for (const row of source.prepare(`select ${columns.join(", ")} from "${getTableName(table)}"`).iterate()) {
    part.push(row as Row);
    if (part.length < AT_ONCE) continue;
    yield part;
    part = [];
  }
  if (part.length) yield part;
}

/** What a new ledger starts with has one row: the source's replaces it. */
function seededConflict(table: SQLiteTable) {
  const [first] = Object.values(getTableColumns(table));
  if (!first) throw new Error(`${getTableName(table)} has no columns`);
  return { target: [first], update: "all" as const };
}

async function assertEmpty(tx: Tx): Promise<void> {
  for (const table of TABLES.filter((t) => !SEEDED.includes(t))) {
    const found = await tx.find(sql`select 1 as one from ${table} limit 1`);
    if (found)
      throw new AppError(
        "conflict",
        `The database has a ledger already (${getTableName(table)} is not empty). Nothing was moved: name an empty database.`,
      );
  }
}

/** The count of a table's rows and a hash of them that does not depend on their order. */
class TableHash {
  count = 0;
  #sum = 0n;
  add(table: SQLiteTable, row: Row): void {
    const values = Object.keys(getTableColumns(table)).map((key) => {
      const value = row[key] ?? null;
      return Buffer.isBuffer(value) ? `blob:${value.toString("base64")}` : value;
    });
    const digest = createHash("sha256").update(JSON.stringify(values)).digest("hex");
    this.#sum = (this.#sum + BigInt(`0x${digest}`)) & MASK;
    this.count++;
  }
  equals(other: TableHash): boolean {
    return this.count === other.count && this.#sum === other.#sum;
  }
}
const MASK = (1n << 256n) - 1n;

async function readBack(tx: Tx, table: SQLiteTable): Promise<TableHash> {
  const hash = new TableHash();
  await tx.run(sql`declare moved cursor for select ${columnsOf(table)} from ${table}`);
  for (;;) {
    const rows = await tx.all<Row>(sql.raw(`fetch ${AT_ONCE} from moved`));
    for (const row of rows) hash.add(table, row);
    if (rows.length < AT_ONCE) break;
  }
  await tx.run(sql`close moved`);
  return hash;
}

/** Keys that the database assigns continue behind the largest. */
async function setSequences(tx: Tx): Promise<void> {
  const identities = await tx.all<{ table: string; column: string }>(sql`select table_name as "table",
    column_name as "column" from information_schema.columns where is_identity = 'YES' and table_schema = current_schema()`);
  for (const { table, column } of identities)
    await tx.all(
      sql.raw(`select setval(pg_get_serial_sequence('"${table}"', '${column}'), greatest(max("${column}"), 1))
        from "${table}" having max("${column}") is not null`),
    );
}
