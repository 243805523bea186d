import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { seedTeam } from "@/lib/charges/testing-ledger.ts";
import { type Ctx, localViewer, type Viewer } from "@/lib/ctx.ts";
import { silentLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { mayDo } from "./allow.ts";
import {
  changeOwnPassword,
  endOwnSessions,
  findSessionViewer,
  signInWithLink,
  signInWithPassword,
  signOut,
} from "./sign-in.ts";
import { createToken, findTokenViewer } from "./tokens.ts";
import { findUserByEmail } from "./user-store.ts";
import { addUser, createLink, resetAccess, setDisabled } from "./users.ts";

const PASSWORD = "correct horse battery";
const OTHER = "another long password";
const ORIGIN = { address: "192.0.2.1", agent: "Browser" };
const LIMITS = { idleSeconds: 3600, lifetimeSeconds: 36_000 };

/** What ends with what, and what of it is on record. */
describe.each(engines)("access on $name", (engine) => {
  let store: TestDb | null;
  let ctx: Ctx;
  const test = it.skipIf(isAbsent(engine));
  beforeAll(async () => {
    store = isAbsent(engine) ? null : await engine.open();
    if (!store) return;
    ctx = { db: store.db, now: () => 1_700_000_000, viewer: localViewer, log: silentLog, ledger: testLedger() };
    for (const key of [7, 8]) await seedTeam(ctx.db, key, `Team ${key}`, "");
    await addUser(ctx, { email: "root@example.com", grants: [{ role: "admin" }] });
  });
  afterAll(() => store?.drop());

  const add = async (name: string) =>
    (await addUser(ctx, { email: `${name}@example.com`, grants: [{ role: "engineer" }], password: PASSWORD })).key;
  const enter = (name: string, password = PASSWORD) =>
    signInWithPassword(ctx, { email: `${name}@example.com`, password }, ORIGIN, LIMITS);
  const follow = (secret: string, password?: string) =>
    signInWithLink(ctx, password === undefined ? { secret } : { secret, password }, ORIGIN, LIMITS);
  const holds = async ({ id }: { readonly id: string }) => (await findSessionViewer(ctx, id, LIMITS)) !== null;
  const as = (userKey: number): Ctx => ({ ...ctx, viewer: { ...localViewer, kind: "person", userKey } as Viewer });
  const acts = async (key: number) =>
    (
      await ctx.db.all<{ after: string }>(
        sql`select after from audit_log where subject = ${`user/${key}/session`} and action = 'session' order by at, id`,
      )
    ).map(({ after }) => (JSON.parse(after) as { act: string }).act);

  test("is on record: sign-ins, refusals, sign-outs, other passwords", async () => {
    const key = await add("seen");
    const first = await enter("seen");
    await expect(enter("seen", "wrong password 12")).rejects.toMatchObject({ code: "unauthenticated" });
    const second = await enter("seen");
    await endOwnSessions(as(key), { exceptId: second.id });
    expect(await holds(first)).toBe(false);
    await changeOwnPassword(as(key), { present: PASSWORD, next: OTHER }, second.id);
    await signOut(as(key), second.id);
    expect((await acts(key)).sort()).toEqual(
      ["password changed", "sessions ended", "sign-in refused", "signed in", "signed in", "signed out"].sort(),
    );
  });

  test("of other sessions ends where a link brings another password", async () => {
    const key = await add("link");
    const before = await enter("link");
    const { secret } = await createLink(ctx, key);
    const started = await follow(secret, OTHER);
    expect([await holds(before), await holds(started)]).toEqual([false, true]);
    await expect(follow(secret)).rejects.toMatchObject({ code: "unauthenticated" });
  });

  test("by a link ends with the person's being disabled, and does not come back", async () => {
    const key = await add("off");
    const { secret } = await createLink(ctx, key);
    await setDisabled(ctx, key, true);
    await expect(createLink(ctx, key)).rejects.toMatchObject({ code: "conflict" });
    await setDisabled(ctx, key, false);
    await expect(follow(secret)).rejects.toMatchObject({ code: "unauthenticated" });
  });

  test("is reset whole, or not at all", async () => {
    const key = await add("reset");
    const session = await enter("reset");
    const older = await createLink(ctx, key);
    await setDisabled(ctx, key, true);
    const hash = async () => (await findUserByEmail(ctx.db, "reset@example.com"))?.passwordHash;
    const before = await hash();
    await expect(resetAccess(ctx, key)).rejects.toMatchObject({ code: "conflict" });
    expect([before !== "", await hash()]).toEqual([true, before]);
    await setDisabled(ctx, key, false);
    const { secret } = await resetAccess(ctx, key, "lost laptop");
    expect([await hash(), await holds(session)]).toEqual(["", false]);
    await expect(follow(older.secret)).rejects.toMatchObject({ code: "unauthenticated" });
    expect((await follow(secret, OTHER)).userKey).toBe(key);
  });

  test("by a token whose scopes its owner's roles never use is refused", async () => {
    const key = await add("scopes");
    for (const scope of ["metrics", "ingest"] as const)
      await expect(createToken(ctx, { name: "t", scopes: ["read", scope] }, key)).rejects.toThrow(
        `A token with the scope ${scope} could do nothing`,
      );
    expect((await createToken(ctx, { name: "t", scopes: ["metrics"] })).row.scopes).toBe("metrics");
  });

  test("by a token for a team has what its person may do in that team, and no workloads of their name", async () => {
    const { key } = await addUser(ctx, {
      email: "both@example.com",
      grants: [{ role: "finance" }, { role: "manager", teamKey: 7 }],
    });
    const viewerOf = async (teamKeys: number[]) =>
      findTokenViewer(ctx, (await createToken(ctx, { name: "t", scopes: ["read", "write"], teamKeys }, key)).token);
    const [managed, other, whole] = [await viewerOf([7]), await viewerOf([8]), await viewerOf([])];
    expect([mayDo(managed, "lines.review"), mayDo(other, "lines.review")]).toEqual([true, false]);
    expect([managed.teams, other.teams, managed.manages, other.manages]).toEqual([[7], [8], [7], [8]]);
    expect([managed.submitters, whole.submitters?.length]).toEqual([[], 2]);
  });
});
