import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { expect, test } from "vitest";
import { openDb } from "./client.ts";
import { readerOf } from "./sqlite.ts";
import { touchLedger } from "./touch.ts";

test("a ledger is ready, and not when its file is damaged", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-touch-"));
  const file = path.join(folder, "ledger.db");
  try {
    const db = await openDb(`file:${file}`);
    await touchLedger(db);
    await db.close();
    const handle = openSync(file, "r+");
    for (let at = 4096; at < statSync(file).size; at += 4096) writeSync(handle, Buffer.alloc(4096, 0xa5), 0, 4096, at);
    closeSync(handle);
    const damaged = new Database(file, { readonly: true });
    await expect(touchLedger(readerOf(damaged))).rejects.toMatchObject({ message: /is damaged.*ledger restore/ });
    damaged.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
