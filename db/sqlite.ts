import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import type { SQL } from "drizzle-orm";
import { SQLiteSyncDialect, type SQLiteTable } from "drizzle-orm/sqlite-core";
import { AppError, errorText } from "@/lib/errors";
import type { Conflict, Db, Reader, Tx } from "./client.ts";
import { migrateSqlite } from "./migrate.ts";
import { isBusy, Queue, whenFree } from "./queue.ts";
import { planInsert } from "./rows.ts";

const dialect = new SQLiteSyncDialect();
const ROWS_PER_TURN = 5000;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Opens (or makes) the file, with every pragma a ledger needs, and migrates it after a backup. */
export async function openSqlite(file: string): Promise<Db> {
  if (Number(process.versions.napi) < 10)
    throw new AppError("internal", "Node 22.14 or newer is needed: run through npm, which brings Node 24.");
  prepareFolder(file);
  const writer = await whenFree(() => connect(file, false));
  try {
    await migrateSqlite(writer, file);
    const reader = file === ":memory:" ? writer : await whenFree(() => connect(file, true));
    return new SqliteDb(writer, reader);
  } catch (error) {
    writer.close();
    throw error instanceof AppError ? error : fileError(error, file);
  }
}

function prepareFolder(file: string): void {
  if (file === ":memory:") return;
  const folder = path.dirname(path.resolve(file));
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(existsSync(file) ? file : folder, constants.R_OK | constants.W_OK);
  } catch (error) {
    throw new AppError(
      "internal",
      `The database ${file} cannot be written: ${errorText(error)}. Check its permissions, or set DATABASE_URL.`,
      { cause: error },
    );
  }
}

function connect(file: string, readonly: boolean): Database.Database {
  let db: Database.Database | undefined;
  try {
    // Waiting is done in whenFree: SQLite's own busy timeout would block the event loop.
    db = new Database(file, { readonly, timeout: 0 });
    // Readers go on while one writer writes.
    if (!readonly) db.pragma("journal_mode = WAL");
    // A ledger survives a power cut with its last commit; NORMAL would not.
    db.pragma("synchronous = FULL");
    db.pragma("foreign_keys = ON");
    // A tampered schema cannot run functions.
    db.pragma("trusted_schema = OFF");
    // Sorts of a report stay off the disk.
    db.pragma("temp_store = MEMORY");
    // 64 MiB of pages: a month of usage rows stays warm.
    db.pragma("cache_size = -65536");
    db.pragma("mmap_size = 268435456");
    // Bounds the -wal file after a burst of writes.
    db.pragma("journal_size_limit = 67108864");
    return db;
  } catch (error) {
    db?.close();
    throw isBusy(error) ? error : fileError(error, file);
  }
}

/** SQLite's failures in plain words. */
export function fileError(error: unknown, file: string): AppError {
  const code = (error as { code?: string }).code ?? "";
  const said = errorText(error);
  if (code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB")
    return new AppError(
      "internal",
      `The database ${file} is damaged (${said}). Nothing was changed. Restore a backup: ledger restore <backup>.`,
      { cause: error },
    );
  if (code.startsWith("SQLITE_FULL") || /ENOSPC|disk is full/.test(said))
    return new AppError(
      "internal",
      `The disk of ${file} is full. The last change was not written; nothing else was lost. Free space and try again.`,
      { cause: error },
    );
  if (code.startsWith("SQLITE_READONLY") || code.startsWith("SQLITE_CANTOPEN") || code.startsWith("SQLITE_IOERR"))
    return new AppError(
      "internal",
      `The database ${file} cannot be opened or written (${said}). Check its permissions and disk.`,
      { cause: error },
    );
  return new AppError("internal", `The database ${file} refused a statement: ${said}`, { cause: error });
}

/** Statements by text; the product's set of statements is small and fixed. */
class Statements {
  readonly #cache = new Map<string, Database.Statement>();
  readonly #db: Database.Database;
  constructor(db: Database.Database) {
    this.#db = db;
  }
  get(text: string): Database.Statement {
    let statement = this.#cache.get(text);
    if (!statement) {
      if (this.#cache.size > 500) this.#cache.clear();
      statement = this.#db.prepare(text);
      this.#cache.set(text, statement);
    }
    return statement;
  }
}

class SqliteReader implements Reader {
  protected readonly statements: Statements;
  protected readonly connection: Database.Database;
  constructor(connection: Database.Database) {
    this.connection = connection;
    this.statements = new Statements(connection);
  }
  async all<T>(query: SQL): Promise<T[]> {
    const { sql, params } = dialect.sqlToQuery(query);
    return whenFree(() => this.guard(() => this.statements.get(sql).all(...params) as T[]));
  }
  async find<T>(query: SQL): Promise<T | undefined> {
    const { sql, params } = dialect.sqlToQuery(query);
    return whenFree(() => this.guard(() => this.statements.get(sql).get(...params) as T | undefined));
  }
  protected guard<T>(body: () => T): T {
    try {
      return body();
    } catch (error) {
      throw isBusy(error) ? error : fileError(error, this.connection.name);
    }
  }
}

class SqliteTx extends SqliteReader implements Tx {
  async run(query: SQL): Promise<number> {
    const { sql, params } = dialect.sqlToQuery(query);
    return this.guard(() => this.statements.get(sql).run(...params).changes);
  }
  async insert<T extends SQLiteTable>(
    table: T,
    rows: readonly T["$inferInsert"][],
    conflict?: Conflict,
  ): Promise<void> {
    if (!rows.length) return;
    const { keys, head, tail } = planInsert(table, rows, conflict);
    const statement = this.statements.get(`${head}(${keys.map(() => "?").join(", ")})${tail}`);
    for (let at = 0; at < rows.length; at += ROWS_PER_TURN) {
      // Requests are answered between the parts of a long insert.
      if (at > 0) await turn();
      const part = rows.slice(at, at + ROWS_PER_TURN) as readonly Record<string, unknown>[];
      this.guard(() => {
        for (const row of part) statement.run(keys.map((key) => row[key] ?? null));
      });
    }
  }
}

class SqliteDb extends SqliteReader implements Db {
  readonly dialect = "sqlite";
  readonly #queue = new Queue();
  readonly #writer: Database.Database;
  readonly #tx: SqliteTx;
  constructor(writer: Database.Database, reader: Database.Database) {
    super(reader);
    this.#writer = writer;
    this.#tx = new SqliteTx(writer);
  }
  write<T>(body: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#queue.run(async () => {
      // Requests are answered between two transactions: without this a row of them would never let go of the loop.
      await turn();
      await whenFree(() => this.guard(() => this.#writer.exec("begin immediate")));
      try {
        const result = await body(this.#tx);
        this.guard(() => this.#writer.exec("commit"));
        return result;
      } catch (error) {
        // A full disk or an I/O error may have rolled back already.
        if (this.#writer.inTransaction) this.guard(() => this.#writer.exec("rollback"));
        throw error;
      }
    });
  }
  async close(): Promise<void> {
    await this.#queue.run(async () => {
      if (this.connection !== this.#writer) this.connection.close();
      this.#writer.close();
    });
  }
}
