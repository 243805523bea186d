import { accessSync, constants, existsSync, mkdirSync, statfsSync } from "node:fs";
import path from "node:path";
import type Database from "better-sqlite3";
import type { SQL } from "drizzle-orm";
import { SQLiteSyncDialect, type SQLiteTable } from "drizzle-orm/sqlite-core";
import { AppError, errorText } from "@/lib/errors.ts";
import { openConnection, Statements, TOO_LARGE } from "./connection.ts";
import { needExact, tooLarge } from "./exact.ts";
import { migrateSqlite } from "./migrate.ts";
import { isBusy, Queue, whenFree } from "./queue.ts";
import { planInsert } from "./rows.ts";
import type { Conflict, Db, Reader, Readers, Tx } from "./store.ts";
import { ThreadedReader } from "./threaded-reader.ts";

const dialect = new SQLiteSyncDialect();
const ROWS_PER_TURN = 5000;
const READING_THREADS = 2;
const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Opens (or creates) the file, with every pragma that a ledger needs, and migrates it after a backup. */
export async function openSqlite(file: string, readers: Readers = "here"): Promise<Db> {
  if (Number(process.versions.napi) < 10)
    throw new AppError("internal", "Node 22.14 or newer is needed: run through npm, which brings Node 24.");
  prepareFolder(file);
  const writer = await whenFree(() => connect(file, false));
  try {
    await migrateSqlite(writer, file);
    if (readers === "threads" && file !== ":memory:")
      return new SqliteDb(writer, new SqliteThreads(file, READING_THREADS));
    const reader = file === ":memory:" ? writer : await whenFree(() => connect(file, true));
    return new SqliteDb(writer, new SqliteReader(reader));
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
  try {
    return openConnection(file, readonly);
  } catch (error) {
    throw isBusy(error) ? error : fileError(error, file);
  }
}

const LEAST_FREE_BYTES = 1024 * 1024;

/** Bytes that are free where a file lies; infinite where nobody can say. */
function freeBytes(file: string): number {
  try {
    const { bavail, bsize } = statfsSync(path.dirname(path.resolve(file)));
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Failures of SQLite in plain words. */
export function fileError(error: unknown, file: string): AppError {
  const code = (error as { code?: string }).code ?? "";
  const said = errorText(error);
  if (code === TOO_LARGE) return tooLarge(said);
  if (code.startsWith("SQLITE_CORRUPT") || code === "SQLITE_NOTADB")
    return new AppError(
      "internal",
      `The database ${file} is damaged (${said}). Nothing was changed. Restore a backup: ledger restore <backup>.`,
      { cause: error },
    );
  // SQLite reports an I/O error, not a full disk, where it cannot make its -wal or -shm larger.
  const isFull = code.startsWith("SQLITE_FULL") || /ENOSPC|disk is full/.test(said);
  if (isFull || (code.startsWith("SQLITE_IOERR") && freeBytes(file) < LEAST_FREE_BYTES))
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

/** Reads on this thread: as fast as SQLite, and blocking as long. */
class SqliteReader implements Reader {
  protected readonly statements: Statements;
  protected readonly connection: Database.Database;
  constructor(connection: Database.Database) {
    this.connection = connection;
    this.statements = new Statements(connection);
  }
  async all<T>(query: SQL): Promise<T[]> {
    const { sql, params } = dialect.sqlToQuery(query);
    return whenFree(() => this.guard(() => this.statements.all(sql, params) as T[]));
  }
  async find<T>(query: SQL): Promise<T | undefined> {
    const { sql, params } = dialect.sqlToQuery(query);
    return whenFree(() => this.guard(() => this.statements.first(sql, params) as T | undefined));
  }
  async close(): Promise<void> {
    this.connection.close();
  }
  protected guard<T>(body: () => T): T {
    try {
      return body();
    } catch (error) {
      throw isBusy(error) || error instanceof AppError ? error : fileError(error, this.connection.name);
    }
  }
}

/** Reads through a connection that the caller opens and closes. */
export const readerOf = (connection: Database.Database): Reader => new SqliteReader(connection);

/** Reads in threads: never blocks, at the cost of copying rows. */
class SqliteThreads implements Reader {
  readonly #threads: ThreadedReader;
  readonly #file: string;
  constructor(file: string, count: number) {
    this.#threads = new ThreadedReader(file, count);
    this.#file = file;
  }
  async all<T>(query: SQL): Promise<T[]> {
    return (await this.#ask(query, false)) as T[];
  }
  async find<T>(query: SQL): Promise<T | undefined> {
    return (await this.#ask(query, true)) as T | undefined;
  }
  close(): Promise<void> {
    return this.#threads.close();
  }
  async #ask(query: SQL, first: boolean): Promise<unknown> {
    const { sql, params } = dialect.sqlToQuery(query);
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.#threads.ask(sql, params, first);
      } catch (error) {
        if (!isBusy(error) || attempt > 50) throw fileError(error, this.#file);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }
}

class SqliteTx extends SqliteReader implements Tx {
  async run(query: SQL): Promise<number> {
    const { sql, params } = dialect.sqlToQuery(query);
    needExact(params);
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
        // One array for all rows: it is read before `run` returns.
        const values: unknown[] = [];
        for (const row of part) {
          for (let i = 0; i < keys.length; i++) values[i] = row[keys[i] as string] ?? null;
          needExact(values);
          statement.run(values);
        }
      });
    }
  }
}

class SqliteDb implements Db {
  readonly dialect = "sqlite";
  readonly #queue = new Queue();
  readonly #writer: Database.Database;
  readonly #tx: SqliteTx;
  readonly #reader: Reader & { close(): Promise<void> };
  constructor(writer: Database.Database, reader: Reader & { close(): Promise<void> }) {
    this.#reader = reader;
    this.#writer = writer;
    this.#tx = new SqliteTx(writer);
  }
  all<T>(query: SQL): Promise<T[]> {
    return this.#reader.all(query);
  }
  find<T>(query: SQL): Promise<T | undefined> {
    return this.#reader.find(query);
  }
  write<T>(body: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#queue.run(async () => {
      // Requests are answered between two transactions: otherwise a series of them would never release the event loop.
      await turn();
      await whenFree(() => this.#exec("begin immediate"));
      try {
        const result = await body(this.#tx);
        this.#exec("commit");
        return result;
      } catch (error) {
        // A full disk or an I/O error may have rolled back already.
        if (this.#writer.inTransaction) this.#exec("rollback");
        throw error;
      }
    });
  }
  async close(): Promise<void> {
    await this.#queue.run(async () => {
      await this.#reader.close();
      this.#writer.close();
    });
  }
  #exec(text: string): void {
    try {
      this.#writer.exec(text);
    } catch (error) {
      throw isBusy(error) ? error : fileError(error, this.#writer.name);
    }
  }
}
