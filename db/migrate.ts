import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import type Database from "better-sqlite3";
import { AppError } from "@/lib/errors";

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

/** Brings a SQLite file up to date in one exclusive transaction, after a backup beside it when it holds anything. */
export async function migrateSqlite(db: Database.Database, file: string, root?: string): Promise<void> {
  const known = listMigrations("sqlite", root);
  const had = db.prepare("select count(*) as n from sqlite_master where name = 'schema_migrations'").get() as {
    n: number;
  };
  const applied = () =>
    db.prepare("select name, hash from schema_migrations order by position").all() as { name: string; hash: string }[];
  if (had.n && pending(known, applied()).length === 0) return;
  if (had.n && file !== ":memory:") await db.backup(`${file}.before-${known.at(-1)?.name}.bak`);
  const deadline = performance.now() + 30_000;
  for (;;) {
    try {
      db.exec("begin exclusive");
      break;
    } catch (error) {
      if (performance.now() > deadline || !String((error as { code?: string }).code).startsWith("SQLITE_BUSY"))
        throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  try {
    db.exec(LEDGER_OF_MIGRATIONS);
    const before = applied();
    pending(known, before).forEach((migration, i) => {
      for (const statement of migration.statements) db.exec(statement);
      db.prepare("insert into schema_migrations (position, name, hash) values (?, ?, ?)").run(
        before.length + i,
        migration.name,
        migration.hash,
      );
    });
    db.exec("commit");
  } catch (error) {
    db.exec("rollback");
    throw error;
  }
}
