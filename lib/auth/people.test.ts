import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { seedTeam } from "@/lib/charges/testing-ledger.ts";
import { type Ctx, localViewer, type Viewer } from "@/lib/ctx.ts";
import { createLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { mayDo } from "./allow.ts";
import { adminState, createFirstAdmin, createFirstAdminSecret, isFirstAdminSecret, needsAdmin } from "./first-admin.ts";
import { changeGroupRule, previewGroupRule } from "./groups/group-rules.ts";
import { ACTIONS, type Action } from "./permissions.ts";
import { type Claims, signInWithProvider } from "./provider.ts";
import {
  changeOwnPassword,
  type Door,
  endOwnSessions,
  findSessionViewer,
  linkOwner,
  signInWithLink,
  signInWithPassword,
  signOut,
} from "./sign-in.ts";
import { createToken, findTokenViewer, listTokens, revokeToken, usableScopes } from "./tokens.ts";
import { listGrants } from "./user-store.ts";
import { addUser, changeGrant, changeGrants, createLink, setDisabled } from "./users.ts";

const PASSWORD = "correct horse battery";
const ORIGIN = { address: "192.0.2.1", agent: "Browser" };
const LIMITS = { idleSeconds: 3600, lifetimeSeconds: 36_000 };
const PROVISIONING = { domains: ["corp.example"], defaultRole: "engineer", firstAdmin: "" } as const;

describe.each(engines)("people on $name", (engine) => {
  let store: TestDb | null;
  let now = 1_700_000_000;
  let door: Door;
  let ctx: Ctx;
  const test = it.skipIf(isAbsent(engine));

  beforeAll(async () => {
    store = isAbsent(engine) ? null : await engine.open();
    if (!store) return;
    door = { db: store.db, now: () => now, log: createLog("silent") };
    ctx = { ...door, viewer: localViewer, ledger: testLedger() };
    for (const key of [7, 901, 902]) await seedTeam(door.db, key, `Team ${key}`, "");
  });
  afterAll(() => store?.drop());

  const password = (email: string, text = PASSWORD) =>
    signInWithPassword(door, { email, password: text }, ORIGIN, LIMITS);
  const viewer = async (id: string) => (await findSessionViewer(door, id, LIMITS))?.viewer ?? null;
  const acts = async (subject: string) =>
    (
      await door.db.all<{ after: string }>(sql`select after from audit_log where subject = ${subject} order by at, id`)
    ).map((a) => a.after);
  const claims = (more: Partial<Claims>): Claims => ({
    ...{ issuer: "https://id.example", subject: "s1", email: "new@corp.example", emailVerified: true },
    ...{ name: "New", groups: "absent" as const, ...more },
  });
  const own = (userKey: number) => ({ ...door, viewer: { ...localViewer, kind: "person" as const, userKey } });
  const linkIn = async (key: number) => {
    const { secret } = await createLink(ctx, key);
    return signInWithLink(door, { secret }, ORIGIN, LIMITS);
  };
  const provider = (more: Partial<Claims>, settings: Parameters<typeof signInWithProvider>[2] = PROVISIONING) =>
    signInWithProvider(door, claims(more), settings, ORIGIN, LIMITS);

  test("begins with the one administrator that a link printed at the start makes, once", async () => {
    expect([await needsAdmin(door), await adminState(door)]).toEqual([true, "nobody"]);
    const first = (await createFirstAdminSecret(door)) as string;
    const secret = (await createFirstAdminSecret(door)) as string;
    expect([await isFirstAdminSecret(door, first), await isFirstAdminSecret(door, secret)]).toEqual([false, true]);
    const given = { secret, email: "Root@Example.com", password: PASSWORD };
    await expect(createFirstAdmin(door, { ...given, secret: first }, ORIGIN, LIMITS)).rejects.toThrow("used already");
    await expect(createFirstAdmin(door, { ...given, password: "short" }, ORIGIN, LIMITS)).rejects.toThrow("12 to 200");
    const started = await createFirstAdmin(door, given, ORIGIN, LIMITS);
    expect(await viewer(started.id)).toMatchObject({ id: "root@example.com", roles: ["admin"], projects: "all" });
    expect((await viewer(started.id))?.kind).toBe("person");
    await expect(createFirstAdmin(door, given, ORIGIN, LIMITS)).rejects.toMatchObject({ code: "unauthenticated" });
    expect(await createFirstAdminSecret(door)).toBe(null);
  });

  test("sign in by password; who does not exist is refused in the same words", async () => {
    await addUser(ctx, { email: "ada@example.com", grants: [{ role: "engineer" }], password: PASSWORD });
    const started = await password(" ADA@example.com ");
    expect(await viewer(started.id)).toMatchObject({
      id: "ada@example.com",
      roles: ["engineer"],
      projects: [],
      teams: [],
      submitters: expect.arrayContaining(["ada"]),
    });
    const refusals = await Promise.all(
      [password("ada@example.com", "wrong password 12"), password("nobody@example.com"), password("no address")].map(
        (p) => p.catch((error: Error & { code?: string }) => `${error.code}: ${error.message}`),
      ),
    );
    expect(new Set(refusals)).toEqual(new Set(["unauthenticated: The e-mail address or the password is wrong."]));
  });

  test("slow down those who guess, and let them in again after a minute", async () => {
    await addUser(ctx, { email: "slow@example.com", grants: [{ role: "engineer" }], password: PASSWORD });
    const from = (n: number) => ({ ...ORIGIN, address: `198.51.100.${n}` });
    const guess = (n: number, text = "wrong password 12") =>
      signInWithPassword(door, { email: "slow@example.com", password: text }, from(n), LIMITS);
    for (let n = 0; n < 11; n++) {
      await expect(guess(n)).rejects.toMatchObject({ code: "unauthenticated" });
      now += 60;
    }
    await expect(guess(20)).rejects.toMatchObject({ code: "unauthenticated" });
    await expect(guess(21, PASSWORD)).rejects.toThrow(/too many attempts/);
    now += 60;
    expect((await guess(22, PASSWORD)).userKey).toBeGreaterThan(0);
  });

  test("have sessions that end: signed out, idle, too old, revoked, disabled", async () => {
    const start = () => password("ada@example.com").then((s) => s.id);
    const [out, idle, old, other] = [await start(), await start(), await start(), await start()];
    const key = (await viewer(out))?.userKey as number;
    await signOut(own(key), out);
    expect(await viewer(out)).toBe(null);
    expect(await viewer(idle)).not.toBe(null);
    for (let hours = 0; hours < 9; hours++) {
      now += 3500;
      expect(await viewer(old)).not.toBe(null);
    }
    expect(await viewer(idle)).toBe(null);
    now += 4600;
    expect(await viewer(old)).toBe(null);
    const [mine, stolen] = [await start(), await start()];
    expect(await endOwnSessions(own(key), { exceptId: mine })).toBeGreaterThanOrEqual(1);
    expect([(await viewer(mine)) !== null, await viewer(stolen), await viewer(other)]).toEqual([true, null, null]);
    await setDisabled(ctx, key, true);
    expect(await viewer(mine)).toBe(null);
    await expect(start()).rejects.toMatchObject({ code: "unauthenticated" });
    await setDisabled(ctx, key, false);
    expect(await viewer(mine)).toBe(null);
  });

  test("lose a role, and every right with it, at their next request", async () => {
    const { key } = await addUser(ctx, { email: "fin@example.com", grants: [{ role: "finance" }], password: PASSWORD });
    const { id } = await password("fin@example.com");
    expect(await viewer(id)).toMatchObject({ roles: ["finance"], projects: "all", teams: "all" });
    await changeGrants(ctx, key, [{ role: "viewer" }]);
    expect(await viewer(id)).toMatchObject({ roles: ["viewer"], projects: [], teams: [] });
  });

  test("change their own password: every other session ends", async () => {
    const { id, userKey } = await password("fin@example.com");
    const { id: other } = await password("fin@example.com");
    await expect(changeOwnPassword(own(userKey), { present: "wrong", next: "another long one" }, id)).rejects.toThrow(
      "current password",
    );
    const open = await createLink(ctx, userKey);
    await expect(changeOwnPassword(own(userKey), { present: PASSWORD, next: PASSWORD }, id)).rejects.toMatchObject({
      fields: { nextPassword: "The new password is the same as the current one: choose another." },
    });
    await changeOwnPassword(own(userKey), { present: PASSWORD, next: "another long one" }, id);
    await expect(signInWithLink(door, { secret: open.secret }, ORIGIN, LIMITS)).rejects.toMatchObject({
      code: "unauthenticated",
    });
    expect([(await viewer(id)) !== null, await viewer(other)]).toEqual([true, null]);
    await expect(password("fin@example.com")).rejects.toMatchObject({ code: "unauthenticated" });
    await password("fin@example.com", "another long one");
    for (let n = 0; n < 6; n++)
      await expect(
        changeOwnPassword(own(userKey), { present: "wrong", next: "another long one" }, id),
      ).rejects.toThrow();
    await expect(
      changeOwnPassword(own(userKey), { present: "another long one", next: "yet another long one" }, id),
    ).rejects.toThrow("too many attempts");
    now += 60;
  });

  test("follow a link once, and choose a password by it", async () => {
    const { key } = await addUser(ctx, { email: "link@example.com", grants: [{ role: "engineer" }] });
    const old = await createLink(ctx, key);
    const { secret } = await createLink(ctx, key);
    expect(await linkOwner(door, old.secret)).toBe(undefined);
    expect(await linkOwner(door, secret)).toEqual({ email: "link@example.com", hasPassword: false });
    const { id } = await signInWithLink(door, { secret, password: PASSWORD }, ORIGIN, LIMITS);
    expect(await viewer(id)).toMatchObject({ id: "link@example.com" });
    await expect(signInWithLink(door, { secret }, ORIGIN, LIMITS)).rejects.toThrow("used already");
    await password("link@example.com");
    const late = await createLink(ctx, key);
    now += 25 * 3600;
    await expect(signInWithLink(door, { secret: late.secret }, ORIGIN, LIMITS)).rejects.toThrow("expired");
  });

  test("keep at least one administrator", async () => {
    const root = (await door.db.find<{ key: number }>(sql`select key from users where email = 'root@example.com'`))
      ?.key as number;
    await expect(changeGrants(ctx, root, [{ role: "viewer" }])).rejects.toMatchObject({ code: "conflict" });
    await expect(setDisabled(ctx, root, true)).rejects.toMatchObject({ code: "conflict" });
    const { key } = await addUser(ctx, { email: "second@example.com", grants: [{ role: "admin" }] });
    await setDisabled(ctx, root, true);
    await expect(changeGrants(ctx, key, [{ role: "viewer" }])).rejects.toMatchObject({ code: "conflict" });
    await setDisabled(ctx, root, false);
  });

  test("come from a provider by domain, invitation or group, and from nowhere else", async () => {
    const { id } = await provider({});
    expect(await viewer(id)).toMatchObject({ id: "new@corp.example", roles: ["engineer"] });
    await expect(provider({ subject: "s2", email: "x@other.example" })).rejects.toMatchObject({ code: "forbidden" });
    await addUser(ctx, { email: "invited@other.example", grants: [{ role: "viewer" }] });
    await expect(provider({ subject: "s3", email: "invited@other.example", emailVerified: false })).rejects.toThrow(
      "not verified",
    );
    const invited = await provider({ subject: "s3", email: "invited@other.example" });
    expect(await viewer(invited.id)).toMatchObject({ roles: ["viewer"] });
    await expect(provider({ subject: "thief", email: "invited@other.example" })).rejects.toThrow(
      "another way of signing in",
    );
    await expect(provider({ subject: "thief", email: "ada@example.com" })).rejects.toThrow("another way of signing in");
    const renamed = await provider({ subject: "s3", email: "renamed@other.example" });
    expect(renamed.userKey).toBe(invited.userKey);
  });

  test("hold what their groups give, as long as they are in them", async () => {
    expect(await previewGroupRule(ctx, { groupName: "gpu-finance", role: "finance" }, "add")).toEqual([]);
    await changeGroupRule(ctx, { groupName: "gpu-finance", role: "finance" }, "add");
    const first = await provider({ subject: "g1", email: "g@other.example", groups: ["gpu-finance", "all"] });
    expect(await viewer(first.id)).toMatchObject({ roles: ["finance"] });
    expect(await previewGroupRule(ctx, { groupName: "gpu-finance", role: "finance" }, "remove")).toEqual([
      { email: "g@other.example", lapsed: false, gains: [], loses: [{ role: "finance", teamKey: 0, projectKey: 0 }] },
    ]);
    await provider({ subject: "g1", email: "g@other.example", groups: "overage" });
    expect(await viewer(first.id)).toMatchObject({ roles: ["finance"] });
    expect(await acts(`user/${first.userKey}`)).toContainEqual(expect.stringContaining("too many"));
    await expect(provider({ subject: "g1", email: "g@other.example", groups: ["all"] })).rejects.toMatchObject({
      code: "forbidden",
    });
    // The refusal is not a way to keep what the group gave.
    expect((await viewer(first.id))?.roles ?? []).toEqual([]);
    await provider({ subject: "g1", email: "g@other.example", groups: ["gpu-finance"] });
    await changeGroupRule(ctx, { groupName: "gpu-finance", role: "finance" }, "remove");
    expect(await viewer(first.id)).toMatchObject({ roles: [] });
  });

  test("never get more by a token than they have themselves, however it is narrowed", async () => {
    const teams = [901, 902];
    for (const [n, list] of (
      [
        [{ role: "admin" }],
        [{ role: "finance" }],
        [{ role: "manager", teamKey: 901 }],
        [{ role: "viewer", teamKey: 901 }],
        [{ role: "engineer", teamKey: 901 }],
        [{ role: "viewer" }],
        [
          { role: "manager", teamKey: 901 },
          { role: "viewer", teamKey: 902 },
        ],
      ] as Parameters<typeof addUser>[1]["grants"][]
    ).entries()) {
      const email = `token${n}@example.com`;
      const { key } = await addUser(ctx, { email, grants: list });
      const person = (await viewer((await linkIn(key)).id)) as Viewer;
      for (const teamKeys of [[], [901], [902], teams]) {
        const given = teamKeys.filter((key) => person.teams === "all" || person.teams?.includes(key));
        if (given.length < teamKeys.length) continue;
        const { token } = await createToken(
          { ...ctx, viewer: person },
          { name: "t", scopes: [...usableScopes(person)], teamKeys },
        );
        const narrowed = await findTokenViewer(door, token);
        for (const action of Object.keys(ACTIONS) as Action[])
          if (mayDo(narrowed, action))
            expect([email, teamKeys, action, mayDo(person, action)]).toEqual([email, teamKeys, action, true]);
        if (person.manages?.length)
          expect(person.manages).toEqual(expect.arrayContaining([...(narrowed.manages ?? [])]));
        if (teamKeys.length)
          expect(narrowed.teams === "all" || (narrowed.teams ?? []).some((t) => !teamKeys.includes(t))).toBe(false);
      }
    }
  });

  test("can be given a token by an administrator, which is theirs and does no more than they may", async () => {
    const { key } = await addUser(ctx, { email: "for@example.com", grants: [{ role: "viewer", teamKey: 901 }] });
    const { token, row } = await createToken(ctx, { name: "board", scopes: ["read"] }, key);
    expect(row).toMatchObject({ userKey: key, createdBy: "local" });
    expect(await findTokenViewer(door, token)).toMatchObject({ roles: ["viewer"], teams: [901] });
    await expect(createToken(ctx, { name: "t", scopes: ["read"], teamKeys: [902] }, key)).rejects.toMatchObject({
      code: "not_found",
    });
    const person = (await viewer((await linkIn(key)).id)) as Viewer;
    await expect(createToken({ ...ctx, viewer: person }, { name: "t", scopes: ["read"] }, 1)).rejects.toMatchObject({
      code: "forbidden",
    });
    await setDisabled(ctx, key, true);
    await expect(createToken(ctx, { name: "t", scopes: ["read"] }, key)).rejects.toMatchObject({ code: "conflict" });
  });

  test("lose in their tokens what a group gave, a week after the provider last said so", async () => {
    await changeGroupRule(ctx, { groupName: "gpu-fin", role: "finance" }, "add");
    const claim = { subject: "s-fin", email: "fin@corp.example", groups: ["gpu-fin"] };
    const { id } = await provider(claim);
    const person = (await viewer(id)) as Viewer;
    const { token } = await createToken({ ...ctx, viewer: person }, { name: "books", scopes: ["read"], days: 365 });
    expect((await findTokenViewer(door, token)).roles).toContain("finance");
    now += 8 * 86_400;
    expect((await findTokenViewer(door, token)).roles).not.toContain("finance");
    await provider(claim);
    expect((await findTokenViewer(door, token)).roles).toContain("finance");
    await provider({ ...claim, groups: [] });
    expect((await findTokenViewer(door, token)).roles).not.toContain("finance");
    const changes = (await acts(`user/${person.userKey}`)).filter((a) => a.includes("roles by groups changed"));
    expect(changes).toHaveLength(2);
  });

  test("become administrator by the setting of the first one while nobody is one, and not later", async () => {
    const settings = { ...PROVISIONING, firstAdmin: "boss@corp.example" };
    const { id } = await provider({ subject: "s-boss", email: "boss@corp.example" }, settings);
    const boss = await viewer(id);
    expect(boss?.roles).toEqual(["engineer"]);
    // Nor do they get names that nobody verified.
    expect(boss?.submitters).toEqual(["boss@corp.example"]);
  });

  test("get no token back when they are enabled again, and one use an hour on record", async () => {
    const { key } = await addUser(ctx, { email: "tok@example.com", grants: [{ role: "viewer" }] });
    const person = (await viewer((await linkIn(key)).id)) as Viewer;
    const { token, row } = await createToken({ ...ctx, viewer: person }, { name: "t", scopes: ["read"], days: 30 });
    const start = Math.ceil(now / 3600) * 3600;
    for (let minute = 0; minute < 180; minute += 2) {
      now = start + 60 * minute;
      await findTokenViewer(door, token);
    }
    expect((await acts(`token/${row.id}`)).filter((a) => a.includes("token used"))).toHaveLength(3);
    await setDisabled(ctx, key, true);
    await setDisabled(ctx, key, false);
    await expect(findTokenViewer(door, token)).rejects.toMatchObject({ code: "unauthenticated" });
  });

  test("use tokens that hold what they may, no more, and end", async () => {
    const { id } = await password("fin@example.com", "another long one");
    const mine = { ...ctx, viewer: (await viewer(id)) as Ctx["viewer"] };
    const { token, row } = await createToken(mine, { name: "export", scopes: ["read"], days: 1 });
    expect(token).toMatch(/^gl_[a-z0-9]{12}_[A-Za-z0-9_-]{43}$/);
    expect(JSON.stringify(await door.db.all(sql`select * from api_tokens`))).not.toContain(token.slice(-43));
    expect(await findTokenViewer(door, token)).toMatchObject({
      kind: "token",
      id: `token/${row.id}`,
      roles: ["viewer"],
      scopes: ["read"],
    });
    const bad = [
      token.slice(0, -1),
      `${token}x`,
      token.replace("gl_", "gl-"),
      "",
      "gl_x_y",
      `gl_${row.id}_${"a".repeat(43)}`,
    ];
    for (const text of bad)
      await expect(findTokenViewer(door, text)).rejects.toMatchObject({ code: "unauthenticated" });
    await expect(createToken(mine, { name: "x", scopes: ["read"], teamKeys: [99] })).rejects.toMatchObject({
      code: "not_found",
    });
    await expect(createToken(mine, { name: "x", scopes: ["read"], days: 400 })).rejects.toThrow("at most 366 days");
    expect((await listTokens(mine)).map((t) => t.name)).toEqual(["export"]);
    await expect(listTokens(mine, true)).rejects.toMatchObject({ code: "forbidden" });
    now += 86_400;
    await expect(findTokenViewer(door, token)).rejects.toMatchObject({ code: "unauthenticated" });
    const again = await createToken(mine, { name: "again", scopes: ["read"] });
    await revokeToken(ctx, again.row.id);
    await expect(findTokenViewer(door, again.token)).rejects.toMatchObject({ code: "unauthenticated" });
    await setDisabled(ctx, mine.viewer.userKey as number, true);
    const third = await createToken({ ...mine }, { name: "third", scopes: ["read"] });
    await expect(findTokenViewer(door, third.token)).rejects.toMatchObject({ code: "unauthenticated" });
  });

  test("manage nobody without the right", async () => {
    const engineer: Ctx = { ...ctx, viewer: { kind: "person", id: "e", roles: ["engineer"], projects: [] } };
    for (const act of [
      addUser(engineer, { email: "x@example.com", grants: [{ role: "admin" }] }),
      changeGrants(engineer, 1, [{ role: "admin" }]),
      createLink(engineer, 1),
      setDisabled(engineer, 1, true),
      changeGroupRule(engineer, { groupName: "x", role: "admin" }, "add"),
    ])
      await expect(act).rejects.toMatchObject({
        code: "forbidden",
        message: expect.stringContaining("needs the role admin"),
      });
  });

  test("adds and removes one role of a person, and leaves the others", async () => {
    const { key } = await addUser(ctx, { email: "grants@example.com", grants: [{ role: "engineer" }] });
    const grantsOf = async () => (await listGrants(door.db, key)).map((g) => `${g.role}/${g.teamKey}/${g.origin}`);
    for (let n = 0; n < 2; n++) await changeGrant(ctx, key, { role: "manager", teamKey: 7 }, "add");
    expect(await grantsOf()).toEqual(["engineer/0/direct", "manager/7/direct"]);
    await changeGrant(ctx, key, { role: "engineer" }, "remove");
    expect(await grantsOf()).toEqual(["manager/7/direct"]);
    await expect(changeGrant(ctx, key, { role: "engineer" }, "remove")).rejects.toMatchObject({ code: "not_found" });
    await expect(changeGrant(ctx, key, { role: "manager" }, "add")).rejects.toMatchObject({ code: "invalid" });
    const engineer = { ...ctx, viewer: { ...localViewer, roles: ["engineer" as const] } };
    await expect(changeGrant(engineer, key, { role: "admin" }, "add")).rejects.toMatchObject({ code: "forbidden" });
    expect(await acts(`user/${key}`)).toHaveLength(4);
  });
});
