import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { type Ctx, localViewer, type Viewer } from "@/lib/ctx.ts";
import { silentLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { listViews, queryOf, removeView, saveView } from "./saved-views.ts";

describe.each(engines)("saved views on $name", (engine) => {
  let store: TestDb;
  beforeAll(async () => {
    if (!isAbsent(engine)) store = (await engine.open()) as TestDb;
  });
  afterAll(() => store?.drop());
  const as = (userKey: number, more: Partial<Viewer> = {}): Ctx => ({
    ...{ db: store.db, now: () => 1_790_000_000, log: silentLog, ledger: testLedger() },
    viewer: { kind: "person", id: `p${userKey}`, roles: ["engineer"], projects: [], userKey, ...more },
  });
  const names = async (ctx: Ctx, path = "/workloads") => (await listViews(ctx, path))?.own.map((v) => v.name);

  it.skipIf(isAbsent(engine))("are kept for one person and one page, and replaced under the same name", async () => {
    const [ada, bob] = [as(1), as(2)];
    await saveView(ada, { path: "/workloads", name: " Idle jobs ", query: "heavy=idle&page=3&sort=idle-cost" });
    await saveView(ada, { path: "/reports/idle-cost", name: "Vision", query: "team=Vision" });
    await saveView(bob, { path: "/workloads", name: "Mine", query: "" });
    expect((await listViews(ada, "/workloads"))?.own).toEqual([
      { path: "/workloads", name: "Idle jobs", query: "heavy=idle&sort=idle-cost", teamKey: 0 },
    ]);
    await saveView(ada, { path: "/workloads", name: "Idle jobs", query: "heavy=dead-idle" });
    expect((await listViews(ada, "/workloads"))?.own[0]?.query).toBe("heavy=dead-idle");
    expect([await names(bob), await names(ada, "/reports/idle-cost")]).toEqual([["Mine"], ["Vision"]]);
    await expect(removeView(bob, "/workloads", "Idle jobs")).rejects.toMatchObject({ code: "not_found" });
    await removeView(ada, "/workloads", "Idle jobs");
    expect(await names(ada)).toEqual([]);
  });

  it.skipIf(isAbsent(engine))("are refused for other sites, without a name, and beyond a hundred", async () => {
    const carl = as(3);
    for (const path of ["//evil.example/x", "https://evil.example", "/Workloads", "", "/a b"])
      await expect(saveView(carl, { path, name: "x", query: "" })).rejects.toMatchObject({ code: "invalid" });
    for (const name of ["", "  ", "a\nb", "x".repeat(61)])
      await expect(saveView(carl, { path: "/idle", name, query: "" })).rejects.toMatchObject({ code: "invalid" });
    for (let i = 0; i < 100; i++) await saveView(carl, { path: "/idle", name: `view ${i}`, query: "" });
    await expect(saveView(carl, { path: "/gpus", name: "one more", query: "" })).rejects.toThrow("remove one first");
    await saveView(carl, { path: "/idle", name: "view 7", query: "class=dead-idle" });
    expect(await names(carl, "/idle")).toHaveLength(100);
  });

  it.skipIf(isAbsent(engine))(
    "are seen by the people of the team that they are shared with, and removed by their owner alone",
    async () => {
      await store.db.write(async (tx) => {
        for (const key of [21, 22])
          await tx.run(
            sql`insert into teams (key, name, cost_centre, gl_account, owner, created_at) values (${key}, ${`Team ${key}`}, '', '', '', 1)`,
          );
        for (const key of [11, 12, 13])
          await tx.run(sql`insert into users (key, email, name, password_hash, issuer, subject, created_at, created_by)
          values (${key}, ${`p${key}@x`}, ${`P${key}`}, '', '', '', 1, 'test')`);
      });
      const grant = (
        role: string,
      ) => sql`insert into grants (user_key, role, team_key, project_key, origin, granted_at, granted_by)
      values (11, ${role}, 21, 0, 'direct', 1, 'test')`;
      await store.db.write((tx) => tx.run(grant("engineer")));
      const [eve, fay, gus] = [as(11, { teams: [21] }), as(12, { teams: [21, 22] }), as(13, { teams: [22] })];
      const sharedOf = async (ctx: Ctx) => (await listViews(ctx, "/idle"))?.shared.map((v) => `${v.name} by ${v.by}`);
      await saveView(eve, { path: "/idle", name: "Ours", query: "team=21", teamKey: 21 });
      await saveView(eve, { path: "/idle", name: "Own", query: "" });
      await expect(saveView(eve, { path: "/idle", name: "x", query: "", teamKey: 22 })).rejects.toMatchObject({
        code: "not_found",
      });
      expect([await sharedOf(eve), await sharedOf(fay), await sharedOf(gus)]).toEqual([[], ["Ours by P11"], []]);
      expect([...((await listViews(fay, "/idle"))?.teams.values() ?? [])]).toEqual(["Team 21", "Team 22"]);
      await expect(removeView(fay, "/idle", "Ours")).rejects.toMatchObject({ code: "not_found" });
      await store.db.write((tx) => tx.run(sql`update users set disabled_at = 2 where key = 11`));
      expect(await sharedOf(fay)).toEqual([]);
      await store.db.write((tx) => tx.run(sql`update users set disabled_at = null where key = 11`));
      await saveView(eve, { path: "/idle", name: "Ours", query: "team=21" });
      expect(await sharedOf(fay)).toEqual([]);
    },
  );

  it.skipIf(isAbsent(engine))("are nobody's where nobody signs in, and no token's", async () => {
    const local: Ctx = { ...as(1), viewer: localViewer };
    expect(await listViews(local, "/workloads")).toBeNull();
    await expect(saveView(local, { path: "/idle", name: "x", query: "" })).rejects.toMatchObject({ code: "conflict" });
    const token = as(1, { kind: "token" });
    await expect(removeView(token, "/idle", "x")).rejects.toMatchObject({ code: "conflict" });
  });
});

it("keeps no page of a list, whichever it is of", () => {
  expect(queryOf("?a=1&page=2&gaps-page=3&q=%26%20x")).toBe("a=1&q=%26+x");
});
