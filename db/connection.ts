import Database from "better-sqlite3";

// Imported by a thread of its own too (reader.worker.ts): nothing of ours may be imported here.

/** One connection with every pragma that a ledger needs. @throws what better-sqlite3 throws. */
export function openConnection(file: string, readonly: boolean): Database.Database {
  // Waiting for a lock is done in whenFree: SQLite's own busy timeout would block the event loop.
  const db = new Database(file, { readonly, timeout: 0 });
  try {
    // Readers go on while one writer writes.
    if (!readonly) db.pragma("journal_mode = WAL");
    // A ledger survives a power cut with its last commit; NORMAL would not.
    db.pragma("synchronous = FULL");
    db.pragma("foreign_keys = ON");
    // A row that `insert or replace` takes away is deleted like any other: triggers see it.
    db.pragma("recursive_triggers = ON");
    // A tampered schema cannot run functions.
    db.pragma("trusted_schema = OFF");
    // Sorts of a report stay off the disk.
    db.pragma("temp_store = MEMORY");
    // 64 MiB of pages: a month of usage rows stays warm.
    db.pragma("cache_size = -65536");
    db.pragma("mmap_size = 268435456");
    // 16 MiB: pages of random keys are then copied back once, not after each page of a list.
    db.pragma("wal_autocheckpoint = 4000");
    // Bounds the -wal file after a burst of writes.
    db.pragma("journal_size_limit = 67108864");
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Statements by text; the product's set of statements is small and fixed. */
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
