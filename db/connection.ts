import Database from "better-sqlite3";

// A thread imports this file too (reader.worker.ts): it may import no file of ours.

/** Opens one connection with every pragma that a ledger needs. @throws the error of better-sqlite3. */
export function openConnection(file: string, readonly: boolean): Database.Database {
  // `whenFree` waits for locks: the busy timeout of SQLite would block the event loop.
  const db = new Database(file, { readonly, timeout: 0 });
  try {
    // Readers continue while one writer writes.
    if (!readonly) db.pragma("journal_mode = WAL");
    // The last commit survives a power failure; with NORMAL it would not.
    db.pragma("synchronous = FULL");
    db.pragma("foreign_keys = ON");
    // Rows that `insert or replace` removes fire triggers like any other deleted row.
    db.pragma("recursive_triggers = ON");
    // A tampered schema cannot run functions.
    db.pragma("trusted_schema = OFF");
    // Sorts of a report stay off the disk.
    db.pragma("temp_store = MEMORY");
    // 64 MiB of pages: a month of usage rows stays in memory.
    db.pragma("cache_size = -65536");
    db.pragma("mmap_size = 268435456");
    // 16 MiB: pages of random keys are then copied back once, not after each page of a list.
    db.pragma("wal_autocheckpoint = 4000");
    // Limits the -wal file after a burst of writes.
    db.pragma("journal_size_limit = 67108864");
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** The code of an error about an integer that a number does not hold exactly. */
export const TOO_LARGE = "LEDGER_TOO_LARGE";

/** What adds up rows: only a sum of stored figures can be larger than each of them. */
const ADDS = /\b(?:sum|total)\s*\(/i;

const mayBeInexact = (row: Record<string, unknown>): boolean => {
  for (const key in row) {
    const value = row[key];
    if (typeof value === "number" && (value > Number.MAX_SAFE_INTEGER || value < -Number.MAX_SAFE_INTEGER)) return true;
  }
  return false;
};

/** @throws an error with the code TOO_LARGE for an integer, read as a BigInt, that a number does not hold exactly. */
function needExact(row: Record<string, unknown>): void {
  for (const value of Object.values(row))
    if (typeof value === "bigint" && !Number.isSafeInteger(Number(value)))
      throw Object.assign(new Error(String(value)), { code: TOO_LARGE });
}

/** Prepared statements by text; the product has a small, fixed set of them. */
export class Statements {
  readonly #cache = new Map<string, Database.Statement>();
  readonly #db: Database.Database;
  constructor(db: Database.Database) {
    this.#db = db;
  }
  /** All rows. @throws an error with the code TOO_LARGE for a sum that is not exact as a number: no digit is lost without a word. */
  all(text: string, params: readonly unknown[]): unknown[] {
    const rows = this.get(text).all(...params) as Record<string, unknown>[];
    // A number that large is a sum that was rounded, or no integer: only where there is one it is looked at again.
    if (ADDS.test(text) && rows.some(mayBeInexact)) this.#inBigInts(text, params).forEach(needExact);
    return rows;
  }
  /** The first row. @throws as `all`. */
  first(text: string, params: readonly unknown[]): unknown {
    const row = this.get(text).get(...params) as Record<string, unknown> | undefined;
    if (row && ADDS.test(text) && mayBeInexact(row)) this.#inBigInts(text, params).slice(0, 1).forEach(needExact);
    return row;
  }
  #inBigInts(text: string, params: readonly unknown[]): Record<string, unknown>[] {
    return this.#db
      .prepare(text)
      .safeIntegers()
      .all(...params) as Record<string, unknown>[];
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
