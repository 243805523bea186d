import { afterAll, beforeAll, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { addUser } from "@/lib/auth/users.ts";
import { setBudget } from "@/lib/budgets/changes.ts";
import { seedSixtyDays, VISION } from "@/lib/budgets/testing-ledger.ts";
import { ctxOf, NOW } from "@/lib/charges/testing-ledger.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { parseEnv } from "@/lib/env.ts";
import { createMailer } from "@/lib/mail/index.ts";
import { type MailServer, startMailServer } from "@/lib/mail/testing-server.ts";
import { secretKeys } from "@/lib/secrets/index.ts";
import { HOUR, MINUTE } from "@/lib/time.ts";
import type { HowToEvaluate } from "./evaluate.ts";
import { addRecommended, addRule, runAlerts } from "./index.ts";
import { listRules } from "./rule-store.ts";

const SETTINGS = {
  url: "https://ledger.example",
  signingSecret: "the signing secret of this test, 32 or more",
  fallback: [],
};
let store: TestDb;
let mail: MailServer;
let now = NOW;
let ctx: Ctx;
beforeAll(async () => {
  [store, mail] = await Promise.all([sqliteFile(), startMailServer()]);
  ctx = { ...ctxOf(store.db), now: () => now };
  await seedSixtyDays(store.db);
});
afterAll(() => Promise.all([store.drop(), mail.close()]));

const run = (how: HowToEvaluate = {}) => {
  const mailer = createMailer({ url: mail.url, from: "ledger@example.com", caFile: null, timeoutMs: 5000 });
  const sending = {
    mailer,
    post: () => Promise.reject(new Error("no channel")),
    keys: secretKeys(parseEnv({})),
    leaseSeconds: 60,
  };
  return runAlerts(ctx, SETTINGS, sending, how);
};

it("a manager is warned weeks before a budget breaks: once, alone, with the way to its cause", async () => {
  const person = (email: string, role: "manager" | "finance", teamKey: number) =>
    addUser(ctx, { email, grants: [{ role, teamKey }] });
  await person("vision@example.com", "manager", VISION);
  await person("speech@example.com", "manager", 12);
  await person("finance@example.com", "finance", 0);
  await addRule(ctx, { kind: "budget-status", severity: "warning" });
  await run();
  expect(mail.mails).toEqual([]);
  await setBudget(ctx, {
    scope: { kind: "team", value: String(VISION) },
    fromDay: 20261101,
    span: "month",
    amountMicros: 2_500_000_000,
  });
  for (let hour = 0; hour < 3; hour++) {
    now += HOUR;
    await run();
  }
  expect(mail.mails.map((m) => m.to)).toEqual([["vision@example.com"]]);
  const text = (mail.mails[0]?.text ?? "").replaceAll("=\r\n", "").replaceAll("=3D", "=").replaceAll("=E2=80=93", "–");
  expect(text).toMatch(/^Vision will pass its budget about \d+ ?– ?\d+ November/m);
  expect(text).toContain("https://ledger.example/budgets/team%3A11");
  expect(text).toMatch(/Content-Type: image\/png/i);
  // The budget is raised: the same people hear that it is over.
  await setBudget(ctx, {
    scope: { kind: "team", value: String(VISION) },
    fromDay: 20261101,
    span: "month",
    amountMicros: 9_000_000_000,
  });
  now += MINUTE;
  await run();
  expect(mail.mails.map((m) => [...m.to, /^State: (\w+)/m.exec(m.text)?.[1]])).toEqual([
    ["vision@example.com", "New"],
    ["vision@example.com", "Resolved"],
  ]);
  expect(await ctx.db.all(sql`select key from alert_deliveries where state <> 'sent'`)).toEqual([]);
});

it("a rule that is read every hour waits for its time, unless every rule is asked for", async () => {
  const found = async (how: HowToEvaluate = {}) => (await run(how))?.notices;
  now += MINUTE;
  await run({ all: true });
  now += MINUTE;
  // As time does it: nobody acts.
  await ctx.db.write((tx) => tx.run(sql`update budgets set amount_micros = 2500000000`));
  expect([await found(), await found({ all: true }), await found({ all: true })]).toEqual([0, 1, 0]);
  await ctx.db.write((tx) => tx.run(sql`update budgets set amount_micros = 9000000000`));
  now += MINUTE;
  expect([await found(), await found({ all: true })]).toEqual([0, 1]);
});

it("the recommended rules are added once, and each can be evaluated", async () => {
  const added = await addRecommended(ctx);
  expect([added > 3, await addRecommended(ctx)]).toEqual([true, 0]);
  await run();
  expect((await listRules(ctx.db)).map((rule) => rule.error)).toEqual(Array(added + 1).fill(""));
  const manager = {
    ...ctx,
    viewer: { ...ctx.viewer, kind: "person" as const, roles: ["manager" as const], teams: [VISION], manages: [VISION] },
  };
  await expect(addRecommended(manager)).rejects.toThrow(/all teams/);
});
