import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { performance } from "node:perf_hooks";
import Database from "better-sqlite3";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openDb, sql } from "./client.ts";
import * as schema from "./schema/index.ts";

let folder: string;
let file: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-processes-"));
  file = path.join(folder, "ledger.db");
});
afterEach(() => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

function start(act: "open" | "write" | "hold" | "hang", name: string) {
  const child = spawn(
    process.execPath,
    ["--import", "./scripts/typescript.mjs", "db/testing-child.ts", file, act, name],
    {
      stdio: ["pipe", "pipe", "inherit"],
    },
  );
  children.push(child);
  let printed = "";
  child.stdout.on("data", (chunk) => {
    printed += chunk;
  });
  const ended = once(child, "exit").then(([code]) => code as number | null);
  const said = async (word: string) => {
    while (!printed.includes(word)) {
      if (child.exitCode !== null) throw new Error(`ended before it said ${word}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  return { child, ended, said };
}

const count = (text: string) => {
  const db = new Database(file, { readonly: true });
  const n = db.prepare(text).pluck().get();
  db.close();
  return n;
};

test("two programs that start at once on no file make one database", async () => {
  const both = [start("open", "a"), start("open", "b")];
  expect(await Promise.all(both.map((p) => p.ended))).toEqual([0, 0]);
  expect(count("pragma integrity_check")).toBe("ok");
});

test("two programs that write at once both succeed", async () => {
  const both = [start("write", "a"), start("write", "b")];
  expect(await Promise.all(both.map((p) => p.ended))).toEqual([0, 0]);
  expect(count("select count(*) from leases")).toBe(100);
});

test("while another program holds the write lock, reads and requests go on; the write waits its turn", async () => {
  const db = await openDb(`file:${file}`);
  const other = start("hold", "other");
  await other.said("holding");
  const before = performance.eventLoopUtilization();
  let written = false;
  const write = db
    .write((tx) => tx.insert(schema.leases, [{ name: "mine", owner: "me", untilAt: 1 }]))
    .then(() => (written = true));
  for (let i = 0; i < 30; i++) {
    expect(await db.all(sql`select name from leases`)).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  // Idle most of the time, whatever else the machine does: one that stood still until it had the lock would be busy all along.
  expect(performance.eventLoopUtilization(before).utilization).toBeLessThan(0.8);
  expect(written).toBe(false);
  other.child.stdin.write("go on");
  await write;
  expect(await other.ended).toBe(0);
  expect(await db.find(sql`select count(*) as n from leases`)).toEqual({ n: 5001 });
  await db.close();
});

test("a program killed inside a transaction leaves nothing of it, and the file whole", async () => {
  const db = await openDb(`file:${file}`);
  await db.write((tx) => tx.insert(schema.leases, [{ name: "before", owner: "me", untilAt: 1 }]));
  await db.close();
  const other = start("hang", "other");
  await other.said("holding");
  other.child.kill("SIGKILL");
  await other.ended;
  const after = await openDb(`file:${file}`);
  expect(await after.all(sql`select name from leases`)).toEqual([{ name: "before" }]);
  await after.write((tx) => tx.insert(schema.leases, [{ name: "after", owner: "me", untilAt: 1 }]));
  await after.close();
  expect(count("pragma integrity_check")).toBe("ok");
  expect(count("select count(*) from leases")).toBe(2);
});
