import { afterEach, beforeEach, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { markVouched, replaceGrants } from "@/lib/auth/user-store.ts";
import { addUser } from "@/lib/auth/users.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { DAY } from "@/lib/time.ts";
import { findHearer, findRecipients, findTeamPeople } from "./recipients-load.ts";

const NOON = Date.UTC(2026, 10, 10, 12) / 1000;
const VISION = { teamKey: 11, owners: [], audience: "finance", step: 2 } as const;

let db: Db;
beforeEach(async () => {
  db = await openSqlite(":memory:");
  await db.write((tx) =>
    tx.run(
      sql`insert into teams (key, name, cost_centre, gl_account, owner, created_at) values (11, 'Vision', '', '', '', 1)`,
    ),
  );
});
afterEach(() => db.close());

const add = async (name: string, grants: Parameters<typeof addUser>[1]["grants"]) =>
  (await addUser(ctxOf(db), { email: `${name}@example.com`, grants })).key;
const emails = (people: readonly { readonly email: string }[]) => people.map(({ email }) => email.split("@")[0]);
const heard = async (now: number, concern: Parameters<typeof findRecipients>[1] = VISION) =>
  emails((await findRecipients(db, concern, now)).people);

it("reaches managers by a group for 90 days after the provider last vouched for them, and by a direct role for good", async () => {
  const [byGroup, direct] = [await add("group", [{ role: "viewer" }]), await add("direct", [{ role: "viewer" }])];
  const grant = { role: "manager", teamKey: 11, projectKey: 0 } as const;
  await db.write(async (tx) => {
    await markVouched(tx, byGroup, NOON);
    await replaceGrants(tx, byGroup, "group", [{ ...grant, origin: "group:leads" }], "provider", NOON);
    await replaceGrants(tx, direct, "direct", [{ ...grant, origin: "direct" }], "admin", NOON);
  });
  for (const [now, both] of [
    [NOON + 90 * DAY, true],
    [NOON + 90 * DAY + 1, false],
  ] as const) {
    const people = both ? ["direct", "group"] : ["direct"];
    expect(await heard(now)).toEqual(people);
    expect(emails(await findTeamPeople(db, 11, now))).toEqual(people);
    expect((await findHearer(db, "group@example.com", VISION, now)) !== null).toBe(both);
  }
});

it("reaches administrators where nobody is in finance, and never finance for what concerns administrators", async () => {
  await add("root", [{ role: "admin" }]);
  expect(await heard(NOON)).toEqual(["root"]);
  await add("fin", [{ role: "finance" }]);
  expect(await heard(NOON)).toEqual(["fin"]);
  await db.write((tx) => tx.run(sql`update users set disabled_at = 1 where email = 'root@example.com'`));
  expect(await heard(NOON, { ...VISION, teamKey: 0, audience: "admin" })).toEqual([]);
});
