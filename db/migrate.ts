import { createHash } from "node:crypto";
import { readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import type Database from "better-sqlite3";
import { AppError } from "@/lib/errors.ts";
import { whenFree } from "./queue.ts";

interface Migration {
  readonly name: string;
  readonly statements: readonly string[];
  readonly hash: string;
}

/** The migrations of a dialect in order, as drizzle-kit wrote them to db/migrations. */
export function listMigrations(dialect: "sqlite" | "postgres", root = process.cwd()): Migration[] {
  const folder = path.join(root, "db", "migrations", dialect);
  const journal = JSON.parse(readFileSync(path.join(folder, "meta", "_journal.json"), "utf8")) as {
    entries: { tag: string }[];
  };
  return journal.entries.map(({ tag }) => {
    const text = readFileSync(path.join(folder, `${tag}.sql`), "utf8");
    const statements = text
      .split("--> statement-breakpoint")
      .map((s) => s.trim())
      .filter(Boolean);
    return { name: tag, statements, hash: createHash("sha256").update(text).digest("hex") };
  });
}

/** Which of `known` are still to be applied. @throws AppError when the database is newer than this program, or differs from it. */
export function pending(known: readonly Migration[], applied: readonly { name: string; hash: string }[]): Migration[] {
  applied.forEach((row, i) => {
    const migration = known[i];
    if (!migration)
      throw new AppError(
        "conflict",
        `The database is newer than this program (it has migration ${row.name}). Start the newer version, or restore an older backup.`,
      );
    if (migration.name !== row.name || migration.hash !== row.hash)
      throw new AppError(
        "conflict",
        `The database was migrated by another build (${row.name} differs). Nothing was changed.`,
      );
  });
  return known.slice(applied.length);
}

export const LEDGER_OF_MIGRATIONS = `create table if not exists "schema_migrations" ("position" bigint primary key, "name" text not null, "hash" text not null)`;

/**
 * Brings a SQLite file up to date in one exclusive transaction, after a backup beside it when it holds anything.
 * @throws AppError `conflict` when the file is newer, of another build, or of another program.
 */
export async function migrateSqlite(db: Database.Database, file: string, root?: string): Promise<void> {
  const known = listMigrations("sqlite", root);
  const before = await whenFree(() => appliedTo(db, file));
  if (before && pending(known, before).length === 0) return;
  if (before && file !== ":memory:") await copyBeside(db, `${file}.before-${known.at(-1)?.name}.bak`);
  await whenFree(() => db.exec("begin exclusive"));
  try {
    db.exec(LEDGER_OF_MIGRATIONS);
    const applied = appliedTo(db, file) ?? [];
    pending(known, applied).forEach((migration, i) => {
      for (const statement of migration.statements) db.exec(statement);
      db.prepare("insert into schema_migrations (position, name, hash) values (?, ?, ?)").run(
        applied.length + i,
        migration.name,
        migration.hash,
      );
    });
    db.exec("commit");
  } catch (error) {
    if (db.inTransaction) db.exec("rollback");
    throw error;
  }
}

/** Migrations that a file has had, in order; null for an empty file. @throws AppError when it belongs to another program. */
export function appliedTo(db: Database.Database, file: string): { name: string; hash: string }[] | null {
  const tables = db.prepare("select name from sqlite_master where type = 'table'").pluck().all();
  if (tables.includes("schema_migrations"))
    return db.prepare("select name, hash from schema_migrations order by position").all() as {
      name: string;
      hash: string;
    }[];
  if (tables.length === 0) return null;
  throw new AppError("conflict", `${file} is a database of another program. Nothing was changed. Check DATABASE_URL.`);
}

/** A whole copy or none: two programs that start at once do not write into one another's. */
async function copyBeside(db: Database.Database, target: string): Promise<void> {
  const part = `${target}.${process.pid}.part`;
  try {
    await db.backup(part);
    renameSync(part, target);
  } finally {
    rmSync(part, { force: true });
  }
}
