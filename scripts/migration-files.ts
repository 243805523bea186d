import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * A migration for SQLite with what drizzle-kit does not know: STRICT, and tables with a composite key without a row id,
 * which are smaller and faster; but not chunks, whose blobs would overflow the pages of such a table.
 */
export function strictTables(text: string): string {
  return text.replace(/(CREATE TABLE [\s\S]*?\n)\);/g, (_, body: string) => {
    const rowless = /\tPRIMARY KEY\(/.test(body) && !body.startsWith("CREATE TABLE `chunks`");
    return `${body}) STRICT${rowless ? ", WITHOUT ROWID" : ""};`;
  });
}

/** Rewrites the migrations of a folder as `strictTables` does; those that are done already stay as they are. */
export function makeStrict(folder: string): void {
  for (const name of readdirSync(folder).filter((file) => file.endsWith(".sql"))) {
    const file = path.join(folder, name);
    const text = readFileSync(file, "utf8");
    const strict = strictTables(text);
    if (strict !== text) writeFileSync(file, strict);
  }
}

/** Adds statements to the newest migration of a folder. */
export function addStatements(folder: string, statements: readonly string[]): void {
  const newest = readdirSync(folder)
    .filter((file) => file.endsWith(".sql"))
    .sort()
    .at(-1);
  if (!newest) throw new Error(`There is no migration in ${folder}.`);
  const file = path.join(folder, newest);
  const text = readFileSync(file, "utf8");
  // A custom migration of drizzle-kit holds only its own comment.
  const kept = /^\s*(--(?!>).*\s*)*$/.test(text) ? "" : `${text.trimEnd()}\n--> statement-breakpoint\n`;
  writeFileSync(file, `${kept}${statements.join("\n--> statement-breakpoint\n")}\n`);
}

/** Deletes all but the newest snapshot of a folder: drizzle-kit compares the schema with that one alone. */
export function keepNewestSnapshot(folder: string): void {
  for (const old of snapshots(folder).slice(0, -1)) rmSync(path.join(folder, "meta", old));
}

/** The snapshots of a folder, oldest first. */
export const snapshots = (folder: string): string[] =>
  readdirSync(path.join(folder, "meta"))
    .filter((file) => file.endsWith("_snapshot.json"))
    .sort();
