import { SQLiteSyncDialect } from "drizzle-orm/sqlite-core";
import { describe, expect, expectTypeOf, test } from "vitest";
import { sql } from "./client.ts";
import { columnsOf, selecting } from "./columns-of.ts";
import { inList } from "./in-list.ts";
import { findings, leases, shares, teams } from "./schema/index.ts";
import type { Reader } from "./store.ts";
import { engines, isAbsent } from "./testing.ts";

const text = (query: Parameters<SQLiteSyncDialect["sqlToQuery"]>[0]) => new SQLiteSyncDialect().sqlToQuery(query).sql;

test("columns are selected under the names of the schema", () => {
  expect(text(columnsOf(leases))).toBe('name, owner, until_at as "untilAt"');
  expect(text(columnsOf(shares, ["costClass", "day"], "s"))).toBe('s.cost_class as "costClass", s.day');
  expect(text(columnsOf(leases, { name: "name", until: "untilAt" }))).toBe('name, until_at as "until"');
});

describe.each(engines)("$name", (engine) => {
  test.skipIf(isAbsent(engine))("rows have the type of what is selected", async () => {
    const opened = await engine.open();
    if (!opened) return;
    const { db } = opened;
    await db.write((tx) => tx.insert(leases, [{ name: "sync", owner: "a", untilAt: 7 }]));
    const whole = await db.all(sql`select ${columnsOf(leases)} from ${leases} where name = ${"sync"}`);
    expectTypeOf(whole).toEqualTypeOf<(typeof leases.$inferSelect)[]>();
    expect(whole).toEqual([{ name: "sync", owner: "a", untilAt: 7 }]);
    const part = await db.find(
      sql`select ${columnsOf(leases, ["untilAt"], "l")}, ${columnsOf(teams, ["name"], "t")},
        ${selecting<{ n: number }>(sql`cast(count(*) as bigint) as n`)}
        from ${leases} l join ${teams} t on t.key = 1 group by l.until_at, t.name`,
    );
    expectTypeOf<NonNullable<typeof part>>().toMatchObjectType<{ untilAt: number; name: string; n: number }>();
    // @ts-expect-error: the owner is not selected
    expect(part?.owner).toBeUndefined();
    expect(part).toEqual({ untilAt: 7, name: "Platform", n: 1 });
    await opened.drop();
  });

  test.skipIf(isAbsent(engine))(
    "a list matches its values, texts and numbers, and none where it is empty",
    async () => {
      const opened = await engine.open();
      if (!opened) return;
      const { db } = opened;
      const named = (names: readonly string[]) =>
        db.all(sql`select key from ${teams} where name in ${inList(names)} order by key`);
      expect(await named(["Platform", "Unassigned", "x'); --"])).toEqual([{ key: 1 }, { key: 2 }]);
      expect(await db.all(sql`select key from ${teams} where key in ${inList(new Set([2, 9]))}`)).toEqual([{ key: 2 }]);
      expect(await named([])).toEqual([]);
      expect(await db.all(sql`select key from ${teams} where key in ${inList([])}`)).toEqual([]);
      await opened.drop();
    },
  );
});

test("a type argument narrows texts, and asks for no column that is not selected", () => {
  type Kind = "a" | "b";
  const db = null as unknown as Reader;
  const query = sql`select ${columnsOf(findings, ["kind", "subject"])} from ${findings}`;
  const narrow = () => db.all<{ kind: Kind; subject: string }>(query);
  expectTypeOf(narrow).returns.resolves.toEqualTypeOf<{ kind: Kind; subject: string }[]>();
  // @ts-expect-error: the cluster is not selected
  const more = () => db.all<{ kind: Kind; clusterId: string }>(query);
  // @ts-expect-error: a text is no number
  const other = () => db.all<{ kind: number }>(query);
  expect([narrow, more, other]).toHaveLength(3);
});
