import { monitorEventLoopDelay } from "node:perf_hooks";
import { afterEach, describe, expect, it } from "vitest";
import { type Db, sql } from "./client.ts";
import { openSqlite } from "./sqlite.ts";
import { sqliteFile, type TestDb } from "./testing.ts";

let store: (TestDb & { file: string }) | undefined;
let db: Db | undefined;
afterEach(async () => {
  await db?.close();
  await store?.drop();
});

async function open(): Promise<Db> {
  store = await sqliteFile();
  db = await openSqlite(store.file, "threads");
  return db;
}

const count = (n: number) =>
  sql`with recursive c(i) as (select 1 union all select i + 1 from c where i < ${n}) select sum(i) as total from c`;

describe("reading in threads", () => {
  it("answers as reading here does: rows, one row, none, bytes", async () => {
    const threads = await open();
    const bytes = Buffer.from([1, 2, 250]);
    await threads.write((tx) =>
      tx.run(sql`insert into chunks (start_at, series_key, count, step_seconds, bytes) values (0, 1, 1, 15, ${bytes})`),
    );
    const [row] = await threads.all<{ bytes: Uint8Array; count: number }>(sql`select bytes, count from chunks`);
    expect(Buffer.from(row?.bytes ?? []).equals(bytes)).toBe(true);
    expect(row?.count).toBe(1);
    expect(await threads.find(sql`select count as n from chunks where series_key = ${1}`)).toEqual({ n: 1 });
    expect(await threads.find(sql`select 1 from chunks where series_key = ${2}`)).toBeUndefined();
  });

  it("keeps the event loop free during a question of a second", async () => {
    const threads = await open();
    await threads.find(count(10));
    const everyMs = 5;
    const turns = monitorEventLoopDelay({ resolution: everyMs });
    turns.enable();
    const started = performance.now();
    const answers = await Promise.all([threads.find(count(3_000_000)), threads.find(count(3_000_000))]);
    turns.disable();
    expect(answers).toEqual([{ total: 4_500_001_500_000 }, { total: 4_500_001_500_000 }]);
    // How often it turned, of how often it could have: a loop that waits for the answers turns a few times, whatever the machine does.
    expect(turns.count).toBeGreaterThan((performance.now() - started) / everyMs / 10);
  });

  it("reports a wrong statement as a reader on this thread does, and continues", async () => {
    const threads = await open();
    await expect(threads.all(sql`select * from nothing_there`)).rejects.toThrow("no such table: nothing_there");
    expect(await threads.find(sql`select 1 as one`)).toEqual({ one: 1 });
  });

  it("answers what it was asked before it ends", async () => {
    const threads = await open();
    const asked = [threads.find(count(10)), threads.find(count(3_000_000)), threads.find(count(1000))];
    await threads.close();
    db = undefined;
    expect(await Promise.all(asked)).toEqual([55, 4_500_001_500_000, 500_500].map((total) => ({ total })));
  });
});
