import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDb, sql } from "./client.ts";
import { openPostgres } from "./postgres.ts";
import * as schema from "./schema/index.ts";
import { isAbsent, postgresDatabase, postgresServer, type TestDb } from "./testing.ts";

describe.skipIf(isAbsent({ name: "postgres" }))("postgres server (needs PostgreSQL)", () => {
  let opened: TestDb;
  beforeAll(async () => {
    opened = (await postgresServer()) as TestDb;
  });
  afterAll(() => opened.drop());
  const lease = (name: string) => ({ name, owner: "t", untilAt: 0 });

  test("a connection that the server drops inside a transaction fails that write alone", async () => {
    const lost = opened.db.write(async (tx) => {
      await tx.insert(schema.leases, [lease("lost")]);
      const me = await tx.find<{ pid: number }>(sql`select pg_backend_pid() as pid`);
      await opened.db.all(sql`select pg_terminate_backend(${me?.pid}::int)`);
      // The error arrives while no statement is waiting for it.
      await new Promise((resolve) => setTimeout(resolve, 100));
      await tx.insert(schema.leases, [lease("lost too")]);
    });
    await expect(lost).rejects.toThrow();
    await opened.db.write((tx) => tx.insert(schema.leases, [lease("next")]));
    expect(await opened.db.all(sql`select name from leases`)).toEqual([{ name: "next" }]);
  });

  test("two programs that lock each other out both get through: the loser runs again", async () => {
    const other = await opened.again();
    await opened.db.write((tx) => tx.insert(schema.leases, [lease("a"), lease("b")]));
    let tries = 0;
    const both = Promise.withResolvers<void>();
    const cross = (db: typeof other, first: string, second: string) =>
      db.write(async (tx) => {
        await tx.run(sql`update leases set until_at = until_at + 1 where name = ${first}`);
        tries++;
        // Each has locked its first row before one of them asks for the other's.
        if (tries === 2) both.resolve();
        await both.promise;
        await tx.run(sql`update leases set until_at = until_at + 1 where name = ${second}`);
      });
    await Promise.all([cross(opened.db, "a", "b"), cross(other, "b", "a")]);
    expect(await opened.db.all(sql`select until_at as n from leases where name in ('a', 'b')`)).toEqual([
      { n: 2 },
      { n: 2 },
    ]);
    // Two, and the loser again; on a busy machine it may lose once more.
    expect(tries).toBeGreaterThan(2);
    await other.close();
  });

  test("two programs that start at once on an empty database make one schema", async () => {
    const database = await postgresDatabase("empty");
    const url = database?.url ?? "";
    const both = await Promise.all([openPostgres(url), openPostgres(url)]);
    for (const db of both) await db.write((tx) => tx.insert(schema.leases, [lease(randomUUID())]));
    expect(await both[0]?.all(sql`select name from leases`)).toHaveLength(2);
    for (const db of both) await db.close();
    await database?.drop();
  });
});

test("a server that does not exist is reported with its address and the setting", async () => {
  await expect(openDb("postgres://nobody:secret@127.0.0.1:1/none")).rejects.toMatchObject({
    name: "AppError",
    message: expect.stringMatching(/PostgreSQL at 127\.0\.0\.1:1 .*DATABASE_URL/),
  });
});
