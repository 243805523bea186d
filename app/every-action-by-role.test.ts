import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { sealTicket } from "@/lib/auth/nextauth/cookie.ts";
import { cookieName } from "@/lib/auth/session-cookie.ts";
import { startSession } from "@/lib/auth/sign-in.ts";
import { findUserByEmail } from "@/lib/auth/user-store.ts";
import { addUser } from "@/lib/auth/users.ts";
import { type Ctx, localViewer, ROLES, type Role, systemNow } from "@/lib/ctx.ts";
import { silentLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { DAY, dateOf } from "@/lib/time.ts";
import { findSignedIn } from "./ctx.ts";
import { request } from "./testing-request.ts";

vi.mock("next/headers", async () => (await import("./testing-request.ts")).nextHeaders);
vi.mock("next/server", async () => (await import("./testing-request.ts")).nextServer());
vi.mock("next/cache", async () => (await import("./testing-request.ts")).nextCache);

type Act = (...args: readonly unknown[]) => Promise<unknown>;

const SIGN_IN = {
  ...{ url: "http://127.0.0.1:3000", secrets: ["a secret of this test, and of no other"] as const, secure: false },
  ...{ password: true, provider: null, demo: false, limits: { idleSeconds: 600, lifetimeSeconds: 600 } },
};
/**
 * What everybody may do with what is their own, and what is before sign-in. Testing sources answers with an empty list in place of a refusal
 * (lib/jobs/connections.test.ts).
 */
const OF_EVERYBODY = /^(account\/|sign-out\.ts|app\/\(auth\)\/|sync\/actions\.ts testSources)/;
const place = globalThis as { gpuLedger?: Record<string, unknown> };
const acts: [string, Act][] = [];
for (const file of globSync("app/**/*.ts").filter((f) => readFileSync(f, "utf8").startsWith('"use server"')))
  for (const [name, act] of Object.entries(
    (await import(/* @vite-ignore */ path.resolve(file))) as Record<string, Act>,
  ))
    acts.push([`${file.replace("app/(dashboard)/", "")} ${name}`, act]);

let store: TestDb;
let ctx: Ctx;
beforeAll(async () => {
  store = await sqliteFile();
  ctx = { db: store.db, now: systemNow, viewer: localViewer, log: silentLog, ledger: testLedger() };
  place.gpuLedger ??= {};
  Object.assign(place.gpuLedger, { db: Promise.resolve(store.db), auth: { settings: SIGN_IN }, log: silentLog });
  request.headers = new Headers({ host: "127.0.0.1:3000", origin: "http://127.0.0.1:3000" });
  for (const role of ROLES)
    await addUser(ctx, { email: `${role}@example.com`, grants: [{ role, teamKey: role === "manager" ? 1 : 0 }] });
});
afterAll(async () => {
  delete request.cookies;
  for (const key of ["db", "auth", "log"]) delete place.gpuLedger?.[key];
  await store.drop();
});

/** Signs in again for each act, since some end the session that they come with. @param as the key in the cookie, where it is another's. */
async function signIn(role: Role, as?: number): Promise<void> {
  const user = await findUserByEmail(store.db, `${role}@example.com`);
  if (!user) throw new Error(`there is no ${role}`);
  const started = await store.db.write((tx) =>
    startSession(tx, ctx, user, "password", { address: "", agent: "" }, SIGN_IN.limits),
  );
  const ticket = await sealTicket(SIGN_IN, { sid: started.id, userKey: as ?? user.key }, 600);
  request.cookies = { [cookieName(SIGN_IN)]: ticket };
}

/** What some acts read in a way of their own before the verb is called. */
const OWN_VALUES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "units/actions.ts define": { countsFrom: "2026-10-01" },
  "units/actions.ts change": { countsFrom: "2026-10-01" },
  "savings/actions.ts record": { on: "2026-10-01", kind: "other", subjectKind: "workload", subject: "x" },
  "alerts/actions.ts saveRule": { kind: "daily-cost", rule: "", threshold: "1", hold: "", repeat: "", escalate: "" },
  "events/actions.ts saveDestination": { kind: "openmeter", destination: "", from: "" },
  // No source keeps what is older than two months.
  "sync/actions.ts startBackfill": { from: dateOf(systemNow() - 2 * DAY, "UTC"), to: dateOf(systemNow(), "UTC") },
  "sync/connections/actions.ts saveConnection": { kind: "prometheus", connection: "" },
  "alerts/channels/actions.ts saveChannel": { kind: "webhook", channel: "" },
};

