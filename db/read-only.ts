import { accessSync, constants, copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type Database from "better-sqlite3";
import { AppError, errorText } from "@/lib/errors.ts";
import { openConnection } from "./connection.ts";
import { appliedTo, upgrade } from "./migrate.ts";
import { isBusy, whenFree } from "./queue.ts";
import { fileError, openSqlite, readerOf } from "./sqlite.ts";
import type { Db } from "./store.ts";

/** A ledger that is only looked at. */
export interface Looked {
  readonly db: Db;
  /** It is a copy: of an earlier version, or in a place where SQLite cannot even read without writing. */
  readonly isCopy: boolean;
}

/**
 * Opens `file:<path>` or `postgres://…` without changing anything of it: it is neither created, nor migrated, nor written. A SQLite file of
 * an earlier version, or on a read-only disk, is copied to the folder for temporary files, and the copy is migrated and opened.
 * @throws AppError that says what to do; `conflict` for a PostgreSQL ledger of an earlier version, which cannot be copied.
 */
export async function openToRead(url: string): Promise<Looked> {
  if (!url.startsWith("file:")) {
    const { openPostgres } = await import("./postgres.ts");
    return { db: await openPostgres(url, false), isCopy: false };
  }
  const file = url.slice(5).replace(/\?.*$/, "");
  assertReadable(file);
  const inPlace = await whenFree(() => connectionOf(file));
  return inPlace ? { db: readOnly(inPlace), isCopy: false } : { db: await copied(file), isCopy: true };
}

/** @throws AppError `not_found`, or `internal` where its permissions keep this user out. */
export function assertReadable(file: string): void {
  try {
    if (!statSync(file, { throwIfNoEntry: false }))
      throw new AppError(
        "not_found",
        `There is no ledger at ${file}. Set DATABASE_URL, or fill one first: npm run ledger -- sync`,
      );
    accessSync(file, constants.R_OK);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError(
      "internal",
      `The ledger ${file} cannot be read: ${errorText(error)}. Run as the user that owns it, or check the permissions of its folder.`,
      { cause: error },
    );
  }
}

/** Null: it is of an earlier version, or cannot be opened where it is. */
function connectionOf(file: string): Database.Database | null {
  let connection: Database.Database | null = null;
  try {
    connection = openConnection(file, true);
    const applied = appliedTo(connection, file);
    if (applied && upgrade("sqlite", applied).length === 0) return connection;
  } catch (error) {
    connection?.close();
    if (isOutOfReach(error)) return null;
    throw error instanceof AppError || isBusy(error) ? error : fileError(error, file);
  }
  connection.close();
  return null;
}

/** SQLite cannot even read without writing there. */
const isOutOfReach = (error: unknown): boolean =>
  /^SQLITE_(CANTOPEN|READONLY|IOERR)/.test((error as { code?: string }).code ?? "");

const REFUSED = new AppError("internal", "This ledger was opened to be read.");

function readOnly(connection: Database.Database): Db {
  const reader = readerOf(connection);
  return {
    dialect: "sqlite",
    all: reader.all.bind(reader) as Db["all"],
    find: reader.find.bind(reader) as Db["find"],
    write: () => Promise.reject(REFUSED),
    close: async () => {
      connection.close();
    },
  };
}

/**
 * Copies a ledger as of one instant, with what is committed but still in its -wal, also while it is written. Where SQLite cannot read it in
 * place, nobody can write either, and its files are copied.
 */
async function copyTo(file: string, copy: string): Promise<void> {
  let source: Database.Database | undefined;
  try {
    source = await whenFree(() => openConnection(file, true));
    // A read begins the snapshot, which the copy then keeps to.
    source.exec("begin; select 1 from sqlite_schema limit 1");
    await source.backup(copy);
  } catch (error) {
    if (!isOutOfReach(error)) throw error instanceof AppError ? error : fileError(error, file);
    for (const end of ["", "-wal"]) {
      rmSync(copy + end, { force: true });
      if (existsSync(file + end)) copyFileSync(file + end, copy + end);
    }
  } finally {
    source?.close();
  }
}

async function copied(file: string): Promise<Db> {
  const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-read-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const copy = path.join(folder, "ledger.db");
    await copyTo(file, copy);
    const db = await openSqlite(copy);
    return {
      dialect: "sqlite",
      all: db.all.bind(db) as Db["all"],
      find: db.find.bind(db) as Db["find"],
      write: () => Promise.reject(REFUSED),
      close: async () => {
        await db.close();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}
