import type { SQL } from "drizzle-orm";
import { PgDialect } from "drizzle-orm/pg-core";
import type { SQLiteTable } from "drizzle-orm/sqlite-core";
import pg from "pg";
import { AppError, errorText } from "@/lib/errors.ts";
import { exactInteger, needExact } from "./exact.ts";
import { LEDGER_OF_MIGRATIONS, listMigrations, upgrade } from "./migrate.ts";
import { Queue } from "./queue.ts";
import { oneOfEach, planInsert } from "./rows.ts";
import type { Conflict, Db, Reader, Tx } from "./store.ts";
import { headQuery, upgradeEntry } from "./upgrade-entry.ts";

const dialect = new PgDialect();
const INT8 = 20;
const MAX_PARAMETERS = 60_000;
/** Serialization failure and deadlock: the whole transaction runs again. */
const TRY_AGAIN = new Set(["40001", "40P01"]);
const MIGRATION_LOCK = 7_241_936;

/** What a connection must offer; node-postgres and PGlite both do. */
export interface Connection {
  query(text: string, params?: unknown[]): Promise<{ rows: unknown[]; affected: number }>;
}
export interface Pool extends Connection {
  /** One connection for the duration of `body`. */
  hold<T>(body: (connection: Connection) => Promise<T>): Promise<T>;
  end(): Promise<void>;
}

/** @throws AppError when the server cannot be reached or refuses the login. */
export async function openPostgres(url: string, mayUpgrade = true): Promise<Db> {
  const types = new pg.TypeOverrides();
  types.setTypeParser(INT8, exactInteger);
  const pool = new pg.Pool({ connectionString: url, max: 8, types, connectionTimeoutMillis: 10_000 });
  // An idle connection that the server drops must not end the process; the next query reports it.
  pool.on("error", () => undefined);
  const wrap = (client: { query: (text: string, params?: unknown[]) => Promise<pg.QueryResult> }): Connection => ({
    query: async (text, params) => {
      const result = await client.query(text, params);
      return { rows: result.rows, affected: result.rowCount ?? 0 };
    },
  });
  const hold = async <T>(body: (connection: Connection) => Promise<T>): Promise<T> => {
    const client = await pool.connect();
    let lost: Error | undefined;
    // The same while it is in use: without a listener a dropped connection would end the process.
    const onError = (error: Error) => {
      lost = error;
    };
    client.on("error", onError);
    try {
      return await body(wrap(client));
    } finally {
      client.off("error", onError);
      client.release(lost);
    }
  };
  try {
    return await openPool({ ...wrap(pool), hold, end: () => pool.end() }, mayUpgrade);
  } catch (error) {
    await pool.end();
    if (error instanceof AppError) throw error;
    throw new AppError(
      "internal",
      `PostgreSQL at ${new URL(url).host} could not be used: ${errorText(error)}. Check DATABASE_URL.`,
      { cause: error },
    );
  }
}

/** Opens and, unless it may not, migrates a store over any pool that speaks the protocol of PostgreSQL. */
export async function openPool(pool: Pool, mayUpgrade = true): Promise<Db> {
  await pool.hold((connection) => migrate(connection, mayUpgrade));
  return new PostgresDb(pool);
}

async function migrate(connection: Connection, mayUpgrade: boolean): Promise<void> {
  await connection.query("begin");
  try {
    await connection.query(`select pg_advisory_xact_lock(${MIGRATION_LOCK})`);
    await connection.query(LEDGER_OF_MIGRATIONS);
    const { rows } = await connection.query('select "name", "hash" from "schema_migrations" order by "position"');
    const applied = rows as { name: string; hash: string }[];
    const statements = upgrade("postgres", applied);
    if (statements.length && !mayUpgrade)
      throw new AppError(
        "conflict",
        "This ledger is of an earlier version, and was not changed. Look at it with that version, or start this one: it upgrades it.",
      );
    for (const statement of statements) await connection.query(statement);
    const [had, has] = [applied.at(-1), listMigrations("postgres").at(-1)];
    if (statements.length && had && has) {
      const { rows: heads } = await connection.query(headQuery("postgres"));
      for (const statement of upgradeEntry(heads[0] as never, had, has)) await connection.query(statement);
    }
    await connection.query("commit");
  } catch (error) {
    await connection.query("rollback");
    throw error;
  }
}

class PostgresReader implements Reader {
  protected readonly connection: Connection;
  constructor(connection: Connection) {
    this.connection = connection;
  }
  async all<T>(query: SQL): Promise<T[]> {
    const { sql, params } = dialect.sqlToQuery(query);
    return (await this.connection.query(sql, params)).rows as T[];
  }
  async find<T>(query: SQL): Promise<T | undefined> {
    return (await this.all<T>(query))[0];
  }
}

class PostgresTx extends PostgresReader implements Tx {
  async run(query: SQL): Promise<number> {
    const { sql, params } = dialect.sqlToQuery(query);
    needExact(params);
    return (await this.connection.query(sql, params)).affected;
  }
  async insert<T extends SQLiteTable>(
    table: T,
    rows: readonly T["$inferInsert"][],
    conflict?: Conflict,
  ): Promise<void> {
    if (!rows.length) return;
    const plan = planInsert(table, rows, conflict);
    const { keys, head, tail } = plan;
    const distinct = oneOfEach(rows as readonly Record<string, unknown>[], plan);
    const most = Math.max(1, Math.floor(MAX_PARAMETERS / keys.length));
    for (let at = 0; at < distinct.length; at += most) {
      const part = distinct.slice(at, at + most);
      let n = 0;
      const values = part.map(() => `(${keys.map(() => `$${++n}`).join(", ")})`).join(", ");
      const given = part.flatMap((row) => keys.map((key) => row[key] ?? null));
      needExact(given);
      await this.connection.query(head + values + tail, given);
    }
  }
}

/**
 * A connection runs one query at a time: concurrent ones wait for each other, and so does the end of the transaction.
 */
function inTurn(connection: Connection): Connection {
  const queue = new Queue();
  return { query: (text, params) => queue.run(() => connection.query(text, params)) };
}

class PostgresDb extends PostgresReader implements Db {
  readonly dialect = "postgres";
  readonly #queue = new Queue();
  readonly #pool: Pool;
  constructor(pool: Pool) {
    super(pool);
    this.#pool = pool;
  }
  write<T>(body: (tx: Tx) => Promise<T>): Promise<T> {
    return this.#queue.run(async () => {
      for (let attempt = 0; ; attempt++) {
        try {
          return await this.#pool.hold((connection) => this.#transaction(connection, body));
        } catch (error) {
          if (attempt >= 5 || !TRY_AGAIN.has(String((error as { code?: string }).code))) throw error;
        }
      }
    });
  }
  async #transaction<T>(held: Connection, body: (tx: Tx) => Promise<T>): Promise<T> {
    const connection = inTurn(held);
    await connection.query("begin");
    try {
      const result = await body(new PostgresTx(connection));
      await connection.query("commit");
      return result;
    } catch (error) {
      // On a lost connection there is nothing to roll back: the server has done it.
      await connection.query("rollback").catch(() => undefined);
      throw error;
    }
  }
  async close(): Promise<void> {
    await this.#queue.run(() => this.#pool.end());
  }
}
