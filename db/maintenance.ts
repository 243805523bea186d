import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { chmod, copyFile, link, mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import Database from "better-sqlite3";
import { AppError, errorText } from "@/lib/errors.ts";
import type { Reader, Tx } from "./client.ts";
import { appliedTo, upgrade } from "./migrate.ts";
import { removeAbandonedParts } from "./part-files.ts";
import { isBusy, whenFree } from "./queue.ts";
import { fileError, openSqlite, readerOf } from "./sqlite.ts";

/** The SQLite file that a DATABASE_URL names. @throws AppError `invalid` for PostgreSQL, which has its own tools. */
export function sqliteFileOf(url: string, act: "backup" | "restore"): string {
  if (url.startsWith("file:")) return url.slice(5).replace(/\?.*$/, "");
  const tool = act === "backup" ? "pg_dump --format=custom" : "pg_restore --clean --if-exists";
  throw new AppError("invalid", `This ledger is in PostgreSQL: use "${tool}" for its ${act}.`);
}

export interface Copy {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Whether the ledger is of this version: opening one of an earlier version would migrate it. */
  readonly isCurrent: boolean;
}

/**
 * Copies a ledger while it is in use to `target`, as one complete file of one instant, checks the copy, and writes its
 * SHA-256 beside it (`target.sha256`, as `sha256sum -c` reads it). `onProgress` receives the finished share, 0 to 1.
 * @throws AppError when there is no such ledger, the target exists, or the copy is damaged; then no copy is left.
 */
export async function backup(file: string, target: string, onProgress?: (share: number) => void): Promise<Copy> {
  if (!existsSync(file)) throw new AppError("not_found", `There is no ledger at ${file}. Check DATABASE_URL.`);
  if (existsSync(target)) throw new AppError("conflict", `${target} exists already: choose another name.`);
  const part = `${target}.${process.pid}.part`;
  try {
    await mkdir(path.dirname(path.resolve(target)), { recursive: true });
    const applied = await copyLive(file, part, onProgress);
    await removeAbandonedParts(part);
    const found = verify(part, file);
    if (JSON.stringify(found) !== JSON.stringify(applied))
      throw new AppError("internal", `The copy of ${file} is not of the same version as the ledger. Try again.`);
    return { ...(await settle(part, target)), isCurrent: upgrade("sqlite", found).length === 0 };
  } catch (error) {
    throw error instanceof AppError ? error : fileError(error, target);
  } finally {
    await removeAll(part);
  }
}

/** One read transaction for the whole copy: writes meanwhile neither wait nor restart it. */
async function copyLive(file: string, part: string, onProgress?: (share: number) => void) {
  const source = await whenFree(() => openRaw(file, { readonly: true, fileMustExist: true }));
  try {
    await whenFree(() => source.exec("begin"));
    const applied = await whenFree(() => appliedTo(source, file));
    if (!applied) throw new AppError("not_found", `${file} is not a ledger.`);
    await source.backup(part, {
      progress: ({ totalPages, remainingPages }) => {
        if (totalPages) onProgress?.(1 - remainingPages / totalPages);
        return 1000;
      },
    });
    return applied;
  } finally {
    source.close();
  }
}

/**
 * Checks a file. @throws AppError, naming the file as `called`, when it is damaged, is not a ledger, or is newer than
 * this program.
 */
function verify(file: string, called: string): { name: string; hash: string }[] {
  const db = openRaw(file, { fileMustExist: true });
  try {
    // One file, without a -wal beside it.
    db.pragma("journal_mode = DELETE");
    const broken = db.pragma("integrity_check(5)", { simple: true });
    if (broken !== "ok") throw new AppError("internal", `${called} is damaged: ${String(broken)}.`);
    const orphans = db.pragma("foreign_key_check") as unknown[];
    if (orphans.length)
      throw new AppError("internal", `${called} is damaged: ${orphans.length} rows refer to rows that do not exist.`);
    const applied = appliedTo(db, called);
    if (!applied) throw new AppError("invalid", `${called} is not a ledger.`);
    upgrade("sqlite", applied);
    return applied;
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError("internal", `${called} is damaged: ${errorText(error)}.`, { cause: error });
  } finally {
    db.close();
  }
}

async function settle(part: string, target: string): Promise<Omit<Copy, "isCurrent">> {
  const handle = await open(part, "r+");
  await handle.sync();
  await handle.close();
  const sha256 = await sha256Of(part);
  const { size } = await stat(part);
  await writeFile(`${target}.sha256`, `${sha256}  ${path.basename(target)}\n`);
  await rename(part, target);
  return { file: target, bytes: size, sha256 };
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

export interface Restored {
  /** Where the replaced ledger is now; null without one. */
  readonly kept: string | null;
  /** False if there was no `.sha256` beside the backup to compare with. */
  readonly checksum: boolean;
}

/**
 * Decides on a restore while both files are closed. Receives the present ledger, if there is one that can be opened,
 * and the copy of the backup; returns what to write into the copy first, or null for nothing.
 * @throws the error that refuses the restore.
 */
export type Judge = (there: Reader | "none" | "damaged", copy: Reader) => Promise<((tx: Tx) => Promise<void>) | null>;

/**
 * Restores a backup in place of a ledger. The backup is checked first; the replaced ledger is kept beside it as
 * `.before-restore-<n>`. An older backup is migrated when the program next opens it.
 * @throws AppError `conflict` while any program has the ledger open, or when the backup is newer; nothing is changed
 *   then.
 */
export async function restore(backupFile: string, file: string, judge?: Judge): Promise<Restored> {
  if (!existsSync(backupFile)) throw new AppError("not_found", `There is no backup at ${backupFile}.`);
  const checksum = await compareChecksum(backupFile);
  const part = `${file}.${process.pid}.part`;
  try {
    await mkdir(path.dirname(path.resolve(file)), { recursive: true });
    await copyFile(backupFile, part);
    await removeAbandonedParts(part);
    // A copy has the mode of its original, which may have come from another machine.
    await chmod(part, 0o600);
    try {
      verify(part, backupFile);
    } catch (error) {
      const { code, message } = error as AppError;
      throw new AppError(code, `Not restored: ${message} The ledger was not changed.`, { cause: error });
    }
    const kept = existsSync(file) ? await exchange(part, file, judge) : null;
    if (kept === null) {
      await prepare(part, "none", judge);
      await rename(part, file);
    }
    return { kept, checksum };
  } finally {
    await removeAll(part);
  }
}

async function compareChecksum(backupFile: string): Promise<boolean> {
  if (!existsSync(`${backupFile}.sha256`)) return false;
  const [expected] = (await readFile(`${backupFile}.sha256`, "utf8")).trim().split(/\s+/);
  if (expected !== (await sha256Of(backupFile)))
    throw new AppError(
      "internal",
      `Not restored: ${backupFile} differs from its .sha256, so it has changed since it was created. The ledger was not changed.`,
    );
  return true;
}

/**
 * Replaces the old file by `part` at once, under its exclusive lock.
 * @returns the name under which the old file is kept.
 */
async function exchange(part: string, file: string, judge?: Judge): Promise<string> {
  const lock = lockAlone(file);
  try {
    await prepare(part, lock ? readerOf(lock) : "damaged", judge);
    let n = 1;
    while (existsSync(`${file}.before-restore-${n}`)) n++;
    const kept = `${file}.before-restore-${n}`;
    // A damaged file could not be locked: its -wal file is moved with it.
    for (const rest of ["-wal", "-shm"])
      if (existsSync(`${file}${rest}`)) await rename(`${file}${rest}`, `${kept}${rest}`);
    // With a second link to the old file, the rename leaves no moment without a ledger.
    await link(file, kept).catch(() => copyFile(file, kept));
    await rename(part, file);
    return kept;
  } finally {
    lock?.close();
  }
}

/**
 * Lets the judge inspect both files, and writes into the copy what it returns. A copy of an older version is migrated
 * for it.
 */
async function prepare(part: string, there: Parameters<Judge>[0], judge?: Judge): Promise<void> {
  if (!judge) return;
  const copy = openRaw(part, { readonly: true });
  const write = await judge(there, readerOf(copy)).finally(() => copy.close());
  if (!write) return;
  const db = await openSqlite(part);
  await db.write(write).finally(() => db.close());
  verify(part, part);
}

/** The only connection to the file, with everything written into it; null if it is too damaged to be opened. */
function lockAlone(file: string): Database.Database | null {
  let db: Database.Database | undefined;
  try {
    db = openRaw(file);
    db.pragma("locking_mode = EXCLUSIVE");
    db.exec("begin exclusive; commit");
    db.pragma("wal_checkpoint(TRUNCATE)");
    db.pragma("journal_mode = DELETE");
    return db;
  } catch (error) {
    db?.close();
    if (isBusy(error))
      throw new AppError(
        "conflict",
        `A program has ${file} open. Stop GPU Ledger and its jobs, then restore. Nothing was changed.`,
        { cause: error },
      );
    if (/SQLITE_(CORRUPT|NOTADB)/.test(String((error as { code?: string }).code))) return null;
    throw fileError(error, file);
  }
}

function openRaw(file: string, options: Database.Options = {}): Database.Database {
  return new Database(file, { ...options, timeout: 0 });
}

async function removeAll(part: string): Promise<void> {
  // Migrating the copy created a backup beside it: the original backup exists anyway.
  const [folder, name] = [path.dirname(path.resolve(part)), `${path.basename(part)}.before-`];
  const left = (await readdir(folder).catch(() => [])).filter((other) => other.startsWith(name));
  for (const other of left) await rm(path.join(folder, other), { force: true });
  for (const rest of ["", "-wal", "-shm", "-journal"]) await rm(`${part}${rest}`, { force: true });
}
