import type { Page } from "@playwright/test";
import { sql } from "@/db/client.ts";
import { openTicket, sealTicket } from "@/lib/auth/nextauth/cookie.ts";
import { hashSecret } from "@/lib/auth/secret.ts";
import { findUserByEmail } from "@/lib/auth/user-store.ts";
import { createLink } from "@/lib/auth/users.ts";
import { ledgerOf, localViewer, systemNow } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { silentLog } from "@/lib/log.ts";
import { actId } from "./fixtures/acts.ts";
import { PASSWORD, SAFETY_DATABASE, SAFETY_PEOPLE, SAFETY_SECRET } from "./fixtures/people.ts";
import { rawTo, type Sent } from "./fixtures/raw.ts";
import { by, cookie, count, inLedger, SESSION_COOKIE } from "./fixtures/session.ts";
import { expect, test } from "./fixtures/test.ts";

/** Attacks on the server on which people sign in, as `npm start` runs it. What each proves: docs/safety.md. */
const BASE = `http://127.0.0.1:${Number(process.env.E2E_PORT ?? 3490) + 4}`;
test.use({ baseURL: BASE });

const { send, act } = rawTo(BASE);
const SIGN_IN = "app/(auth)/sign-in/actions.ts";
const ACCOUNT = "app/(dashboard)/account/actions.ts";
const TEAMS = "app/(dashboard)/teams/actions.ts";

/** What only somebody who is signed in is shown. */
const isInside = (text: string) => text.includes("Sign out") || /"(projects|teams|periods)":/.test(text);

test.describe("sessions", () => {
  test("that are forged, cut, of another secret, of nobody, revoked or too long open nothing, and break nothing", async () => {
    const good = await cookie(SAFETY_PEOPLE.finance);
    const ticket = { sid: "a session of nobody", userKey: 1 };
    const revoked = await cookie(SAFETY_PEOPLE.finance);
    await inLedger(SAFETY_DATABASE, (db) =>
      db.write((tx) =>
        tx.run(sql`update sessions set revoked_at = 1 where created_at = (select max(created_at) from sessions)
        and user_key = (select key from users where email = ${SAFETY_PEOPLE.finance})`),
      ),
    );
    const cases: Readonly<Record<string, string>> = {
      empty: "",
      "no ticket": "admin",
      "not signed": Buffer.from(JSON.stringify({ sub: "1", sid: "x" })).toString("base64url"),
      "an unsigned JWT": `${Buffer.from('{"alg":"none"}').toString("base64url")}.${Buffer.from('{"sub":"1"}').toString("base64url")}.`,
      "of another secret": await sealTicket(
        { secure: false, secrets: ["another secret, of an attacker's install"] },
        ticket,
        3600,
      ),
      "of a session that never was": await sealTicket({ secure: false, secrets: [SAFETY_SECRET] }, ticket, 3600),
      expired: await sealTicket({ secure: false, secrets: [SAFETY_SECRET] }, ticket, -60),
      "cut short": good.slice(0, -8),
      "changed in the middle": `${good.slice(0, 60)}${good[60] === "A" ? "B" : "A"}${good.slice(61)}`,
      "of more than 4 KB": good + "A".repeat(5000),
      revoked,
      "not an address": "%%%",
    };
    for (const [what, value] of Object.entries(cases)) {
      const headers = { cookie: `${SESSION_COOKIE}=${value}` };
      const page = await send("/workloads", { headers });
      expect([what, page.status < 400, isInside(page.text)], `${what}: ${page.status}`).toEqual([what, true, false]);
      expect([what, (await send("/api/v1/periods", { headers })).status]).toEqual([what, 401]);
      const file = await send("/download/workloads", { headers });
      // An unreadable cookie counts as missing: the proxy then leads to the sign-in.
      expect([what, file.status === 401 || /\/sign-in$/.test(file.location)]).toEqual([what, true]);
    }
  });

  test("are not confused by cookies that a sibling host sets, nor by one that does not parse", async () => {
    const own = (await by(SAFETY_PEOPLE.finance)).cookie;
    const others = [
      `${SESSION_COOKIE}-x=evil`,
      `${SESSION_COOKIE}.0=evil`,
      "next-auth.session-token=evil",
      "next-auth.callback-url=%%%",
      "gpu-ledger.return-to=%%%",
      "__Host-gpu-ledger.session=evil",
    ];
    for (const other of others) {
      const answer = await send("/account", { headers: { cookie: `${other}; ${own}` } });
      expect([other, answer.status, isInside(answer.text)]).toEqual([other, 200, true]);
    }
  });

  test("begin with another id, whatever cookie there was before", async ({ page, context }) => {
    const before = await cookie(SAFETY_PEOPLE.viewer);
    await context.addCookies([{ name: SESSION_COOKIE, value: before, url: BASE }]);
    await page.goto("/account");
    await page.getByRole("button", { name: "Sign out" }).click();
    await context.addCookies([{ name: SESSION_COOKIE, value: before, url: BASE }]);
    await signIn(page, "/sign-in", SAFETY_PEOPLE.viewer);
    const [after] = (await context.cookies()).filter((c) => c.name === SESSION_COOKIE);
    expect(after).toMatchObject({ httpOnly: true, sameSite: "Lax", path: "/" });
    expect(after?.value).not.toBe(before);
    expect((await send("/api/v1/periods", { headers: { cookie: `${SESSION_COOKIE}=${before}` } })).status).toBe(401);
  });
});

