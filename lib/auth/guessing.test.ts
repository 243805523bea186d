import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { type Ctx, localViewer } from "@/lib/ctx.ts";
import { silentLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { hashesComputed } from "./password.ts";
import { signInWithLink, signInWithPassword } from "./sign-in.ts";
import { addUser, setDisabled } from "./users.ts";

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

  test("computes one hash and says the same, whoever it is", async () => {
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

  test("in parallel is no way around the wait: five of thirty are looked at", async () => {
    now += 7200;
    const all = () =>
      Promise.all(
        Array.from({ length: 30 }, (_, i) => guess("ada@example.com", `wrong password ${i}`, `198.51.100.${i}`)),
      );
    const [said, hashes] = (await hashesOf(all)) as [string[], number];
    expect(said.filter((s) => s === "unauthenticated")).toHaveLength(5);
    expect([said.filter((s) => s === "busy").length, hashes]).toEqual([25, 5]);
    // Whoever has the right password waits, and is in after the longest wait there is, while the guessing goes on.
    expect(await guess("ada@example.com", PASSWORD, "192.0.2.1")).toBe("busy");
    now += 60;
    expect(await guess("ada@example.com", PASSWORD, "192.0.2.1")).toBe("in");
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

  test("by a link that does not hold computes no hash at all", async () => {
    const forged = () =>
      signInWithLink(ctx, { secret: "forged", password: PASSWORD }, { address: "192.0.2.1", agent: "" }, LIMITS).catch(
        (error: { code?: string }) => error.code,
      );
    expect(await hashesOf(forged)).toEqual(["unauthenticated", 0]);
  });
});
