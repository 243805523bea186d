import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { linkOwner, signInWithLink } from "@/lib/auth/sign-in.ts";
import { addUser, createLink, setDisabled } from "@/lib/auth/users.ts";
import { type Ctx, localViewer } from "@/lib/ctx.ts";
import { silentLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { requestLink } from "./mailed-link.ts";

const LIMITS = { idleSeconds: 3600, lifetimeSeconds: 36_000 };

describe.each(engines)("a link for people who forgot their password, on $name", (engine) => {
  let store: TestDb | null;
  let ctx: Ctx;
  let now = 1_700_000_000;
  beforeAll(async () => {
    store = isAbsent(engine) ? null : await engine.open();
    if (store) ctx = { db: store.db, now: () => now, viewer: localViewer, log: silentLog, ledger: testLedger() };
  });
  afterAll(() => store?.drop());
  const origin = (address: string) => ({ address, agent: "Browser" });
  const ask = (email: string, address = email) => requestLink(ctx, email, origin(address));

  it.skipIf(isAbsent(engine))("signs them in once within an hour, and ends no invitation", async () => {
    const { key } = await addUser(ctx, {
      email: "ada@example.com",
      grants: [{ role: "engineer" }],
      password: "correct horse battery",
    });
    const invitation = await createLink(ctx, key);
    const link = await ask(" Ada@Example.com");
    expect(link?.email).toBe("ada@example.com");
    // Not again within five minutes, no matter who asks.
    expect(await ask("ada@example.com", "elsewhere")).toBe(null);
    expect(await linkOwner(ctx, invitation.secret)).toMatchObject({ email: "ada@example.com" });
    expect(await signInWithLink(ctx, { secret: link?.secret as string }, origin("a"), LIMITS)).toMatchObject({
      userKey: key,
    });
    await expect(signInWithLink(ctx, { secret: link?.secret as string }, origin("a"), LIMITS)).rejects.toThrow(
      /used already/,
    );
    now += 301;
    const late = await ask("ada@example.com");
    now += 3600;
    expect(await linkOwner(ctx, late?.secret as string)).toBe(undefined);
  });

  it.skipIf(isAbsent(engine))(
    "is nobody's who is unknown, disabled, or signs in through the provider alone",
    async () => {
      expect([await ask("nobody@example.com"), await ask("no address")]).toEqual([null, null]);
      const { key } = await addUser(ctx, { email: "gone@example.com", grants: [{ role: "engineer" }] });
      await setDisabled(ctx, key, true);
      expect(await ask("gone@example.com")).toBe(null);
      const sso = await addUser(ctx, { email: "sso@example.com", grants: [{ role: "engineer" }] });
      await ctx.db.write((tx) =>
        tx.run(sql`update users set issuer = 'https://id.example', subject = 's' where key = ${sso.key}`),
      );
      expect(await ask("sso@example.com")).toBe(null);
    },
  );

  it.skipIf(isAbsent(engine))("is slowed down for people who ask again and again", async () => {
    for (let i = 0; i < 20; i++) await ask(`guess-${i}@example.com`, "guesser");
    await expect(ask("guess@example.com", "guesser")).rejects.toThrow(/too many attempts/);
    expect(await ask("guess@example.com", "somebody else")).toBe(null);
  });
});
