import type { SQL } from "drizzle-orm";
import type { SQLiteColumn, SQLiteTable } from "drizzle-orm/sqlite-core";
import type { Rows, Stored } from "./columns-of.ts";

/** A query whose select list has no type: the caller declares what its rows are. */
type Untyped = SQL & { readonly row?: never };

/** Reads. Rows are plain objects whose keys are the selected names, so alias them: `select gpu_count as "gpuCount"`. */
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
  /** Columns to overwrite; `"all"`: every one outside the target; none: the existing row stays. */
  readonly update: "all" | readonly SQLiteColumn[];
}

export interface Tx extends Reader {
  /** Runs one statement. @returns the number of changed rows. */
  run(query: SQL): Promise<number>;
  /** Inserts many rows into one table. With `conflict`, it can run twice. */
  insert<T extends SQLiteTable>(table: T, rows: readonly T["$inferInsert"][], conflict?: Conflict): Promise<void>;
}

/**
 * The store. One write transaction at a time in this process, in the order of calls; reads continue beside it. Inside
 * `write` only `tx` may be awaited: no network, no timers.
 */
export interface Db extends Reader {
  readonly dialect: "sqlite" | "postgres";
  /** Commits everything that `body` did, or nothing. */
  write<T>(body: (tx: Tx) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/**
 * Where SQLite reads: `here`, on the thread of the caller; or in `threads`, so that the event loop of a server never
 * waits.
 */
export type Readers = "here" | "threads";
