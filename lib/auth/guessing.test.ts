import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { type Ctx, localViewer } from "@/lib/ctx.ts";
import { silentLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { requestLink } from "./links/mailed-link.ts";
import { hashesComputed, verifyPassword } from "./password.ts";
import { changeOwnPassword, signInWithLink, signInWithPassword } from "./sign-in.ts";
import { addUser, createLink, getUserByEmail, setDisabled } from "./users.ts";

const PASSWORD = "correct horse battery";
const LIMITS = { idleSeconds: 3600, lifetimeSeconds: 36_000 };

describe.each(engines)("guessing passwords on $name", (engine) => {
  let store: TestDb | null;
  let now = 1_700_000_000;
  let ctx: Ctx;
  const test = it.skipIf(isAbsent(engine));
  const guess = (email: string, password: string, address: string) =>
    signInWithPassword(ctx, { email, password }, { address, agent: "" }, LIMITS).then(
      () => "in",
      (error: { code?: string }) => error.code,
    );
  const hashesOf = async (body: () => Promise<unknown>) => {
    const before = hashesComputed();
    const said = await body();
    return [said, hashesComputed() - before];
  };

  beforeAll(async () => {
    store = isAbsent(engine) ? null : await engine.open();
    if (!store) return;
    ctx = { db: store.db, now: () => now, viewer: localViewer, log: silentLog, ledger: testLedger() };
    await addUser(ctx, { email: "ada@example.com", grants: [{ role: "admin" }], password: PASSWORD });
    await addUser(ctx, { email: "invited@example.com", grants: [{ role: "admin" }] });
    const gone = await addUser(ctx, { email: "gone@example.com", grants: [{ role: "viewer" }], password: PASSWORD });
    await setDisabled(ctx, gone.key, true);
  });
  afterAll(() => store?.drop());

  test("computes one hash and says the same for everyone", async () => {
    for (const email of [
      "ada@example.com",
      "invited@example.com",
      "gone@example.com",
      "nobody@example.com",
      "no address",
    ])
      expect([email, ...(await hashesOf(() => guess(email, "wrong password 12", "192.0.2.1")))]).toEqual([
        ...[email, "unauthenticated", 1],
      ]);
    expect(await hashesOf(() => guess("gone@example.com", PASSWORD, "192.0.2.1"))).toEqual(["unauthenticated", 1]);
    expect(await hashesOf(() => guess("ada@example.com", PASSWORD, "192.0.2.1"))).toEqual(["in", 1]);
  });

  /** Statements and transactions of a call: an answer that takes another number of them takes another time. */
  const workOf = async (body: (door: Ctx) => Promise<unknown>) => {
    const work = { statements: 0, transactions: 0 };
    const counted = <T extends object>(reader: T): T =>
      new Proxy(reader, {
        get(target, name) {
          const value = Reflect.get(target, name);
          if (typeof value !== "function") return value;
          if (name === "write")
            return (inside: (tx: object) => Promise<unknown>) => {
              work.transactions++;
              return value.call(target, (tx: object) => inside(counted(tx)));
            };
          return (...given: unknown[]) => {
            if (["all", "find", "run", "insert"].includes(String(name))) work.statements++;
            return value.apply(target, given);
          };
        },
      });
    await body({ ...ctx, db: counted(ctx.db) }).catch(() => undefined);
    return work;
  };
  const ADDRESSES = ["ada@example.com", "invited@example.com", "gone@example.com", "nobody@example.com", "no address"];

  test("takes as many statements and transactions for everyone, as does asking for a link", async () => {
    now += 7200;
    const works: Record<"password" | "link" | "again", Awaited<ReturnType<typeof workOf>>>[] = [];
    for (const [i, email] of ADDRESSES.entries()) {
      const origin = { address: `192.0.2.${100 + i}`, agent: "" };
      works.push({
        password: await workOf((door) =>
          signInWithPassword(door, { email, password: "wrong password 12" }, origin, LIMITS),
        ),
        link: await workOf((door) => requestLink(door, email, origin)),
        again: await workOf((door) => requestLink(door, email, origin)),
      });
    }
    expect(works).toEqual(ADDRESSES.map(() => works[0]));
    expect(works[0]?.password.transactions).toBe(2);
    expect(works[0]?.link.statements).toBeGreaterThan(5);
    expect(works[0]?.again).toEqual(works[0]?.link);
  });

  test("once a second from elsewhere does not keep the owner out of where they signed in before", async () => {
    now += 7200;
    const [home, elsewhere] = ["192.0.2.50", "198.51.100.77"];
    expect(await guess("ada@example.com", PASSWORD, home)).toBe("in");
    for (let second = 0; second < 90; second++) {
      now += 1;
      await guess("ada@example.com", `wrong password ${second}`, `198.51.100.${second}`);
    }
    // A new place waits, and the place that is known does not, while the guessing goes on.
    expect(await guess("ada@example.com", PASSWORD, elsewhere)).toBe("busy");
    expect(await guess("ada@example.com", PASSWORD, home)).toBe("in");
    expect(await guess("ada@example.com", PASSWORD, elsewhere)).toBe("busy");
    // Who guesses from the known place is slowed down there as anywhere.
    const said = [];
    for (let n = 0; n < 6; n++) said.push(await guess("ada@example.com", `wrong password ${n}`, home));
    expect(said).toEqual([...Array(5).fill("unauthenticated"), "busy"]);
    now += 60;
  });

  test("in parallel is no way around the wait: five of thirty are looked at", async () => {
    now += 7200;
    const all = () =>
      Promise.all(
        Array.from({ length: 30 }, (_, i) => guess("ada@example.com", `wrong password ${i}`, `198.51.100.${i}`)),
      );
    const [said, hashes] = (await hashesOf(all)) as [string[], number];
    expect(said.filter((s) => s === "unauthenticated")).toHaveLength(5);
    expect([said.filter((s) => s === "busy").length, hashes]).toEqual([25, 5]);
    // Somebody with the right password waits, and is in after the longest wait there is, while the guessing goes on.
    expect(await guess("ada@example.com", PASSWORD, "192.0.2.200")).toBe("busy");
    now += 60;
    expect(await guess("ada@example.com", PASSWORD, "192.0.2.200")).toBe("in");
  });

  test("over many accounts from one address is slowed down; a person of another address is not", async () => {
    now += 7200;
    const spray = () =>
      Promise.all(Array.from({ length: 30 }, (_, i) => guess(`person${i}@example.com`, PASSWORD, "203.0.113.9")));
    const [said, hashes] = (await hashesOf(spray)) as [string[], number];
    expect([said.filter((s) => s === "busy").length, hashes]).toEqual([10, 20]);
    expect(await guess("ada@example.com", PASSWORD, "192.0.2.1")).toBe("in");
    // People who sign in from one office one after the other leave nothing behind.
    for (let i = 0; i < 3; i++) expect(await guess("ada@example.com", PASSWORD, "192.0.2.7")).toBe("in");
  });

  test("from ever other IPv6 addresses of one network is slowed down", async () => {
    now += 7200;
    const said = [];
    for (let i = 1; i <= 22; i++) said.push(await guess(`someone${i}@example.com`, PASSWORD, `2001:db8:1:2::${i}`));
    expect(said).toEqual([...Array(20).fill("unauthenticated"), "busy", "busy"]);
    expect(await guess("someone@example.com", PASSWORD, "2001:db8:1:3::1")).toBe("unauthenticated");
  });

  test("at the shared address of an office keeps nobody out who has signed in there, and others not for good", async () => {
    now += 7200;
    const office = "203.0.113.77";
    for (const email of ["eva@example.com", "new@example.com"])
      await addUser(ctx, { email, grants: [{ role: "viewer" }], password: PASSWORD });
    for (const email of ["ada@example.com", "eva@example.com"]) expect(await guess(email, PASSWORD, office)).toBe("in");
    const spray = () =>
      Promise.all(Array.from({ length: 60 }, (_, i) => guess(`person${i}@example.com`, PASSWORD, office)));
    // A program keeps guessing from the office, all day.
    for (let round = 0; round < 20; round++) {
      const said = await spray();
      expect(said.filter((s) => s === "busy").length).toBeGreaterThanOrEqual(40);
      for (const email of ["ada@example.com", "eva@example.com"])
        expect(await guess(email, PASSWORD, office)).toBe("in");
      // Who mistypes there waits no longer than anywhere.
      expect(await guess("eva@example.com", "wrong password 12", office)).toBe("unauthenticated");
      expect(await guess("eva@example.com", PASSWORD, office)).toBe("in");
      now += 30;
    }
    // Somebody who is new there waits, and comes in by a link at once, or when the wait is over.
    expect(await guess("new@example.com", PASSWORD, office)).toBe("busy");
    expect(await guess("new@example.com", PASSWORD, "198.51.100.78")).toBe("in");
    const { key } = await getUserByEmail(ctx.db, "new@example.com");
    const { secret } = await createLink(ctx, key);
    await signInWithLink(ctx, { secret }, { address: office, agent: "" }, LIMITS);
    expect(await guess("new@example.com", PASSWORD, office)).toBe("in");
    now += 900;
    await addUser(ctx, { email: "newer@example.com", grants: [{ role: "viewer" }], password: PASSWORD });
    expect(await guess("newer@example.com", PASSWORD, office)).toBe("in");
  });

  test("is not counted at an address for those who then signed in, each with a mistake before", async () => {
    now += 7200;
    const office = "203.0.113.78";
    for (let i = 0; i < 30; i++) {
      const email = `office${i}@example.com`;
      await addUser(ctx, { email, grants: [{ role: "viewer" }], password: PASSWORD });
      expect(await guess(email, "wrong password 12", office)).toBe("unauthenticated");
      expect(await guess(email, PASSWORD, office)).toBe("in");
    }
  });

  const countedNow = async () =>
    (await ctx.db.all<{ failures: number }>(sql`select failures from sign_in_failures where last_at = ${now}`)).reduce(
      (sum, row) => sum + row.failures,
      0,
    );

  test("counts nothing where there is no turn to look at the password", async () => {
    now += 7200;
    // Passwords of others take every turn while the attempt is being counted.
    let others: Promise<unknown>[] = [];
    const write: Ctx["db"]["write"] = async (body) => {
      const written = await ctx.db.write(body);
      if (!others.length)
        others = Array.from({ length: 60 }, () => verifyPassword(PASSWORD, "").catch(() => undefined));
      return written;
    };
    const db = new Proxy(ctx.db, {
      get: (target, name) => {
        const value = Reflect.get(target, name);
        return name === "write" ? write : typeof value === "function" ? value.bind(target) : value;
      },
    });
    const given = { email: "ada@example.com", password: PASSWORD };
    await expect(
      signInWithPassword({ ...ctx, db }, given, { address: "198.51.100.200", agent: "" }, LIMITS),
    ).rejects.toMatchObject({ code: "busy", message: expect.stringContaining("Many people") });
    await Promise.all(others);
    expect(await countedNow()).toBe(0);
    await guess("ada@example.com", "wrong password 12", "198.51.100.200");
    expect(await countedNow()).toBe(2);
  });

  test("is not what somebody does whose new password cannot be one", async () => {
    now += 7200;
    const { key } = await getUserByEmail(ctx.db, "ada@example.com");
    const own: Ctx = { ...ctx, viewer: { ...localViewer, kind: "person", userKey: key } };
    const change = (next: string) => changeOwnPassword(own, { present: PASSWORD, next }, "x");
    for (let n = 0; n < 8; n++)
      await expect(change("short")).rejects.toMatchObject({
        ...{ code: "invalid", fields: { nextPassword: "A password has 12 to 200 characters." } },
      });
    expect(await countedNow()).toBe(0);
  });

  test("by a link that does not hold computes no hash at all", async () => {
    const forged = () =>
      signInWithLink(ctx, { secret: "forged", password: PASSWORD }, { address: "192.0.2.1", agent: "" }, LIMITS).catch(
        (error: { code?: string }) => error.code,
      );
    expect(await hashesOf(forged)).toEqual(["unauthenticated", 0]);
  });
});
