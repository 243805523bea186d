import { createHash, randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import type { Db } from "./client.ts";
import { exactInteger } from "./exact.ts";
import { listMigrations } from "./migrate.ts";
import { type Connection, openPool, openPostgres } from "./postgres.ts";
import { Queue } from "./queue.ts";
import { openSqlite } from "./sqlite.ts";

/** A fresh, migrated database for one test file; `drop` removes it. */
export interface TestDb {
  readonly db: Db;
  /** Another store over the same database, as a second process opens it. */
  again(): Promise<Db>;
  drop(): Promise<void>;
}

/** A migrated file, created once for each process and copied for each test. */
let template: Promise<Buffer> | undefined;

async function migratedFile(): Promise<Buffer> {
  const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-"));
  try {
    const file = path.join(folder, "template.db");
    await (await openSqlite(file)).close();
    return readFileSync(file);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export async function sqliteFile(): Promise<TestDb & { file: string }> {
  template ??= migratedFile();
  const migrated = await template;
  const folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-"));
  const file = path.join(folder, "ledger.db");
  writeFileSync(file, migrated);
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

/** Engines that no test uses at present: starting one takes seconds, emptying it a moment. */
const idle: PGlite[] = [];

async function startPglite(): Promise<PGlite> {
  const { PGlite: Engine, types } = await import("@electric-sql/pglite");
  return Engine.create({ parsers: { [types.INT8]: exactInteger } });
}

export async function pglite(): Promise<TestDb> {
  const engine = idle.pop() ?? (await startPglite());
  const connection: Connection = {
    query: async (text, params) => {
      const result = await engine.query(text, params);
      // PGlite returns bytea as Uint8Array; the product expects Buffers, as both other engines return.
      for (const row of result.rows as Record<string, unknown>[])
        for (const [key, value] of Object.entries(row))
          if (value instanceof Uint8Array && !Buffer.isBuffer(value)) row[key] = Buffer.from(value);
      return { rows: result.rows, affected: result.affectedRows ?? 0 };
    },
  };
  // The engine is one session: a second store over it takes its turn, or its statements would join the transaction of
  // the first.
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

/** Two numbers of our own, for a lock: the process that creates the template holds it, the others wait. */
const TEMPLATE_LOCK = "7241936, 1";

/**
 * The name of a migrated database to copy: created by the first caller, for all processes that test against the server,
 * and again when the migrations change.
 */
async function postgresTemplate(admin: pg.Client, url: string): Promise<string> {
  const hashes = listMigrations("postgres").map((m) => m.hash);
  const name = `gpu_ledger_template_${createHash("sha256").update(hashes.join()).digest("hex").slice(0, 16)}`;
  await admin.query(`select pg_advisory_lock(${TEMPLATE_LOCK})`);
  try {
    const { rowCount } = await admin.query("select from pg_database where datname = $1", [name]);
    if (rowCount) return name;
    // Under another name until it is complete.
    const part = `${name}_part`;
    await admin.query(`drop database if exists ${part} with (force)`);
    await admin.query(`create database ${part}`);
    await (await openPostgres(inDatabase(url, part))).close();
    await admin.query(`alter database ${part} rename to ${name}`);
    return name;
  } finally {
    await admin.query(`select pg_advisory_unlock(${TEMPLATE_LOCK})`);
  }
}

function inDatabase(url: string, name: string): string {
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.toString();
}

/**
 * A database on the server that TEST_POSTGRES_URL names, empty or a copy of the migrated template; null if it is not
 * set, which CI does not allow.
 */
export async function postgresDatabase(
  kind: "empty" | "migrated",
): Promise<{ readonly url: string; drop(): Promise<void> } | null> {
  const url = process.env.TEST_POSTGRES_URL;
  if (!url && process.env.CI) throw new Error("TEST_POSTGRES_URL is not set: run the tests through `npm test`");
  if (!url) return null;
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  const name = `gpu_ledger_${randomUUID().replaceAll("-", "")}`;
  const template = kind === "empty" ? "template1" : await postgresTemplate(admin, url);
  await admin.query(`create database ${name} template ${template}`);
  return {
    url: inDatabase(url, name),
    drop: async () => {
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}

export async function postgresServer(): Promise<TestDb | null> {
  const database = await postgresDatabase("migrated");
  if (!database) return null;
  const db = await openPostgres(database.url);
  return {
    db,
    again: () => openPostgres(database.url),
    drop: async () => {
      await db.close();
      await database.drop();
    },
  };
}

/**
 * True for an engine whose tests are skipped by name: a real PostgreSQL where it is not installed (never in CI), and PGlite,
 * which is ten times slower, where there is one. FULL=1 runs them all.
 */
export function isAbsent({ name }: { name: string }): boolean {
  const real = Boolean(process.env.TEST_POSTGRES_URL || process.env.CI);
  return (name === "postgres" && !real) || (name === "pglite" && real && process.env.FULL !== "1");
}

const engine = (name: string, open: () => Promise<TestDb | null>) => ({
  name,
  open: async () => (isAbsent({ name }) ? null : open()),
});

/** Each engine a store test must pass on; `open` gives null for one that is absent. */
export const engines: readonly { name: string; open: () => Promise<TestDb | null> }[] = [
  engine("sqlite", sqliteFile),
  engine("pglite", pglite),
  engine("postgres", postgresServer),
];
