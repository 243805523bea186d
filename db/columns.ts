import {
  doublePrecision,
  bigint as pgBigint,
  customType as pgCustom,
  index as pgIndex,
  primaryKey as pgPrimaryKey,
  pgTable,
  text as pgText,
  uniqueIndex as pgUniqueIndex,
} from "drizzle-orm/pg-core";
import { blob, index, integer, primaryKey, real, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";

/**
 * The column kinds that both databases have, so that one schema serves both. Instants, days, keys, quantities and flags
 * are integers (64 bit); texts are not null unless declared so; blobs are bytes.
 */
export const sqlite = {
  table: sqliteTable,
  text: (name: string) => text(name),
  int: (name: string) => integer(name, { mode: "number" }),
  /** A surrogate key that the database assigns. */
  key: (name: string) => integer(name, { mode: "number" }).primaryKey({ autoIncrement: false }),
  real: (name: string) => real(name),
  blob: (name: string) => blob(name, { mode: "buffer" }),
  primaryKey,
  index,
  uniqueIndex,
};
export type Kit = typeof sqlite;

const bytea = pgCustom<{ data: Buffer }>({ dataType: () => "bytea" });

/** The same kinds for PostgreSQL. This cast is the one place where the two dialects are treated as equal. */
export const postgres = {
  table: pgTable,
  text: (name: string) => pgText(name),
  int: (name: string) => pgBigint(name, { mode: "number" }),
  key: (name: string) => pgBigint(name, { mode: "number" }).primaryKey().generatedByDefaultAsIdentity(),
  real: (name: string) => doublePrecision(name),
  blob: (name: string) => bytea(name),
  primaryKey: pgPrimaryKey,
  index: pgIndex,
  uniqueIndex: pgUniqueIndex,
} as unknown as Kit;

/** The name of a column from its property: `activeMilli` is `active_milli`. */
export const snake = (property: string): string => property.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