/** Values that get past what is read of a form before the verb is called. */
function formOf(act: string): FormData {
  const form = new FormData();
  const days = { day: "2026-10-01", from: "2026-10-01", fromDay: "2026-10-01", until: "2026-11-01", end: "2026-11-01" };
  const values = {
    ...days,
    ...{ to: "2026-11-01", asOf: "2026-10-01", untilDay: "2026-11-01", month: "2026-10", period: "2026-10" },
    ...{ sure: "yes", team: "1", key: "1", id: "1", amount: "1.00", rate: "1.5", name: "x", reason: "x", days: "1" },
    ...{ email: "x@example.com", role: "viewer", act: "add", person: "99", scope: "team:1", kind: "team", line: "x" },
    ...{ verdict: "accepted", how: "rejected", unit: "1", span: "month", change: "1", class: "unallocated", rule: "1" },
    ...{ channel: "1", finding: "x", anomaly: "x", proposal: "x", text: "x", method: "charges", pattern: "x" },
  };
  for (const [name, value] of Object.entries({ ...values, ...OWN_VALUES[act] })) form.set(name, value);
  for (const name of ["file", "catalogue", "bill"]) form.set(name, new File(["from,until,amount,currency\n"], "x.csv"));
  return form;
}

/** The roles that a refusal names; null: it is no such refusal. */
function neededBy(message: string): string[] | null {
  const [, roles = ""] = /^You may not .*: that needs the role ([a-z, ]+)\. Ask an administrator\./.exec(message) ?? [];
  return roles ? roles.split(/, | or /) : null;
}

it.each(acts.filter(([name]) => !OF_EVERYBODY.test(name)))(
  "is refused to the roles that may not, and to no other: %s",
  async (name, act) => {
    const refused: string[] = [];
    const needed = new Set<string>();
    for (const role of ROLES) {
      await signIn(role);
      // An act of one argument takes an id.
      const answer = await (act.length === 1 ? act("1") : act(null, formOf(name))).catch((error: Error) => error);
      const roles = neededBy((answer as { message?: string } | undefined)?.message ?? "");
      if (roles === null) continue;
      refused.push(role);
      for (const one of roles) needed.add(one);
    }
    expect(needed.size).toBeGreaterThan(0);
    expect(refused).toEqual(ROLES.filter((role) => !needed.has(role)));
  },
);

const sent: readonly unknown[] = [undefined, null, 7, "x", [], { key: "1", role: "admin" }];

it.each(acts.filter(([name]) => !OF_EVERYBODY.test(name)))(
  "answers in words, whatever is sent in place of its form: %s",
  async (_, act) => {
    for (const form of sent) {
      await signIn("admin");
      const answered = act.length === 1 ? act(form) : act(null, form);
      const { digest = "", message } = await answered.then(
        (answer) => (answer ?? { message: "done" }) as { digest?: string; message?: string },
        (error: Error & { digest?: string }) => ({ digest: error.digest ?? "failed", message: error.message }),
      );
      // To lead on is no failure.
      expect([form, digest.startsWith("NEXT_REDIRECT") || digest === ""], message).toEqual([form, true]);
    }
  },
);

it("is for nobody by a cookie that names another person than its session", async () => {
  const admin = await findUserByEmail(store.db, "admin@example.com");
  await signIn("viewer");
  expect((await findSignedIn())?.viewer.id).toBe("viewer@example.com");
  await signIn("viewer", admin?.key);
  expect(await findSignedIn()).toBeNull();
});
