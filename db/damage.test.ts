import { spawnSync } from "node:child_process";
import { chmodSync, closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openDb, sql } from "./client.ts";
import * as schema from "./schema/index.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-damage-"));
  file = path.join(folder, "ledger.db");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = () => openDb(`file:${file}`);
const isRoot = process.getuid?.() === 0;
const row = (i: number) => ({ name: `n${i}`, owner: "x".repeat(1000), untilAt: i });

async function filled(rows = 10) {
  const db = await open();
  const leases = Array.from({ length: rows }, (_, i) => row(i));
  await db.write((tx) => tx.insert(schema.leases, leases));
  await db.close();
}

test("a missing folder is created", async () => {
  file = path.join(folder, "deep", "er", "ledger.db");
  await (await open()).close();
});

test("a folder that cannot be created is reported, with what to do", async () => {
  writeFileSync(path.join(folder, "taken"), "");
  file = path.join(folder, "taken", "ledger.db");
  await expect(open()).rejects.toMatchObject({ name: "AppError", message: /cannot be written.*DATABASE_URL/ });
});

test("a file that is no database is refused, untouched", async () => {
  writeFileSync(file, "this is a text file, longer than a header of a database would be. ".repeat(20));
  await expect(open()).rejects.toMatchObject({ name: "AppError", message: /is damaged.*ledger restore/ });
});

test("a damaged page is reported as damage, not as an empty answer", async () => {
  await filled(500);
  const handle = openSync(file, "r+");
  for (let page = 20; page < 100; page++) writeSync(handle, Buffer.alloc(4096, 0xa5), 0, 4096, page * 4096);
  closeSync(handle);
  const read = async () => {
    const db = await open();
    try {
      return await db.all(sql`select sum(length(owner)) from leases`);
    } finally {
      await db.close();
    }
  };
  await expect(read()).rejects.toMatchObject({ name: "AppError", message: /is damaged.*ledger restore/ });
});

test.skipIf(isRoot)(
  "a read-only file is refused before anything is lost (needs to be another user than root, for whom there is the read-only disk)",
  async () => {
    await filled();
    chmodSync(file, 0o444);
    await expect(open()).rejects.toMatchObject({ name: "AppError", message: /cannot be written/ });
  },
);

/** Root may mount a small disk of memory; elsewhere these tests are skipped. */
function mountable(): boolean {
  if (!isRoot) return false;
  const probe = mkdtempSync(path.join(tmpdir(), "gpu-ledger-mount-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", probe]).status === 0;
  if (mounted) spawnSync("umount", [probe]);
  rmSync(probe, { recursive: true, force: true });
  return mounted;
}

describe.skipIf(!mountable())("on a small disk (needs the right to mount)", () => {
  beforeEach(() => {
    const disk = path.join(folder, "disk");
    mkdirSync(disk);
    expect(spawnSync("mount", ["-t", "tmpfs", "-o", "size=3m", "tmpfs", disk]).status).toBe(0);
    file = path.join(disk, "ledger.db");
  });
  afterEach(() => {
    spawnSync("umount", ["-l", path.join(folder, "disk")]);
  });

  test("a read-only disk is refused with what to do", async () => {
    await filled();
    spawnSync("mount", ["-o", "remount,ro", path.dirname(file)]);
    await expect(open()).rejects.toMatchObject({
      name: "AppError",
      message: /cannot be (opened or )?written.*[Cc]heck/,
    });
    spawnSync("mount", ["-o", "remount,rw", path.dirname(file)]);
    const db = await open();
    expect(await db.find(sql`select count(*) as n from leases`)).toEqual({ n: 10 });
    await db.close();
  });

  test("a full disk is reported, loses only the change that did not fit, and works again with space", async () => {
    await filled(100);
    const filler = path.join(path.dirname(file), "filler");
    writeFileSync(filler, Buffer.alloc(1_000_000));
    const db = await open();
    const large = Array.from({ length: 3000 }, (_, i) => row(1000 + i));
    await expect(db.write((tx) => tx.insert(schema.leases, large))).rejects.toMatchObject({
      name: "AppError",
      message: /disk of .* is full/,
    });
    expect(await db.find(sql`select count(*) as n from leases`)).toEqual({ n: 100 });
    rmSync(filler);
    await db.write((tx) => tx.insert(schema.leases, [row(1000)]));
    expect(await db.find(sql`select count(*) as n from leases`)).toEqual({ n: 101 });
    expect(await db.find(sql`pragma integrity_check`)).toEqual({ integrity_check: "ok" });
    await db.close();
  });
});
