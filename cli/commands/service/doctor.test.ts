import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { checkDisk, checkMail, checkNode, checkProvider, checkSignIn } from "@/cli/doctor.ts";
import { runLedger } from "@/cli/testing.ts";
import { sql } from "@/db/client.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { systemNow } from "@/lib/ctx.ts";
import { parseEnv } from "@/lib/env.ts";
import { startMailServer } from "@/lib/mail/testing-server.ts";

const SIGN_IN = { NEXTAUTH_URL: "http://127.0.0.1:3000", NEXTAUTH_SECRET: "a-secret-of-this-test-and-of-no-other" };
let store: TestDb & { file: string };
beforeAll(async () => {
  store = await sqliteFile();
});
afterAll(() => store.drop());

const runAt = (id: string, at: number) =>
  store.db.write((tx) =>
    tx.run(
      sql`insert into sync_runs (id, kind, started_at, finished_at, status, counts, error) values (${id}, 'live', ${at}, ${at}, 'ok', '{}', '')`,
    ),
  );
const examine = (settings: Record<string, string> = {}) =>
  runLedger(["doctor"], { DATABASE_URL: `file:${store.file}`, ...SIGN_IN, ...settings });

it("knows which Node.js is too old", () => {
  expect(["v20.19.0", "v22.13.9", "v22.14.0", "v24.1.0"].map((v) => checkNode(v).state)).toEqual([
    "failed",
    "failed",
    "ok",
    "ok",
  ]);
});

it("warns before the disk is full, and has nothing to say of PostgreSQL", () => {
  const env = parseEnv({ DATABASE_URL: `file:${store.file}` });
  expect([checkDisk(env, 5e8)?.state, checkDisk(env, 5e10)?.state]).toEqual(["warning", "ok"]);
  expect(checkDisk(parseEnv({ DATABASE_URL: "postgres://db/ledger" }))).toBe(null);
});

it("says how people sign in, and what is missing", () => {
  expect(checkSignIn(parseEnv(SIGN_IN))).toMatchObject({ state: "ok", detail: "http://127.0.0.1:3000, by password" });
  expect(checkSignIn(parseEnv({ AUTH: "off" })).state).toBe("warning");
  expect(checkSignIn(parseEnv({}))).toMatchObject({
    state: "failed",
    detail: expect.stringContaining("NEXTAUTH_SECRET"),
  });
});

it("reports what works, what is missing, and what to do, and fails where something does not work", async () => {
  const first = await examine();
  expect(first.code).toBe(1);
  expect(first.stdout).toMatch(/^ok {7}Node\.js: v\d/m);
  expect(first.stdout).toMatch(/^ok {7}Database: .*ledger\.db$/m);
  expect(first.stdout).toMatch(/^warning {2}Sync: nothing was ever read\n {9}Connect a source/m);
  expect(first.stdout).toMatch(/^failed {3}.*Run:ai: not configured\n {9}.*RUNAI_URL/m);
  expect(first.stderr).toMatch(/\d ok, \d warnings?, \d failed\.\n$/);
  await store.db.write((tx) =>
    tx.run(sql`insert into windows (cluster_id, source, subject, start_at, end_at, step_seconds, backfill_id, status, owner, lease_until,
      attempts, next_attempt_at, samples, error, updated_at) values ('c', 'prometheus', '', 0, 3600, 60, 'b', 'fetched', '', 0, 1, 0, 5, '', 1)`),
  );
  expect((await examine()).stdout).toMatch(
    /^warning {2}Sync: no sync has run yet; a backfill has read data\n {9}Run: npm/m,
  );
  await runAt("old", systemNow() - 7200);
  expect((await examine()).stdout).toMatch(/^failed {3}Sync: last success 2 h/m);
  await runAt("new", systemNow() - 60);
  expect((await examine()).stdout).toMatch(/^ok {7}Sync: last success/m);
});

it("sees a clock that went back, and a source that does not answer", async () => {
  await runAt("ahead", systemNow() + 3600);
  const { code, stdout } = await examine({
    ...{ RUNAI_URL: "http://127.0.0.1:9", RUNAI_APP_ID: "a", RUNAI_APP_SECRET: "b", HTTP_RETRY_COUNT: "0" },
  });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^failed {3}Clock: a sync of this ledger began .* from now/m);
  expect(stdout).toMatch(/^failed {3}.*Run:ai: http:\/\/127\.0\.0\.1:9\n {9}\S/m);
});

it("a ledger that is not there yet is no failure, and is not created", async () => {
  rmSync(`${store.file}.none`, { force: true });
  const { stdout } = await examine({ DATABASE_URL: `file:${store.file}.none` });
  expect(stdout).toMatch(/^warning {2}Database: there is no ledger at .*\.none yet/m);
});

it("asks the identity provider who it is, and fails where it is not the one of the settings", async () => {
  const server = createServer((request, response) => {
    const issuer = `http://${request.headers.host}/realm`;
    response.writeHead(request.url?.startsWith("/gone") ? 404 : 200).end(JSON.stringify({ issuer }));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  try {
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const provider = { OIDC_CLIENT_ID: "a", OIDC_CLIENT_SECRET: "b" };
    const check = (issuer: string) => checkProvider(parseEnv({ ...SIGN_IN, ...provider, OIDC_ISSUER: issuer }));
    expect(await checkProvider(parseEnv(SIGN_IN))).toEqual([]);
    expect(await check(`${base}/realm`)).toMatchObject([{ state: "ok", detail: `${base}/realm` }]);
    expect(await check(`${base}/other`)).toMatchObject([
      { state: "failed", detail: expect.stringContaining("/realm") },
    ]);
    const { code, stdout } = await examine({ ...provider, OIDC_ISSUER: `${base}/gone` });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^failed {3}Identity provider: .*answered 404.*Check OIDC_ISSUER/m);
  } finally {
    server.close();
  }
});

it("connects to the mail server, with its password, and sends nothing", async () => {
  const server = await startMailServer();
  const check = (url: string) => checkMail(parseEnv({ SMTP_URL: url, MAIL_FROM: "ledger@example.com" }));
  try {
    expect((await checkMail(parseEnv({}))).state).toBe("warning");
    expect((await check(server.url)).state).toBe("ok");
    expect(server.mails).toEqual([]);
    const wrong = server.url.replace(/:[^:@]+@/, ":wrong@");
    expect(await check(wrong)).toMatchObject({ state: "failed", detail: expect.stringContaining("127.0.0.1: ") });
    expect((await check("smtp://127.0.0.1:9")).state).toBe("failed");
  } finally {
    await server.close();
  }
});
