import { afterAll, it as always, beforeAll, describe, expect } from "vitest";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { type Ctx, localViewer } from "@/lib/ctx.ts";
import { createLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { countActs, listActs } from "./audit-store.ts";
import { allowTakeover } from "./links/takeover.ts";
import { type Claims, signInWithProvider } from "./provider.ts";
import { findSessionViewer, signInWithLink, signInWithPassword } from "./sign-in.ts";
import { countUsers, listGrants, listNames } from "./user-store.ts";
import { addUser, createLink, getUser, setDisabled } from "./users.ts";

const PASSWORD = "correct horse battery";
const ORIGIN = { address: "192.0.2.1", agent: "Browser" };
const LIMITS = { idleSeconds: 3600, lifetimeSeconds: 36_000 };
const SETTINGS = { domains: ["corp.example"], defaultRole: "engineer", firstAdmin: "" } as const;

describe.each(engines)("sign-in through the provider on $name", (engine) => {
  const it = always.skipIf(isAbsent(engine));
  let store: TestDb | null;
  let ctx: Ctx;
  let now = 1_700_000_000;
  let logged = "";

  beforeAll(async () => {
    store = isAbsent(engine) ? null : await engine.open();
    const log = createLog("warn", {
      write(line) {
        logged += line;
      },
    });
    if (store) ctx = { db: store.db, now: () => now, viewer: localViewer, log, ledger: testLedger() };
  });
  afterAll(() => store?.drop());

  const enter = (more: Partial<Claims>, settings: Parameters<typeof signInWithProvider>[2] = SETTINGS) =>
    signInWithProvider(
      ctx,
      {
        ...{ issuer: "https://id.example", subject: "s1", email: "eng@corp.example", emailVerified: true },
        ...{ name: "Eng", groups: "absent" as const, ...more },
      },
      settings,
      ORIGIN,
      LIMITS,
    );

  it("lets in only the first administrator before there is one", async () => {
    const settings = { ...SETTINGS, firstAdmin: "boss@corp.example" };
    await expect(enter({}, settings)).rejects.toMatchObject({ reason: "no-admin" });
    await expect(enter({})).rejects.toMatchObject({ reason: "no-admin" });
    expect(await countUsers(ctx.db)).toBe(0);
    const boss = await enter({ subject: "b1", email: "boss@corp.example" }, settings);
    expect(await listGrants(ctx.db, boss.userKey)).toMatchObject([{ role: "admin" }]);
    expect((await enter({}, settings)).userKey).not.toBe(boss.userKey);
  });

  it("takes an account with a password once an administrator allows it, once, for a week", async () => {
    const { key } = await addUser(ctx, { email: "pw@corp.example", grants: [{ role: "viewer" }], password: PASSWORD });
    const signIn = () => signInWithPassword(ctx, { email: "pw@corp.example", password: PASSWORD }, ORIGIN, LIMITS);
    const { id } = await signIn();
    const claim = { subject: "pw", email: "pw@corp.example" };
    await expect(enter(claim)).rejects.toMatchObject({ reason: "other-account" });
    await allowTakeover(ctx, key);
    expect(await findSessionViewer(ctx, id, LIMITS)).toBe(null);
    now += 7 * 86_400;
    await expect(enter(claim)).rejects.toMatchObject({ reason: "other-account" });
    await allowTakeover(ctx, key);
    await expect(enter({ ...claim, emailVerified: false })).rejects.toMatchObject({ reason: "unverified" });
    await expect(enter({ ...claim, email: "eng@corp.example", subject: "x" })).rejects.toMatchObject({
      reason: "other-account",
    });
    expect((await enter(claim)).userKey).toBe(key);
    await signIn();
    // Another subject with the address, or the same of another issuer, needs another permission.
    const moved = { ...claim, issuer: "https://new.example", subject: "pw2" };
    await expect(enter(moved)).rejects.toMatchObject({ reason: "other-account" });
    await allowTakeover(ctx, key);
    expect((await enter(moved)).userKey).toBe(key);
    await expect(enter(claim)).rejects.toMatchObject({ reason: "other-account" });
    const after = (await listActs(ctx.db, 50, `user/${key}`)).map((act) => act.after);
    expect(after.filter((text) => text?.includes("linked with the identity provider"))).toHaveLength(2);
  });

  it("lets nobody but an administrator allow it, and not for a disabled person", async () => {
    const { key } = await addUser(ctx, { email: "dis@corp.example", grants: [{ role: "viewer" }], password: PASSWORD });
    const viewer = { kind: "person", id: "eng@corp.example", roles: ["finance"], projects: "all" } as const;
    await expect(allowTakeover({ ...ctx, viewer }, key)).rejects.toMatchObject({ code: "forbidden" });
    await setDisabled(ctx, key, true);
    await expect(allowTakeover(ctx, key)).rejects.toMatchObject({ code: "conflict" });
  });

  it("ends the open link of an invitation at the first sign-in", async () => {
    const { key } = await addUser(ctx, { email: "guest@other.example", grants: [{ role: "viewer" }] });
    const { secret } = await createLink(ctx, key);
    expect((await getUser(ctx.db, key)).name).toBe("guest");
    expect((await enter({ subject: "guest", email: "guest@other.example", name: "Gwen Guest" })).userKey).toBe(key);
    expect((await getUser(ctx.db, key)).name).toBe("Gwen Guest");
    await expect(signInWithLink(ctx, { secret }, ORIGIN, LIMITS)).rejects.toMatchObject({ code: "unauthenticated" });
  });

  it("records each refusal with who it was and the groups, once an hour", async () => {
    logged = "";
    const eve = { subject: "eve-1", email: "Eve@evil.example", groups: ["gpu-users", "all"] };
    const rows = () => listActs(ctx.db, 50, "sign-in-refused/eve@evil.example");
    for (let n = 0; n < 3; n++) await expect(enter(eve)).rejects.toMatchObject({ reason: "no-access" });
    expect((await rows()).map((act) => JSON.parse(act.after ?? ""))).toEqual([
      {
        ...{ act: "sign-in refused", method: "provider", why: "no-access", email: "eve@evil.example" },
        ...{ issuer: "https://id.example", subject: "eve-1", groups: ["gpu-users", "all"] },
      },
    ]);
    for (const text of ["eve@evil.example", "eve-1", "gpu-users", "You have no access"]) expect(logged).toContain(text);
    // Somebody else with the address, or other groups, is another refusal.
    await expect(enter({ ...eve, subject: "eve-2" })).rejects.toMatchObject({ reason: "no-access" });
    await expect(enter({ ...eve, groups: ["gpu-usres"] })).rejects.toMatchObject({ reason: "no-access" });
    expect(await rows()).toHaveLength(3);
    now += 3600;
    logged = "";
    await expect(enter({ ...eve, groups: "overage" })).rejects.toMatchObject({ reason: "no-access" });
    expect((await rows())[0]?.after).toContain("left out by the provider: too many");
    expect(logged).toContain("left out by the provider: too many");
    expect(await rows()).toHaveLength(4);
  });

  it("says that the provider reports no address, which nobody but a known person can do without", async () => {
    for (const email of ["", "not an address"])
      await expect(enter({ subject: "bare", email })).rejects.toMatchObject({ reason: "no-email" });
    const { userKey } = await enter({ subject: "known", email: "known@corp.example" });
    expect((await enter({ subject: "known", email: "" })).userKey).toBe(userKey);
    await setDisabled(ctx, userKey, true);
    await expect(enter({ subject: "known", email: "" })).rejects.toMatchObject({ reason: "disabled" });
    expect((await listActs(ctx.db, 10, `user/${userKey}/sign-in-refused`))[0]?.after).toContain('"why":"disabled"');
  });

  it("keeps the audit log from filling up with refusals", async () => {
    now += 7200;
    for (let n = 0; n < 205; n++)
      await expect(enter({ subject: `f${n}`, email: `f${n}@evil.example` })).rejects.toMatchObject({
        code: "forbidden",
      });
    expect(await countActs(ctx.db, { start: now, end: now + 1, subject: "sign-in-refused" })).toBe(200);
  });

  it("follows the address and the name of a person, never to the address of another account", async () => {
    const person = { subject: "mia", email: "mia@corp.example", name: "Mia" };
    const { userKey } = await enter(person);
    const now = async () => {
      const { email, name } = await getUser(ctx.db, userKey);
      return [email, name];
    };
    await enter({ ...person, email: "Mia.Moor@corp.example", name: "Mia Moor" });
    expect(await now()).toEqual(["mia.moor@corp.example", "Mia Moor"]);
    expect(await listNames(ctx.db, userKey)).toEqual(["mia.moor@corp.example", "mia@corp.example"]);
    expect((await listActs(ctx.db, 10, `user/${userKey}`)).map((act) => [act.before, act.after])).toContainEqual([
      expect.stringContaining('"mia@corp.example"'),
      expect.stringContaining('"mia.moor@corp.example"'),
    ]);
    await enter({ ...person, email: "unproved@corp.example", emailVerified: false, name: "" });
    expect(await now()).toEqual(["mia.moor@corp.example", "Mia Moor"]);
    logged = "";
    await enter({ ...person, email: "boss@corp.example", name: "Mia M." });
    expect(await now()).toEqual(["mia.moor@corp.example", "Mia M."]);
    expect(logged).toContain("which another account has");
    await enter({ ...person, email: "boss@corp.example", name: "Mia M." });
    const taken = (await listActs(ctx.db, 10, `user/${userKey}`)).filter((act) => act.after?.includes('"notTaken"'));
    expect(taken.map((act) => JSON.parse(act.after ?? "").notTaken)).toEqual([
      "boss@corp.example",
      "boss@corp.example",
    ]);
    expect((await enter(person)).userKey).toBe(userKey);
    expect(await now()).toEqual(["mia@corp.example", "Mia"]);
  });
});
