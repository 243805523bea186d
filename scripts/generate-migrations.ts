import { execFileSync } from "node:child_process";
import { listMigrations } from "@/db/migrate.ts";
import { triggerChanges } from "@/db/triggers.ts";
import { addStatements, keepNewestSnapshot, makeStrict } from "./migration-files.ts";

/** `npm run db:generate -- <name>`: writes the next migration of both databases from db/schema and db/triggers.ts. */
const name = process.argv[2];
if (!name || !/^[a-z0-9-]+$/.test(name)) {
  console.error("usage: npm run db:generate -- <name-in-kebab-case>");
  process.exit(2);
}

function generate(dialect: "sqlite" | "postgres", ...options: string[]): void {
  execFileSync("npx", ["drizzle-kit", "generate", "--name", name as string, ...options], {
    stdio: "inherit",
    env: { ...process.env, DRIZZLE_DIALECT: dialect === "sqlite" ? "sqlite" : "postgresql" },
  });
}

for (const dialect of ["sqlite", "postgres"] as const) {
  const folder = `db/migrations/${dialect}`;
  const before = listMigrations(dialect).length;
  generate(dialect);
  if (dialect === "sqlite") makeStrict(folder);
  const changes = triggerChanges(
    dialect,
    listMigrations(dialect).flatMap((migration) => migration.statements),
  );
  if (changes.length) {
    if (listMigrations(dialect).length === before) generate(dialect, "--custom");
    addStatements(folder, changes);
  }
  keepNewestSnapshot(folder);
}