async function signIn(page: Page, path: string, email: string): Promise<void> {
  await page.goto(path);
  await page.getByLabel("E-mail").fill(email);
  await page.getByLabel("Password").fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
}

test.describe("pages of other sites", () => {
  test("cannot act: sign in, sign out, create tokens, change teams", async () => {
    const headers = await by(SAFETY_PEOPLE.admin);
    const acts = [
      [SIGN_IN, "signIn", "/sign-in"],
      ["app/(dashboard)/sign-out.ts", "signOut", "/"],
      [ACCOUNT, "newToken", "/account"],
      [TEAMS, "addTeam", "/teams"],
    ] as const;
    const before = [await count("api_tokens"), await count("teams"), await count("sessions", "revoked_at is null")];
    const foreign: Readonly<Record<string, string>>[] = [
      { origin: "http://evil.example" },
      { origin: "null" },
      { origin: `${BASE}.evil.example` },
      { origin: BASE, "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" },
      { origin: BASE, "sec-fetch-site": "same-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" },
    ];
    for (const [file, name, path] of acts)
      for (const more of foreign) {
        const answer = await act(
          file,
          name,
          { name: "Foreign", scope: "read", days: "1" },
          { ...headers, ...more },
          path,
        );
        expect([name, more, answer.status]).toEqual([name, more, 403]);
      }
    // Without Origin and without Sec-Fetch-Site no browser sent it.
    for (const [file, name, path] of acts) {
      const form = await send(path, {
        method: "POST",
        body: "x=1",
        headers: { ...headers, "next-action": actId(file, name) },
      });
      expect([name, form.status]).toEqual([name, 403]);
    }
    expect([await count("api_tokens"), await count("teams"), await count("sessions", "revoked_at is null")]).toEqual(
      before,
    );
  });

  test("cannot choose where sign-in leads, nor reach what next-auth has besides", async ({ page }) => {
    for (const to of [
      "https://evil.example/x",
      "//evil.example",
      "/\\evil.example",
      "javascript:alert(1)",
      "%E0%A4%A",
      "%%%",
    ]) {
      const answer = await send(`/sign-in?callbackUrl=${encodeURIComponent(to)}`);
      expect([to, answer.status, /name="callbackUrl" value="([^"]*)"/.exec(answer.text)?.[1]]).toEqual([to, 200, "/"]);
    }
    expect((await send("/sign-in?callbackUrl=%%%")).status).toBeLessThan(500);
    await signIn(page, "/sign-in?callbackUrl=//evil.example/x", SAFETY_PEOPLE.viewer);
    expect(new URL(page.url()).origin).toBe(BASE);
    for (const path of [
      "_log",
      "session",
      "csrf",
      "providers",
      "signin",
      "signin/oidc",
      "error",
      "callback/credentials",
    ]) {
      expect([path, (await send(`/api/auth/${path}`)).status]).toEqual([path, 404]);
      const posted = await send(`/api/auth/${path}`, { method: "POST", headers: { origin: BASE }, body: "a=b" });
      expect([path, [404, 405].includes(posted.status)]).toEqual([path, true]);
    }
  });

  test("learn nothing from what the sign-in page leaves in a cache", async ({ request }) => {
    const { headers } = await request.get("/sign-in").then((answer) => ({ headers: answer.headers() }));
    expect(headers["cache-control"]).toContain("no-store");
    expect(headers["content-security-policy"]).toContain("form-action 'self'");
  });
});

