import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { PGlite, types } from "@electric-sql/pglite";
import pg from "pg";
import type { Db } from "./client.ts";
import { type Connection, openPool, openPostgres } from "./postgres.ts";
import { Queue } from "./queue.ts";
import { openSqlite } from "./sqlite.ts";

/** A fresh, migrated database for one test file; `drop` removes it. */
export interface TestDb {
  readonly db: Db;
  /** Another store over the same database, as a second start of the program opens it. */
  again(): Promise<Db>;
  drop(): Promise<void>;
}

export async function sqliteFile(): Promise<TestDb & { file: string }> {
  const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-"));
  const file = path.join(folder, "ledger.db");
  const db = await openSqlite(file);
  return {
    db,
    file,
    again: () => openSqlite(file),
    drop: async () => {
      await db.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Engines that no test uses just now: to start one takes seconds, to empty it a moment. */
const idle: PGlite[] = [];

export async function pglite(): Promise<TestDb> {
  const engine = idle.pop() ?? (await PGlite.create({ parsers: { [types.INT8]: Number } }));
  const connection: Connection = {
    query: async (text, params) => {
      const result = await engine.query(text, params);
      // PGlite hands bytea out as Uint8Array; the product expects Buffers, as both other engines give.
      for (const row of result.rows as Record<string, unknown>[])
        for (const [key, value] of Object.entries(row))
          if (value instanceof Uint8Array && !Buffer.isBuffer(value)) row[key] = Buffer.from(value);
      return { rows: result.rows, affected: result.affectedRows ?? 0 };
    },
  };
  // The engine is one session: a second store over it takes its turn, or its statements would join the first one's transaction.
  const session = new Queue();
  const open = () =>
    openPool({ ...connection, hold: (body) => session.run(() => body(connection)), end: async () => undefined });
  const db = await open();
  return {
    db,
    again: open,
    drop: async () => {
      await db.close();
      await engine.exec("rollback; drop schema public cascade; create schema public");
      idle.push(engine);
    },
  };
}

/** A database of its own on the server that TEST_POSTGRES_URL names; null when it is not set, which CI does not allow. */
export async function postgresServer(): Promise<TestDb | null> {
  const url = process.env.TEST_POSTGRES_URL;
  if (!url && process.env.CI) throw new Error("TEST_POSTGRES_URL is not set: run the tests through `npm test`");
  if (!url) return null;
  const name = `gpu_ledger_${randomUUID().replaceAll("-", "")}`;
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`create database ${name}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  const db = await openPostgres(own.toString());
  return {
    db,
    again: () => openPostgres(own.toString()),
    drop: async () => {
      await db.close();
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}

/** True for the engine that this machine lacks: its tests are skipped by name (never in CI). */
export const isAbsent = (engine: { name: string }): boolean =>
  engine.name === "postgres" && !process.env.TEST_POSTGRES_URL && !process.env.CI;

/** Each engine a store test must pass on: SQLite and PGlite always, a real PostgreSQL where one is given (always in CI). */
export const engines: readonly { name: string; open: () => Promise<TestDb | null> }[] = [
  { name: "sqlite", open: sqliteFile },
  { name: "pglite", open: pglite },
  { name: "postgres", open: postgresServer },
];
