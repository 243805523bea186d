import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Db, sql } from "./client.ts";
import { leases } from "./schema/index.ts";
import { openSqlite } from "./sqlite.ts";
import { engines, isAbsent, sqliteFile, type TestDb } from "./testing.ts";

const BOUND = Number.MAX_SAFE_INTEGER;
const SUM = sql`select cast(sum(until_at) as bigint) as n from leases`;
const store = (db: Db, values: readonly number[]) =>
  db.write(async (tx) => {
    await tx.run(sql`delete from leases`);
    await tx.insert(
      leases,
      values.map((untilAt, i) => ({ name: `l${i}`, owner: "t", untilAt })),
    );
  });

describe.each(engines)("$name: an integer beyond what a number holds exactly", (engine) => {
  let opened: TestDb | null = null;
  beforeAll(async () => {
    if (!isAbsent(engine)) opened = await engine.open();
  });
  afterAll(() => opened?.drop());
  const it = test.skipIf(isAbsent(engine));
  const db = () => (opened as TestDb).db;

  it("is never read with other digits: the sum is exact, or an error states the limit", async () => {
    for (const [values, sum] of [
      [[BOUND - 1, 1], BOUND],
      [[-BOUND, BOUND, -BOUND], -BOUND],
      [[BOUND, BOUND, -BOUND], BOUND],
    ] as const) {
      await store(db(), values);
      expect(await db().find(SUM)).toEqual({ n: sum });
      expect(await db().all(SUM)).toEqual([{ n: sum }]);
    }
    for (const values of [
      [BOUND, 1],
      [BOUND, 2],
      [-BOUND, -1],
    ]) {
      await store(db(), values);
      for (const read of [() => db().find(SUM), () => db().all(SUM), () => db().write((tx) => tx.find(SUM))])
        await expect(read()).rejects.toThrow(/too large to be kept exactly/);
      // What reads it as text has every digit, and the store is as usable as before.
      expect(await db().find(sql`select cast(sum(until_at) as text) as n from leases`)).toEqual({
        n: String(values.reduce((sum, v) => sum + BigInt(v), 0n)),
      });
    }
  });

  it("is never stored, and nothing of its transaction is", async () => {
    await store(db(), [1]);
    for (const value of [BOUND + 1, -BOUND - 1, 1e300])
      for (const write of [
        () => store(db(), [2, value]),
        () => db().write((tx) => tx.run(sql`update leases set until_at = ${value}`)),
      ])
        await expect(write()).rejects.toThrow(/too large to be kept exactly/);
    expect(await db().find(SUM)).toEqual({ n: 1 });
  });
});

test("threads that read refuse it as well", async () => {
  const file = await sqliteFile();
  const threaded = await openSqlite(file.file, "threads");
  try {
    await store(file.db, [BOUND, 2]);
    await expect(threaded.find(SUM)).rejects.toThrow("9007199254740993 is too large to be kept exactly");
    await store(file.db, [BOUND - 2, 2]);
    expect(await threaded.find(SUM)).toEqual({ n: BOUND });
    expect(await threaded.find(sql`select sum(cast(until_at as double precision)) * 1e9 as n from leases`)).toEqual({
      n: BOUND * 1e9,
    });
  } finally {
    await threaded.close();
    await file.drop();
  }
});
