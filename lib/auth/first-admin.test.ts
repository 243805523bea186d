import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { type Ctx, localViewer } from "@/lib/ctx.ts";
import { silentLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { listActs } from "./audit-store.ts";
import { adminState, createFirstAdmin, createFirstAdminSecret } from "./first-admin.ts";
import { changeGroupRule } from "./groups/group-rules.ts";
import { signInWithProvider } from "./provider.ts";
import { findSessionViewer, signInWithLink, signInWithPassword } from "./sign-in.ts";
import { createToken, findTokenViewer } from "./tokens.ts";
import { addUser, createLink, setDisabled } from "./users.ts";

const PASSWORD = "correct horse battery";
const ORIGIN = { address: "192.0.2.1", agent: "Browser" };
const LIMITS = { idleSeconds: 3600, lifetimeSeconds: 36_000 };

describe.each(engines)("a ledger whose only administrator came from a group, on $name", (engine) => {
  let store: TestDb | null;
  let ctx: Ctx;
  beforeAll(async () => {
    store = isAbsent(engine) ? null : await engine.open();
    if (store)
      ctx = { db: store.db, now: () => 1_700_000_000, viewer: localViewer, log: silentLog, ledger: testLedger() };
  });
  afterAll(() => store?.drop());

  it.skipIf(isAbsent(engine))("stays open to everybody else when the group is gone", async () => {
    expect(await adminState(ctx)).toBe("nobody");
    await changeGroupRule(ctx, { groupName: "gpu-admins", role: "admin" }, "add");
    const enter = (groups: readonly string[]) =>
      signInWithProvider(
        ctx,
        {
          ...{ issuer: "https://id.example", subject: "1", email: "root@corp.example", emailVerified: true },
          ...{ name: "Root", groups },
        },
        { domains: [], defaultRole: null, firstAdmin: "" },
        ORIGIN,
        LIMITS,
      );
    await enter(["gpu-admins"]);
    await addUser(ctx, { email: "ada@example.com", grants: [{ role: "viewer" }], password: PASSWORD });
    expect([await adminState(ctx), await createFirstAdminSecret(ctx)]).toEqual(["present", null]);
    await expect(enter([])).rejects.toMatchObject({ reason: "no-access" });
    expect(await adminState(ctx)).toBe("lost");
    await signInWithPassword(ctx, { email: "ada@example.com", password: PASSWORD }, ORIGIN, LIMITS);
    // The link of the next start creates an administrator again.
    const secret = (await createFirstAdminSecret(ctx)) ?? "";
    const good = { secret, email: "second@example.com", name: "", password: PASSWORD };
    for (const [field, text] of [
      ["email", "second@example"],
      ["name", "a\nb"],
      ["password", "short"],
    ] as const)
      await expect(createFirstAdmin(ctx, { ...good, [field]: text }, ORIGIN, LIMITS)).rejects.toMatchObject({
        ...{ code: "invalid", fields: { [field]: expect.any(String) } },
      });
    await createFirstAdmin(ctx, { secret, email: "second@example.com", password: PASSWORD }, ORIGIN, LIMITS);
    expect(await adminState(ctx)).toBe("present");
  });

  it.skipIf(isAbsent(engine))(
    "ends whatever was open as somebody who becomes the administrator by the link",
    async () => {
      const { key } = await addUser(ctx, { email: "eva@example.com", name: "Eva", grants: [{ role: "viewer" }] });
      const enter = async () => {
        const { secret } = await createLink(ctx, key);
        return signInWithLink(ctx, { secret }, ORIGIN, LIMITS);
      };
      const open = await enter();
      await setDisabled(ctx, key, true);
      await setDisabled(ctx, key, false);
      const session = await enter();
      const { secret: link } = await createLink(ctx, key);
      const { token } = await createToken(ctx, { name: "export", scopes: ["read"], teamKeys: [], days: 90 }, key);
      await ctx.db.write((tx) => tx.run(sql`delete from grants where role = 'admin'`));
      const secret = (await createFirstAdminSecret(ctx)) ?? "";
      const given = { secret, email: "eva@example.com", name: "Another name", password: PASSWORD };
      const { id } = await createFirstAdmin(ctx, given, ORIGIN, LIMITS);
      expect((await findSessionViewer(ctx, id, LIMITS))?.viewer).toMatchObject({ name: "Eva", roles: ["admin"] });
      for (const old of [open, session]) expect(await findSessionViewer(ctx, old.id, LIMITS)).toBe(null);
      await expect(signInWithLink(ctx, { secret: link }, ORIGIN, LIMITS)).rejects.toThrow("used already");
      await expect(findTokenViewer(ctx, token)).rejects.toMatchObject({ code: "unauthenticated" });
      const act = (await listActs(ctx.db, 100, `user/${key}`)).find((a) => a.reason === "first administrator");
      const [viewer, admin] = (["viewer", "admin"] as const).map((role) => ({ role, teamKey: 0, projectKey: 0 }));
      expect([JSON.parse(act?.before ?? "null"), JSON.parse(act?.after ?? "null")]).toEqual([
        { disabled: false, grants: [viewer] },
        { disabled: false, grants: [admin], password: "changed", sessionsEnded: 1, tokensRevoked: 1 },
      ]);
    },
  );
});
