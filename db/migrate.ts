import { createHash } from "node:crypto";
import { readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import type Database from "better-sqlite3";
import { AppError } from "@/lib/errors.ts";
import { whenFree } from "./queue.ts";
import { dropTrigger, triggersAfter } from "./triggers.ts";
import { headQuery, upgradeEntry } from "./upgrade-entry.ts";

type Dialect = "sqlite" | "postgres";
interface Applied {
  readonly name: string;
  readonly hash: string;
}
interface Migration extends Applied {
  readonly statements: readonly string[];
}

/** The migrations of a dialect in order, as `npm run db:generate` wrote them to db/migrations. */
export function listMigrations(dialect: Dialect, root = process.cwd()): Migration[] {
  const folder = path.join(root, "db", "migrations", dialect);
  const journal = JSON.parse(readFileSync(path.join(folder, "meta", "_journal.json"), "utf8")) as {
    entries: { tag: string }[];
  };
  return journal.entries.map(({ tag }) => migration(tag, readFileSync(path.join(folder, `${tag}.sql`), "utf8")));
}

/**
 * The migrations from before the first release, which are one now: a database that has had some of them is upgraded
 * through them.
 */
export function listEarlier(dialect: Dialect, root = process.cwd()): Migration[] {
  const text = readFileSync(path.join(root, "db", "migrations", "earlier", `${dialect}.sql`), "utf8");
  const [, ...parts] = text.split(/^--> migration (\S+)\n/m);
  const names = parts.filter((_, i) => i % 2 === 0);
  // Each text exactly as in its file, for its hash: here a line end follows it.
  return names.map((name, i) => migration(name, (parts[2 * i + 1] as string).slice(0, -1)));
}

function migration(name: string, text: string): Migration {
  const statements = text
    .split("--> statement-breakpoint")
    .map((s) => s.trim())
    .filter(Boolean);
  return { name, statements, hash: createHash("sha256").update(text).digest("hex") };
}

/**
 * The statements that bring a database with the migrations `applied` up to date, including its list of migrations; none
 * if it is up to date.
 * @throws AppError `conflict` when the database is newer than this program, or differs from it.
 */
export function upgrade(dialect: Dialect, applied: readonly Applied[], root?: string): string[] {
  const known = listMigrations(dialect, root);
  const [first] = known;
  const [oldest] = applied;
  const earlier = oldest && !isSame(oldest, first) ? listEarlier(dialect, root) : [];
  if (!first || !oldest || !isSame(oldest, earlier[0])) return statementsOf(pending(known, applied), applied.length);
  return [
    ...pending(earlier, applied).flatMap((m) => m.statements),
    ...[...triggersAfter(earlier.flatMap((m) => m.statements)).keys()].map((name) => dropTrigger(dialect, name)),
    ...[...triggersAfter(first.statements).values()].flat(),
    "delete from schema_migrations",
    ledgerEntry(first, 0),
    ...statementsOf(known.slice(1), 1),
  ];
}

const isSame = (applied: Applied, known: Migration | undefined) =>
  applied.name === known?.name && applied.hash === known.hash;

const statementsOf = (list: readonly Migration[], position: number) =>
  list.flatMap((m, i) => [...m.statements, ledgerEntry(m, position + i)]);

const ledgerEntry = ({ name, hash }: Applied, position: number) =>
  `insert into schema_migrations (position, name, hash) values (${position}, '${name}', '${hash}')`;

function pending(known: readonly Migration[], applied: readonly Applied[]): readonly Migration[] {
  applied.forEach((row, i) => {
    const own = known[i];
    if (!own)
      throw new AppError(
        "conflict",
        `The database is newer than this program (it has migration ${row.name}). Start the newer version, or restore an older backup.`,
      );
    if (!isSame(row, own))
      throw new AppError(
        "conflict",
        `The database was migrated by another build (${row.name} differs). Nothing was changed.`,
      );
  });
  return known.slice(applied.length);
}

export const LEDGER_OF_MIGRATIONS = `create table if not exists "schema_migrations" ("position" bigint primary key, "name" text not null, "hash" text not null)`;

/**
 * Migrates a SQLite file in one exclusive transaction, after a backup beside it if it has any data.
 * @throws AppError `conflict` when the file is newer, of another build, or of another program.
 */
export async function migrateSqlite(db: Database.Database, file: string, root?: string): Promise<void> {
  const before = await whenFree(() => appliedTo(db, file));
  if (before && upgrade("sqlite", before, root).length === 0) return;
  const newest = listMigrations("sqlite", root).at(-1)?.name;
  if (before && file !== ":memory:") await copyBeside(db, `${file}.before-${newest}.bak`);
  await whenFree(() => db.exec("begin exclusive"));
  try {
    db.exec(LEDGER_OF_MIGRATIONS);
    const applied = appliedTo(db, file) ?? [];
    const statements = upgrade("sqlite", applied, root);
    for (const statement of statements) db.exec(statement);
    const [had, has] = [applied.at(-1), listMigrations("sqlite", root).at(-1)];
    if (statements.length && had && has)
      for (const statement of upgradeEntry(db.prepare(headQuery("sqlite")).get() as never, had, has))
        db.exec(statement);
    db.exec("commit");
  } catch (error) {
    if (db.inTransaction) db.exec("rollback");
    throw error;
  }
}

/**
 * The migrations that a file has had, in order; null for an empty file. @throws AppError when it belongs to another
 * program.
 */
export function appliedTo(db: Database.Database, file: string): Applied[] | null {
  const tables = db.prepare("select name from sqlite_master where type = 'table'").pluck().all();
  if (tables.includes("schema_migrations"))
    return db.prepare("select name, hash from schema_migrations order by position").all() as Applied[];
  if (tables.length === 0) return null;
  throw new AppError("conflict", `${file} is a database of another program. Nothing was changed. Check DATABASE_URL.`);
}

/** Writes a complete copy or none: two programs that start at once do not write into each other's. */
async function copyBeside(db: Database.Database, target: string): Promise<void> {
  const part = `${target}.${process.pid}.part`;
  try {
    await db.backup(part);
    renameSync(part, target);
  } finally {
    rmSync(part, { force: true });
  }
}