test("headers that a proxy or Next.js itself would set open nothing to somebody who is signed out", async () => {
  const names: Readonly<Record<string, string>> = {
    "x-middleware-subrequest": "proxy:proxy:proxy:proxy:proxy",
    "x-middleware-rewrite": "/workloads",
    "x-middleware-next": "1",
    "x-matched-path": "/workloads",
    "x-invoke-path": "/workloads",
    "x-invoke-status": "200",
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "https",
    "x-forwarded-for": "127.0.0.1",
    "x-real-ip": "127.0.0.1",
    "x-real-address": "127.0.0.1",
    "next-resume": "1",
    rsc: "1",
    "next-router-prefetch": "1",
    "next-router-segment-prefetch": "/_tree",
    purpose: "prefetch",
    authorization: "Bearer gl_000000000000_0000000000000000000000000000000000000000000",
  };
  for (const [name, value] of Object.entries(names)) {
    const page = await send("/workloads", { headers: { [name]: value } });
    expect([
      name,
      page.status < 500,
      isInside(page.text),
      /evil\.example/.test(`${page.location}${page.text}`),
    ]).toEqual([...[name, true, false, false]]);
    // Next.js itself leads a request for a part of a page on to its canonical address.
    expect([name, [307, 401]]).toEqual([
      name,
      expect.arrayContaining([(await send("/api/v1/periods", { headers: { [name]: value } })).status]),
    ]);
  }
  const before = await count("teams");
  for (const path of ["/metricsX", "/healthzfoo", "/_next/static/x", "/icon.svg", "/api/v1/periods", "/sign-in"]) {
    const answer = await act(
      TEAMS,
      "addTeam",
      { name: `At ${path}`, reason: "x" },
      { "x-middleware-subrequest": "proxy" },
      path,
    );
    expect([path, /"ok":true|created/.test(answer.text)]).toEqual([path, false]);
  }
  expect(await count("teams")).toBe(before);
});

test("an address that a client writes into a header is not the one that guesses are counted by", async () => {
  const failed = async (i: number) =>
    send("/sign-in", {
      method: "POST",
      headers: {
        ...{ origin: BASE, "next-action": actId(SIGN_IN, "signIn"), "content-type": "text/plain;charset=UTF-8" },
        ...{ "x-forwarded-for": `203.0.113.${i}`, "x-real-ip": `203.0.113.${i}`, "x-real-address": `203.0.113.${i}` },
      },
      body: "[]",
    });
  for (let i = 0; i < 3; i++) await failed(i);
  expect(await count("sign_in_failures", "subject like 'address:203.0.113.%'")).toBe(0);
  expect(await count("sign_in_failures", "subject like 'address:%127.0.0.1'")).toBe(1);
});

test("a request that is too large, or does not say how large, is refused", async () => {
  const admin = await by(SAFETY_PEOPLE.admin);
  const form = (bytes: number) => "a".repeat(bytes);
  const type = { origin: BASE, "content-type": "text/plain;charset=UTF-8" };
  const post = (path: string, body: string, headers: Sent["headers"] = {}, chunked = false) =>
    send(path, { method: "POST", headers: { ...type, ...headers }, body, chunked }).then((answer) => answer.status);
  expect(await post("/sign-in", form(17 * 1024))).toBe(401);
  expect(await post("/costs", form(17 * 1024))).toBe(401);
  expect(await post("/costs", form(18 * 1024 * 1024), admin)).toBe(413);
  expect(await post("/account", form(65 * 1024), admin)).toBe(413);
  expect(await post("/costs", form(65 * 1024), admin)).toBeLessThan(400);
  expect(await post("/sign-in", form(100), {}, true)).toBe(411);
  expect((await send("/", { method: "TRACE", headers: admin })).status).toBe(405);
});

test("an address that the API does not have is answered in its own shape", async () => {
  const asked = async (path: string, headers: Sent["headers"] = {}) => {
    const { status, text } = await send(path, { headers });
    return [path, status, JSON.parse(text).error.code];
  };
  for (const path of ["/api", "/api/v1", "/api/v1/nope", "/api/v1/teams/1/nope", "/api/x"]) {
    expect(await asked(path)).toEqual([path, 401, "unauthenticated"]);
    expect(await asked(path, await by(SAFETY_PEOPLE.viewer))).toEqual([path, 404, "not_found"]);
    const posted = await send(path, { method: "DELETE" });
    expect([path, posted.status, JSON.parse(posted.text).error.code]).toEqual([path, 401, "unauthenticated"]);
  }
});

