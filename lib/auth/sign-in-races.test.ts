import { scryptSync } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { type Ctx, localViewer } from "@/lib/ctx.ts";
import { silentLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { changeOwnPassword, endOwnSessions, signInWithLink, signInWithPassword, signOut } from "./sign-in.ts";
import { findUser } from "./user-store.ts";
import { addUser, createLink, setDisabled } from "./users.ts";

const [OLD, NEW] = ["correct horse battery", "another long password"];
const ORIGIN = { address: "192.0.2.1", agent: "Browser" };
const LIMITS = { idleSeconds: 3600, lifetimeSeconds: 36_000 };

/** What others write while a password is hashed, which happens between two transactions. */
describe.each(engines)("a password that is being checked, on $name", (engine) => {
  let store: TestDb | null;
  let ctx: Ctx;
  let people = 0;
  const test = it.skipIf(isAbsent(engine));
  beforeAll(async () => {
    store = isAbsent(engine) ? null : await engine.open();
    if (store)
      ctx = { db: store.db, now: () => 1_700_000_000, viewer: localViewer, log: silentLog, ledger: testLedger() };
  });
  afterAll(() => store?.drop());

  const person = () =>
    addUser(ctx, { email: `person${people++}@example.com`, grants: [{ role: "viewer" }], password: OLD });

  /** A context whose second transaction, the one after the hash, begins when `meanwhile` has been written. */
  const doorWith = (meanwhile: () => Promise<unknown>): Ctx => {
    let writes = 0;
    const write: Ctx["db"]["write"] = async (body) => {
      if (++writes === 2) await meanwhile();
      return ctx.db.write(body);
    };
    const db = new Proxy(ctx.db, {
      get: (target, name) => {
        const value = Reflect.get(target, name);
        return name === "write" ? write : typeof value === "function" ? value.bind(target) : value;
      },
    });
    return { ...ctx, db };
  };
  const own = (door: Ctx, userKey: number): Ctx => ({ ...door, viewer: { ...localViewer, kind: "person", userKey } });
  const reset = async (key: number) => {
    const { secret } = await createLink(ctx, key);
    await signInWithLink(ctx, { secret, password: NEW }, ORIGIN, LIMITS);
  };
  const openSessions = async (key: number, method: string) =>
    (
      await ctx.db.all(
        sql`select 1 as one from sessions where user_key = ${key} and method = ${method} and revoked_at is null`,
      )
    ).length;

  test("does not enable somebody who is disabled while they change it", async () => {
    const { key } = await person();
    const door = doorWith(() => setDisabled(ctx, key, true));
    await expect(changeOwnPassword(own(door, key), { present: OLD, next: NEW }, "x")).rejects.toMatchObject({
      code: "unauthenticated",
    });
    expect((await findUser(ctx.db, key))?.disabledAt).toBe(1_700_000_000);
  });

  test("does not undo a reset", async () => {
    const { key } = await person();
    const door = doorWith(() => reset(key));
    await expect(changeOwnPassword(own(door, key), { present: OLD, next: "a third password" }, "x")).rejects.toThrow(
      "The current password is wrong.",
    );
    const { email } = (await findUser(ctx.db, key)) as { email: string };
    await signInWithPassword(ctx, { email, password: NEW }, ORIGIN, LIMITS);
  });

  test("begins no session when it is replaced, or its owner is disabled, meanwhile", async () => {
    const [first, second] = [await person(), await person()];
    const enter = (email: string, meanwhile: () => Promise<unknown>) =>
      signInWithPassword(doorWith(meanwhile), { email, password: OLD }, ORIGIN, LIMITS);
    await expect(enter(first.email, () => reset(first.key))).rejects.toThrow(/password is wrong/);
    await expect(enter(second.email, () => setDisabled(ctx, second.key, true))).rejects.toThrow(/password is wrong/);
    expect([await openSessions(first.key, "password"), await openSessions(second.key, "password")]).toEqual([0, 0]);
    expect((await findUser(ctx.db, second.key))?.disabledAt).not.toBe(null);
  });

  test("does not come back when its hash is renewed", async () => {
    const { key, email } = await person();
    const salt = Buffer.alloc(16, 7);
    const hash = scryptSync(OLD.normalize("NFKC"), salt, 32, { N: 2 ** 14, r: 8, p: 1, maxmem: 2 ** 26 });
    const text = (bytes: Buffer) => bytes.toString("base64").replace(/=+$/, "");
    const outdated = `$scrypt$ln=14,r=8,p=1$${text(salt)}$${text(hash)}`;
    await ctx.db.write((tx) => tx.run(sql`update users set password_hash = ${outdated} where key = ${key}`));
    await expect(
      signInWithPassword(
        doorWith(() => reset(key)),
        { email, password: OLD },
        ORIGIN,
        LIMITS,
      ),
    ).rejects.toThrow(/password is wrong/);
    await signInWithPassword(ctx, { email, password: NEW }, ORIGIN, LIMITS);
  });

  test("is that of the person who is signed in: no machine and no token changes one, ends sessions or signs out", async () => {
    const { key } = await person();
    for (const viewer of [localViewer, { ...localViewer, kind: "token", userKey: key } as const]) {
      const forbidden = expect.objectContaining({ code: "forbidden" });
      await expect(changeOwnPassword({ ...ctx, viewer }, { present: OLD, next: NEW }, "x")).rejects.toEqual(forbidden);
      await expect(endOwnSessions({ ...ctx, viewer }, {})).rejects.toEqual(forbidden);
      await expect(signOut({ ...ctx, viewer }, "x")).rejects.toEqual(forbidden);
    }
  });
});
