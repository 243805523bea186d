import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { check } from "./check.ts";
import { openDb, sql } from "./client.ts";
import { openToRead } from "./read-only.ts";
import * as schema from "./schema/index.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-look-"));
  file = path.join(folder, "ledger.db");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const contents = () =>
  readdirSync(folder)
    .sort()
    .map(
      (name) =>
        `${name} ${createHash("sha256")
          .update(readFileSync(path.join(folder, name)))
          .digest("hex")}`,
    );

test("a ledger of an earlier version is looked at in a copy, and stays to the byte what it was", async () => {
  writeFileSync(file, gunzipSync(readFileSync(path.join(import.meta.dirname, "upgrade", "month", "ledger.db.gz"))));
  const before = contents();
  const { db, isCopy } = await openToRead(`file:${file}`);
  expect(isCopy).toBe(true);
  expect((await check(db, "Europe/Berlin")).faults).toEqual([]);
  await expect(db.write(async () => undefined)).rejects.toThrow("opened to be read");
  await db.close();
  expect(contents()).toEqual(before);
});

test("the copy is of one instant, though somebody writes meanwhile", async () => {
  writeFileSync(file, gunzipSync(readFileSync(path.join(import.meta.dirname, "upgrade", "month", "ledger.db.gz"))));
  const writer = new Database(file);
  writer.pragma("journal_mode = WAL");
  const write = writer.transaction((at: number) => {
    const lease = writer.prepare("insert or replace into leases (name, owner, until_at) values (?, 'o', ?)");
    lease.run("a", at);
    lease.run("b", at);
  });
  let written = 1;
  write(written);
  const writing = setInterval(() => write(++written), 0);
  const { db, isCopy } = await openToRead(`file:${file}`).finally(() => clearInterval(writing));
  const rows = await db.all<{ at: number }>(sql`select until_at as "at" from leases where name in ('a', 'b')`);
  expect(isCopy).toBe(true);
  expect(written).toBeGreaterThan(1);
  expect([rows.length, new Set(rows.map(({ at }) => at)).size]).toEqual([2, 1]);
  expect(rows[0]?.at).toBeGreaterThan(0);
  await db.close();
  writer.close();
});

test("one of this version is looked at where it is, with what is only in its -wal", async () => {
  const writer = await openDb(`file:${file}`);
  await writer.write((tx) => tx.insert(schema.leases, [{ name: "a", owner: "b", untilAt: 1 }]));
  const { db, isCopy } = await openToRead(`file:${file}`);
  expect([isCopy, await db.all(sql`select name from leases`)]).toEqual([false, [{ name: "a" }]]);
  await expect(db.write(async () => undefined)).rejects.toThrow("opened to be read");
  await db.close();
  await writer.close();
});

test("one that is not there is not created", async () => {
  await expect(openToRead(`file:${file}`)).rejects.toMatchObject({ code: "not_found", message: /There is no ledger/ });
  expect(readdirSync(folder)).toEqual([]);
});

test("another program's database is refused", async () => {
  writeFileSync(file, "this is a text file, longer than a header of a database would be. ".repeat(20));
  await expect(openToRead(`file:${file}`)).rejects.toThrow(/is not a database|damaged/);
});