test("a session that has ended imports no file, which the same session did before", async () => {
  const day = new Date().toISOString().slice(0, 10);
  const next = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  const csv = (what: string) =>
    `from,until,team,cluster,category,description,amount,currency\n${`${day},${next},,,storage,${what},0.01,USD\n`.repeat(1500)}`;
  const value = await cookie(SAFETY_PEOPLE.finance);
  const importing = (what: string) =>
    act(
      "app/(dashboard)/costs/actions.ts",
      "importFile",
      { file: new File([csv(what)], `${what}.csv`) },
      { cookie: `${SESSION_COOKIE}=${value}` },
      "/costs",
    );
  const before = await count("cost_imports");
  expect((await importing("in time")).text).toMatch(/Imported 1,?500 lines/);
  expect(await count("cost_imports")).toBe(before + 1);
  const ticket = await openTicket({ secure: false, secrets: [SAFETY_SECRET] }, value);
  await inLedger(SAFETY_DATABASE, (db) =>
    db.write((tx) => tx.run(sql`update sessions set revoked_at = 1 where id_hash = ${hashSecret(ticket?.sid ?? "")}`)),
  );
  // Next.js reads the body before the act, and the act refuses.
  const late = await importing("too late");
  expect([late.status, late.text]).toEqual([200, expect.stringMatching(/"ok":false.*signed out/i)]);
  expect(await count("cost_imports")).toBe(before + 1);
});

test("a token that is malformed is refused in words, and a session does not write through the API", async () => {
  const tokens = [
    "",
    "x",
    "gl_",
    "gl__",
    `gl_${"a".repeat(12)}_${"b".repeat(43)}`,
    "gl_'; drop table users; --",
    "é".repeat(50),
    "A".repeat(9000),
  ];
  for (const token of tokens) {
    const answer = await send("/api/v1/periods", { headers: { authorization: `Bearer ${encodeURI(token)}` } });
    expect([token.slice(0, 20), answer.status]).toEqual([token.slice(0, 20), 401]);
  }
  for (const scheme of ["Basic Z2xfOng=", "bearer", "Bearer  ", "Digest x", "Bearer a b"])
    expect([scheme, (await send("/api/v1/periods", { headers: { authorization: scheme } })).status]).toEqual([
      scheme,
      401,
    ]);
  const headers = { ...(await by(SAFETY_PEOPLE.admin)), origin: BASE };
  expect([401, 405]).toContain((await send("/api/v1/periods", { method: "POST", headers, body: "{}" })).status);
});

test("a probe says whether the server is ready, and nothing else; the demo's way in is closed", async () => {
  expect(await send("/readyz")).toMatchObject({ status: 200, text: '{"status":"ready"}' });
  expect(await send("/healthz")).toMatchObject({ status: 200, text: '{"status":"ok"}' });
  // The person is there, so that nothing but the closed demo keeps them out.
  const ofDemo = "user_key = (select key from users where email = 'admin@demo.example')";
  expect(await count("grants", ofDemo)).toBe(1);
  const persona = { persona: "admin@demo.example", callbackUrl: "/" };
  const answer = await act("app/(auth)/sign-in/demo-actions.ts", "signInAsPersona", persona, {}, "/sign-in", true);
  expect([answer.actLocation, answer.cookies]).toEqual(["/sign-in?error=refused;push", []]);
  expect(await count("sessions", ofDemo)).toBe(0);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a one-time link signs in, once", async ({ page, context }) => {
    const { secret } = await inLedger(SAFETY_DATABASE, async (db) => {
      const ctx = { db, now: systemNow, viewer: localViewer, log: silentLog, ledger: ledgerOf(env()) };
      const user = await findUserByEmail(db, SAFETY_PEOPLE.manager);
      return createLink(ctx, user?.key ?? 0);
    });
    await page.goto(`/sign-in/link?token=${secret}`);
    await page.getByRole("main").getByRole("button").first().click();
    await expect(page.getByRole("button", { name: "Sign out" })).toBeVisible();
    await context.clearCookies();
    await page.goto(`/sign-in/link?token=${secret}`);
    await expect(page.getByText("This link was used already, or has expired.")).toBeVisible();
  });
});
