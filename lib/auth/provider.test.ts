import { afterAll, it as always, beforeAll, describe, expect } from "vitest";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { type Ctx, localViewer } from "@/lib/ctx.ts";
import { silentLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { type Claims, signInWithProvider } from "./provider.ts";
import { countUsers, listGrants } from "./user-store.ts";

const ORIGIN = { address: "192.0.2.1", agent: "Browser" };
const LIMITS = { idleSeconds: 3600, lifetimeSeconds: 36_000 };
const SETTINGS = { domains: ["corp.example"], defaultRole: "engineer", firstAdmin: "" } as const;

describe.each(engines)("sign-in through the provider on $name", (engine) => {
  const it = always.skipIf(isAbsent(engine));
  let store: TestDb | null;
  let ctx: Ctx;

  beforeAll(async () => {
    store = isAbsent(engine) ? null : await engine.open();
    if (store)
      ctx = { db: store.db, now: () => 1_700_000_000, viewer: localViewer, log: silentLog, ledger: testLedger() };
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
});
