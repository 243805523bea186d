import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** `npm run db:generate -- <name>`: writes the next migration of both databases from db/schema. */
const name = process.argv[2];
if (!name || !/^[a-z0-9-]+$/.test(name)) {
  console.error("usage: npm run db:generate -- <name-in-kebab-case>");
  process.exit(2);
}
for (const dialect of ["sqlite", "postgresql"])
  execFileSync("npx", ["drizzle-kit", "generate", "--name", name], {
    stdio: "inherit",
    env: { ...process.env, DRIZZLE_DIALECT: dialect },
  });

// drizzle-kit does not know STRICT, and tables with a composite key are smaller and faster without a row id;
// but not chunks, whose blobs would overflow the pages of such a table.
const folder = "db/migrations/sqlite";
for (const file of readdirSync(folder).filter((f) => f.endsWith(".sql"))) {
  const target = path.join(folder, file);
  const text = readFileSync(target, "utf8");
  const strict = text.replace(/(CREATE TABLE [\s\S]*?\n)\);/g, (_, body: string) => {
    const rowless = /\tPRIMARY KEY\(/.test(body) && !body.startsWith("CREATE TABLE `chunks`");
    return `${body}) STRICT${rowless ? ", WITHOUT ROWID" : ""};`;
  });
  if (strict !== text) writeFileSync(target, strict);
}
