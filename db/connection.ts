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

/** Prepared statements by text; the product has a small, fixed set of them. */
export class Statements {
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
