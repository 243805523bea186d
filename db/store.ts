import type { SQL } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Rows, Stored } from "./columns-of.ts";

/** A query whose select list has no type: whoever asks says what its rows are. */
type Untyped = SQL & { readonly row?: never };

/**
 * Reads. Rows are plain objects whose keys are the names selected: `columnsOf` selects columns under the names of the schema and gives
 * rows their type, which a type argument may narrow (a text to a few texts). A query by hand names its rows' type and aliases its columns.
 */
export interface Reader {
  all<T extends object>(query: Rows<T>): Promise<T[]>;
  all<T extends object>(query: Rows<Stored<T>>): Promise<T[]>;
  all<T>(query: Untyped): Promise<T[]>;
  /** The first row, if any. */
  find<T extends object>(query: Rows<T>): Promise<T | undefined>;
  find<T extends object>(query: Rows<Stored<T>>): Promise<T | undefined>;
  find<T>(query: Untyped): Promise<T | undefined>;
}

export interface Conflict {
  readonly target: readonly SQLiteColumn[];
  /** Columns to overwrite; `"all"` that are not the target; none: the row that is there stays. */
  readonly update: "all" | readonly SQLiteColumn[];
}

export interface Tx extends Reader {
  /** Runs one statement; the number of rows it changed. */
  run(query: SQL): Promise<number>;
  /** Many rows of one table, prepared once. With `conflict`, can be run twice. */
  insert<T extends SQLiteTable>(table: T, rows: readonly T["$inferInsert"][], conflict?: Conflict): Promise<void>;
}

/**
 * The store. One write transaction at a time in this process, in the order asked; reads go on beside it.
 * Inside `write` only `tx` may be awaited: no network, no timers.
 */
export interface Db extends Reader {
  readonly dialect: "sqlite" | "postgres";
  /** Commits what `body` did, or nothing of it. */
  write<T>(body: (tx: Tx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Where SQLite reads: `here`, on the caller's thread; or in `threads`, so that a server's event loop never waits. */
export type Readers = "here" | "threads";
