import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { ctxOf, seedInventory } from "@/lib/charges/testing-ledger.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { listActs } from "./audit-store.ts";
import { findProjectKeys, listGrantNames } from "./grant-names-load.ts";
import { listNames } from "./user-store.ts";
import { addUser, changeNames } from "./users.ts";

describe.each(engines)("people on $name", (engine) => {
  let store: TestDb | null;
  let ctx: Ctx;
  const test = it.skipIf(isAbsent(engine));
  beforeAll(async () => {
    store = await engine.open();
    if (store) ctx = ctxOf(store.db);
  });
  afterAll(() => store?.drop());

  test("have names that are nobody else's, no matter who claims them, and at the same moment too", async () => {
    const ada = await addUser(ctx, { email: "names@a.example", grants: [{ role: "engineer" }] });
    const namesOf = (key: number) => listNames(ctx.db, key);
    expect(await namesOf(ada.key)).toEqual(["names", "names@a.example"]);
    // The usual name is taken: the second person gets the rest.
    const bea = await addUser(ctx, { email: "names@b.example", grants: [{ role: "engineer" }] });
    expect(await namesOf(bea.key)).toEqual(["names@b.example"]);
    const taken = {
      code: "conflict",
      fields: {
        submitters: '"names" belongs to names@a.example. A name belongs to one person: remove it there first.',
      },
    };
    await expect(changeNames(ctx, bea.key, ["names", "bea"])).rejects.toMatchObject(taken);
    const third = { email: "names@c.example", grants: [{ role: "engineer" as const }], submitters: ["names"] };
    await expect(addUser(ctx, third)).rejects.toMatchObject(taken);
    expect([await namesOf(bea.key), (await listActs(ctx.db, 10, `user/${bea.key}`)).length]).toEqual([
      ["names@b.example"],
      1,
    ]);
    await changeNames(ctx, ada.key, ["names@a.example"]);
    await changeNames(ctx, bea.key, ["names", "names"]);
    expect(await namesOf(bea.key)).toEqual(["names"]);
    // Another process does the same at the same time: one of them has the name.
    const other = await (store as TestDb).again();
    const said = await Promise.allSettled([
      changeNames(ctx, ada.key, ["at once"]),
      changeNames({ ...ctx, db: other }, bea.key, ["at once"]),
    ]);
    await other.close();
    expect(said.map((s) => s.status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(said.find((s) => s.status === "rejected")).toMatchObject({ reason: { code: "conflict" } });
    const holders = (await Promise.all([ada.key, bea.key].map(namesOf))).filter((list) => list.includes("at once"));
    expect(holders).toHaveLength(1);
    await expect(
      ctx.db.write((tx) =>
        tx.run(sql`insert into user_names (user_key, name) values (${ada.key}, 'at once'), (${bea.key}, 'at once')`),
      ),
    ).rejects.toThrow();
  });

  test("choose projects by cluster and name, and by ids where names are the same", async () => {
    await seedInventory(ctx.db);
    expect(await projectsByName()).toEqual([
      [2, "east / speech"],
      [1, "east / vision"],
    ]);
    // A second project of the name, and one whose cluster is not known.
    await ctx.db.write(async (tx) => {
      const copy = (key: number, cluster: string, id: string) =>
        tx.run(sql`insert into projects select ${key}, ${cluster}, ${id}, name, department_id, department_name, namespace,
          quota, last_seen_at from projects where key = 2`);
      await copy(3, "c1", "p-3");
      await copy(4, "c9", "p-4");
    });
    expect(await projectsByName()).toEqual([
      [4, "c9 / speech"],
      [2, "east / speech (c1/p-2)"],
      [3, "east / speech (c1/p-3)"],
      [1, "east / vision"],
    ]);
    expect(await findProjectKeys(ctx.db, ["c1/p-3", "east / vision", "east/vision", "c9/speech"])).toEqual([
      3, 1, 1, 4,
    ]);
    await expect(findProjectKeys(ctx.db, ["east/speech"])).rejects.toMatchObject({
      ...{ code: "conflict", message: 'Several projects are called "east/speech". Give one of: c1/p-2, c1/p-3.' },
    });
    await expect(findProjectKeys(ctx.db, ["west/speech"])).rejects.toMatchObject({ code: "not_found" });
  });

  const projectsByName = async () => [...(await listGrantNames(ctx.db)).projects];
});
