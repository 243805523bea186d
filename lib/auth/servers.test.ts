import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Db } from "@/db/client.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { type Ctx, localViewer } from "@/lib/ctx.ts";
import { silentLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { changeGroupRule } from "./groups/group-rules.ts";
import { requestLink } from "./links/mailed-link.ts";
import { signInWithProvider } from "./provider.ts";
import { signInWithPassword } from "./sign-in.ts";
import { listGrants } from "./user-store.ts";
import { addUser, changeGrant, setDisabled } from "./users.ts";

const PASSWORD = "correct horse battery";
const LIMITS = { idleSeconds: 3600, lifetimeSeconds: 36_000 };

/** What one process alone keeps in order by its queue of writes. */
describe.each(engines)("three servers of one ledger on $name", (engine) => {
  let store: TestDb | null;
  let servers: Ctx[] = [];
  const test = it.skipIf(isAbsent(engine));
  beforeAll(async () => {
    store = isAbsent(engine) ? null : await engine.open();
    if (!store) return;
    const open: Db[] = [store.db, await store.again(), await store.again()];
    servers = open.map((db) => ({
      ...{ db, now: () => 1_700_000_000, viewer: localViewer, log: silentLog, ledger: testLedger() },
    }));
  });
  afterAll(async () => {
    if (engine.name !== "pglite") for (const { db } of servers.slice(1)) await db.close();
    await store?.drop();
  });
  const server = (n: number) => servers[n % servers.length] as Ctx;
  const codes = (acts: readonly Promise<unknown>[]) =>
    Promise.all(
      acts.map((act) =>
        act.then(
          () => "done",
          (error: { code?: string }) => error.code,
        ),
      ),
    );
  const counted = (list: readonly (string | undefined)[], code: string) => list.filter((c) => c === code).length;

  test("look at five of thirty guesses at one account, together", async () => {
    await addUser(server(0), { email: "ada@example.com", grants: [{ role: "viewer" }], password: PASSWORD });
    const said = await codes(
      Array.from({ length: 30 }, (_, n) => {
        const given = { email: "ada@example.com", password: `wrong password ${n}` };
        return signInWithPassword(server(n), given, { address: `198.51.100.${n}`, agent: "" }, LIMITS);
      }),
    );
    expect([counted(said, "unauthenticated"), counted(said, "busy")]).toEqual([5, 25]);
  });

  test("take twenty of thirty requests for a link from one address, together", async () => {
    const said = await codes(
      Array.from({ length: 30 }, (_, n) =>
        requestLink(server(n), `nobody${n}@example.com`, { address: "198.51.100.99", agent: "" }),
      ),
    );
    expect([counted(said, "done"), counted(said, "busy")]).toEqual([20, 10]);
  });

  test("keep an administrator when each takes another one away, and every role that each of them adds", async () => {
    const keys: number[] = [];
    for (const n of [0, 1, 2])
      keys.push((await addUser(server(0), { email: `admin${n}@example.com`, grants: [{ role: "admin" }] })).key);
    const roles = ["finance", "viewer", "engineer"] as const;
    const [first = 0] = keys;
    await Promise.all(roles.map((role, n) => changeGrant(server(n), first, { role }, "add")));
    expect((await listGrants(server(0).db, first)).map((g) => g.role).sort()).toEqual(["admin", ...roles].sort());
    for (let round = 0; round < 4; round++) {
      const said = await codes(keys.map((key, n) => setDisabled(server(n), key, true)));
      expect([counted(said, "done"), counted(said, "conflict")]).toEqual([2, 1]);
      for (const key of keys) await setDisabled(server(0), key, false);
    }
  });

  test("leave nobody a role by a rule that another of them removed while they signed in", async () => {
    const enter = (n: number) =>
      signInWithProvider(
        server(n),
        {
          ...{ issuer: "https://id.example", subject: `g${n}`, email: `g${n}@corp.example`, emailVerified: true },
          ...{ name: "G", groups: ["gpu-fin"] },
        },
        { domains: ["corp.example"], defaultRole: "viewer", firstAdmin: "" },
        { address: "", agent: "" },
        LIMITS,
      );
    const rule = { groupName: "gpu-fin", role: "finance" } as const;
    await changeGroupRule(server(0), rule, "add");
    const people = Array.from({ length: 12 }, (_, n) => n);
    await Promise.all(people.map(enter));
    const [, ...said] = await codes([changeGroupRule(server(1), rule, "remove"), ...people.map(enter)]);
    expect(counted(said, "done")).toBe(people.length);
    const held = await listGrants(server(2).db);
    expect(held.filter((g) => g.origin === "group:gpu-fin")).toEqual([]);
  });

  test("let one new person in twice at the same time", async () => {
    for (let round = 0; round < 5; round++) {
      const enter = (n: number) =>
        signInWithProvider(
          server(n),
          {
            ...{ issuer: "https://id.example", subject: `new${round}`, email: `new${round}@corp.example` },
            ...{ emailVerified: true, name: "New", groups: "absent" },
          },
          { domains: ["corp.example"], defaultRole: "viewer", firstAdmin: "" },
          { address: "", agent: "" },
          LIMITS,
        );
      expect(await codes([enter(0), enter(1), enter(2)])).toEqual(["done", "done", "done"]);
    }
  });
});
