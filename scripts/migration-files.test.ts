import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { listMigrations } from "@/db/migrate.ts";
import { addStatements, keepNewestSnapshot, makeStrict, snapshots } from "./migration-files.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-migrations-"));
  mkdirSync(path.join(folder, "meta"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const write = (name: string, text: string) => writeFileSync(path.join(folder, name), text);
const read = (name: string) => readFileSync(path.join(folder, name), "utf8");

test.each(["sqlite", "postgres"] as const)("%s has the snapshot of its newest migration and no other", (dialect) => {
  const newest = listMigrations(dialect).at(-1)?.name.slice(0, 4);
  expect(snapshots(`db/migrations/${dialect}`)).toEqual([`${newest}_snapshot.json`]);
});

test("older snapshots are deleted, the journal stays", () => {
  for (const name of ["0000_snapshot.json", "0002_snapshot.json", "0001_snapshot.json", "_journal.json"])
    write(`meta/${name}`, "{}");
  keepNewestSnapshot(folder);
  expect(readdirSync(path.join(folder, "meta")).sort()).toEqual(["0002_snapshot.json", "_journal.json"]);
});

test("tables become strict, those with a composite key without a row id, chunks with one; once", () => {
  const table = (name: string, key: string) => `CREATE TABLE \`${name}\` (\n\t\`a\` integer NOT NULL${key}\n)`;
  const composite = ",\n\tPRIMARY KEY(`a`, `b`)";
  write("0000_a.sql", ["days", "chunks"].map((name) => `${table(name, composite)};`).join("\n"));
  write("0001_b.sql", `${table("teams", "")};`);
  makeStrict(folder);
  makeStrict(folder);
  expect(read("0000_a.sql")).toBe(
    `${table("days", composite)} STRICT, WITHOUT ROWID;\n${table("chunks", composite)} STRICT;`,
  );
  expect(read("0001_b.sql")).toBe(`${table("teams", "")} STRICT;`);
});

test("statements are added to the newest migration; of a custom one they are all", () => {
  write("0000_a.sql", "one;");
  write("0001_b.sql", "two;\n");
  addStatements(folder, ["three;", "four;"]);
  expect(read("0000_a.sql")).toBe("one;");
  expect(read("0001_b.sql")).toBe("two;\n--> statement-breakpoint\nthree;\n--> statement-breakpoint\nfour;\n");
  write("0002_c.sql", "-- Custom SQL migration file, put your code below! --");
  addStatements(folder, ["five;"]);
  expect(read("0002_c.sql")).toBe("five;\n");
});
