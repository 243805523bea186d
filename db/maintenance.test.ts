import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Db, openDb, sql } from "./client.ts";
import { backup, restore, sqliteFileOf } from "./maintenance.ts";
import * as schema from "./schema/index.ts";

let folder: string;
let file: string;
let target: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-maintenance-"));
  file = path.join(folder, "ledger.db");
  target = path.join(folder, "backups", "monday.db");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const leases = (prefix: string, rows: number) =>
  Array.from({ length: rows }, (_, i) => ({ name: `${prefix}${i}`, owner: "x".repeat(500), untilAt: i }));
const add = (db: Db, prefix: string, rows = 1) => db.write((tx) => tx.insert(schema.leases, leases(prefix, rows)));

async function ledgerWith(prefix: string, rows = 1) {
  const db = await openDb(`file:${file}`);
  await add(db, prefix, rows);
  await db.close();
}

const namesIn = async () => {
  const db = await openDb(`file:${file}`);
  const rows = await db.all<{ name: string }>(sql`select name from leases order by name`);
  await db.close();
  return rows.map((row) => row.name);
};

describe("backup", () => {
  test("of a ledger in use is complete, of one instant, and sound", async () => {
    const db = await openDb(`file:${file}`);
    await add(db, "before", 5000);
    let writing = true;
    let written = 0;
    const writer = (async () => {
      while (writing) await add(db, `during${written++}-`, 10);
    })();
    const shares: number[] = [];
    const copy = await backup(file, target, (share) => shares.push(share));
    writing = false;
    await writer;
    await db.close();
    expect(copy).toMatchObject({ file: target, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(readFileSync(`${target}.sha256`, "utf8")).toBe(`${copy.sha256}  monday.db\n`);
    expect(shares.length).toBeGreaterThan(0);
    const read = new Database(target, { readonly: true });
    const rows = read.prepare("select count(*) from leases").pluck().get() as number;
    expect(rows).toBeGreaterThanOrEqual(5000);
    expect((rows - 5000) % 10).toBe(0);
    expect(read.pragma("integrity_check", { simple: true })).toBe("ok");
    read.close();
    expect(readdirSync(path.dirname(target)).sort()).toEqual(["monday.db", "monday.db.sha256"]);
  });

  test("never overwrites, and says what is missing", async () => {
    await expect(backup(file, target)).rejects.toMatchObject({ code: "not_found", message: /no ledger at/ });
    await ledgerWith("a");
    await backup(file, target);
    await expect(backup(file, target)).rejects.toMatchObject({ code: "conflict", message: /there already/ });
  });

  test("of a damaged ledger fails and leaves no copy", async () => {
    await ledgerWith("a", 2000);
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 20 * 4096, 60 * 4096);
    writeFileSync(file, bytes);
    await expect(backup(file, target)).rejects.toMatchObject({
      name: "AppError",
      message: new RegExp(`${file} is damaged`),
    });
    expect(readdirSync(path.dirname(target))).toEqual([]);
  });
});

describe("restore", () => {
  test("brings back what was backed up, and keeps what was there", async () => {
    await ledgerWith("old");
    await backup(file, target);
    await ledgerWith("new");
    expect(await namesIn()).toEqual(["new0", "old0"]);
    expect(await restore(target, file)).toEqual({ kept: `${file}.before-restore-1`, checksum: true });
    expect(await namesIn()).toEqual(["old0"]);
    expect(await restore(`${file}.before-restore-1`, file)).toEqual({
      kept: `${file}.before-restore-2`,
      checksum: false,
    });
    expect(await namesIn()).toEqual(["new0", "old0"]);
    expect(readdirSync(folder).filter((name) => /part|wal|shm/.test(name))).toEqual([]);
  });

  test("works on a machine that has no ledger yet", async () => {
    await ledgerWith("old");
    await backup(file, target);
    rmSync(file);
    expect(await restore(target, file)).toEqual({ kept: null, checksum: true });
    expect(await namesIn()).toEqual(["old0"]);
  });

  test("replaces a damaged ledger", async () => {
    await ledgerWith("old");
    await backup(file, target);
    writeFileSync(file, "no longer a database, but long enough to look like a file. ".repeat(50));
    expect(await restore(target, file)).toMatchObject({ kept: `${file}.before-restore-1` });
    expect(await namesIn()).toEqual(["old0"]);
  });

  test("is refused while this or another program has the ledger open", async () => {
    await ledgerWith("old");
    await backup(file, target);
    const db = await openDb(`file:${file}`);
    await expect(restore(target, file)).rejects.toMatchObject({ code: "conflict", message: /Stop GPU Ledger/ });
    await db.close();
    const child = spawn(process.execPath, [
      "--import",
      "./scripts/typescript.mjs",
      "db/testing-child.ts",
      file,
      "hang",
      "other",
    ]);
    const ended = once(child, "exit");
    while (!String((await once(child.stdout, "data"))[0]).includes("holding"));
    await expect(restore(target, file)).rejects.toMatchObject({ code: "conflict", message: /Nothing was changed/ });
    child.kill("SIGKILL");
    await ended;
    expect(await namesIn()).toEqual(["old0"]);
    expect(existsSync(`${file}.before-restore-1`)).toBe(false);
  });

  test("refuses a backup that changed, is damaged, is newer, or is something else", async () => {
    await ledgerWith("old", 2000);
    await backup(file, target);
    const changed = path.join(folder, "changed.db");
    copyFileSync(target, changed);
    writeFileSync(`${changed}.sha256`, `${"0".repeat(64)}  changed.db\n`);
    await expect(restore(changed, file)).rejects.toThrow(/differs from its \.sha256/);
    const bytes = readFileSync(target);
    bytes.fill(0xa5, 20 * 4096, 60 * 4096);
    const damaged = path.join(folder, "damaged.db");
    writeFileSync(damaged, bytes);
    await expect(restore(damaged, file)).rejects.toThrow(/Not restored: .*damaged\.db is damaged.*was not changed/s);
    const newer = new Database(target);
    newer.prepare("insert into schema_migrations values (99, '9999_future', 'x')").run();
    newer.close();
    rmSync(`${target}.sha256`);
    await expect(restore(target, file)).rejects.toMatchObject({ code: "conflict", message: /newer than this program/ });
    const text = path.join(folder, "notes.txt");
    writeFileSync(text, "just notes ".repeat(100));
    await expect(restore(text, file)).rejects.toThrow(/Not restored/);
    await expect(restore(path.join(folder, "none.db"), file)).rejects.toMatchObject({ code: "not_found" });
    expect(await namesIn()).toHaveLength(2000);
  });
});

test("PostgreSQL has its own tools", () => {
  expect(sqliteFileOf("file:./data/ledger.db", "backup")).toBe("./data/ledger.db");
  expect(() => sqliteFileOf("postgres://x/y", "backup")).toThrow(/pg_dump/);
  expect(() => sqliteFileOf("postgres://x/y", "restore")).toThrow(/pg_restore/);
});
