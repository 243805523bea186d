import { afterEach, beforeEach, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { ctxOf, seedTeam } from "@/lib/charges/testing-ledger.ts";
import { changeGroupRule } from "./groups.ts";
import { listGrants } from "./user-store.ts";
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
