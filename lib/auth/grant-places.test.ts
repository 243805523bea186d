import { afterEach, beforeEach, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { ctxOf, seedTeam } from "@/lib/charges/testing-ledger.ts";
import { grantWords } from "./grant-names-load.ts";
import { changeGroupRule } from "./groups/group-rules.ts";
import { insertGroupRule, listGroupRules } from "./groups/group-store.ts";
import { listGrants, replaceGrants } from "./user-store.ts";
import { addUser, changeGrant, changeGrants } from "./users.ts";

let store: TestDb;
beforeEach(async () => {
  store = await sqliteFile();
});
afterEach(() => store.drop());

const OF_NOTHING = [
  { role: "manager", teamKey: 7 },
  { role: "engineer", projectKey: 7 },
] as const;

it("no role is given for a team or project that does not exist, so that none gets it later with the key", async () => {
  const ctx = ctxOf(store.db);
  const { key } = await addUser(ctx, { email: "ada@example.com", grants: [{ role: "engineer" }] });
  for (const grant of OF_NOTHING) {
    const refused = expect.objectContaining({ code: "not_found" });
    await expect(addUser(ctx, { email: "eve@example.com", grants: [grant] })).rejects.toEqual(refused);
    await expect(changeGrant(ctx, key, grant, "add")).rejects.toEqual(refused);
    await expect(changeGrants(ctx, key, [grant])).rejects.toEqual(refused);
    await expect(changeGroupRule(ctx, { groupName: "g", ...grant }, "add")).rejects.toEqual(refused);
  }
  expect((await listGrants(store.db)).map((g) => [g.userKey, g.role])).toEqual([[key, "engineer"]]);
  await seedTeam(store.db, 7, "Vision", "");
  await changeGrant(ctx, key, OF_NOTHING[0], "add");
  await store.db.write((tx) => tx.run(sql`delete from teams where key = 7`));
  // One that was given before can still be taken back.
  await changeGrant(ctx, key, OF_NOTHING[0], "remove");
  expect(await listGrants(store.db)).toHaveLength(1);
});

it("a role is for a team or for a project; one for both that an earlier version took is shown whole, and can be taken back", async () => {
  const ctx = ctxOf(store.db);
  await seedTeam(store.db, 7, "Vision", "");
  await store.db.write((tx) =>
    tx.run(sql`insert into projects (key, cluster_id, id, name, department_id, department_name, namespace, quota, last_seen_at)
      values (9, 'c', 'p', 'Labs', '', '', '', '{}', 0)`),
  );
  const both = { role: "viewer", teamKey: 7, projectKey: 9 } as const;
  const { key } = await addUser(ctx, { email: "ada@example.com", grants: [{ role: "engineer" }] });
  const refused = expect.objectContaining({ code: "invalid", message: expect.stringContaining("choose one of them") });
  await expect(addUser(ctx, { email: "eve@example.com", grants: [both] })).rejects.toEqual(refused);
  await expect(changeGrant(ctx, key, both, "add")).rejects.toEqual(refused);
  await expect(changeGrants(ctx, key, [both])).rejects.toEqual(refused);
  await expect(changeGroupRule(ctx, { groupName: "g", ...both }, "add")).rejects.toEqual(refused);
  await store.db.write(async (tx) => {
    await replaceGrants(tx, key, "direct", [{ ...both, origin: "direct" }], "x", 0);
    await insertGroupRule(tx, { groupName: "g", ...both }, "x", 0);
  });
  const names = { teams: new Map([[7, "Vision"]]), projects: new Map([[9, "East / Labs"]]) };
  expect((await listGrants(store.db)).map((g) => grantWords(g, names))).toEqual(["viewer of Vision and East / Labs"]);
  await changeGrant(ctx, key, both, "remove");
  await changeGroupRule(ctx, { groupName: "g", ...both }, "remove");
  expect([await listGrants(store.db), await listGroupRules(store.db)]).toEqual([[], []]);
});
