import { afterAll, it as always, beforeAll, describe, expect } from "vitest";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { changeGroupRule } from "@/lib/auth/groups/group-rules.ts";
import { cookieName } from "@/lib/auth/session-cookie.ts";
import type { AuthSettings } from "@/lib/auth/settings.ts";
import { type Door, findSessionViewer } from "@/lib/auth/sign-in.ts";
import { addUser, getUserByEmail, setDisabled } from "@/lib/auth/users.ts";
import { localViewer } from "@/lib/ctx.ts";
import { createLog } from "@/lib/log.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { openTicket } from "./cookie.ts";
import { beginSignIn, finishSignIn } from "./exchange.ts";
import { Browser, CLIENT, startProvider, type TestProvider } from "./testing-provider.ts";

const URL_OF_OURS = "http://127.0.0.1:3999";
const CALLBACK = `${URL_OF_OURS}/api/auth/callback/oidc`;
const ORIGIN = { address: "192.0.2.1", agent: "Browser" };

/** Its own server is started once for each database that people really run. */
const STORES = engines.filter(({ name }) => name !== "pglite");

describe.each(STORES)("signing in through a real OpenID provider, on $name", (engine) => {
  const it = always.skipIf(isAbsent(engine));
  let store: TestDb | null;
  let provider: TestProvider;
  let settings: AuthSettings;
  let now = 1_800_000_000;
  let door: Door;
  let logged = "";
  const given = process.env.NEXTAUTH_URL;

  beforeAll(async () => {
    store = await engine.open();
    if (!store) return;
    process.env.NEXTAUTH_URL = URL_OF_OURS;
    const log = createLog("warn", {
      write(line) {
        logged += line;
      },
    });
    door = { db: store.db, now: () => now, log };
    const ctx = { ...door, viewer: localViewer, ledger: testLedger() };
    await addUser(ctx, { email: "root@corp.example", grants: [{ role: "admin" }] });
    provider = await startProvider(CALLBACK, {
      ada: { email: "ada@corp.example", email_verified: true, name: "Ada", preferred_username: "ada" },
      gus: { email: "gus@other.example", email_verified: true, name: "Gus", groups: ["gpu-finance"] },
      una: { email: "una@corp.example", name: "Una" },
      eve: { email: "eve@evil.example", email_verified: true, name: "Eve" },
    });
    settings = {
      ...{
        url: URL_OF_OURS,
        secrets: ["a secret of this test, and of no other"],
        secure: false,
        password: true,
        demo: false,
      },
      limits: { idleSeconds: 3600, lifetimeSeconds: 7200 },
      provisioning: { domains: ["corp.example"], defaultRole: "engineer", firstAdmin: "" },
      provider: {
        ...{
          issuer: provider.issuer,
          clientId: CLIENT.id,
          clientSecret: CLIENT.secret,
          name: "Test",
          scopes: "openid email profile",
        },
        ...{ groupsClaim: "groups", trustsEmail: false, caFile: null, timeoutMs: 10_000 },
      },
    };
  });
  afterAll(async () => {
    if (given === undefined) delete process.env.NEXTAUTH_URL;
    else process.env.NEXTAUTH_URL = given;
    await (provider as TestProvider | undefined)?.stop();
    await store?.drop();
  });

  /** The way of a person: from our link through the provider's pages back to us. */
  async function signIn(
    login: string,
    to = "/spend",
    change = (query: Record<string, string>) => query,
    more: Record<string, string> = {},
    by: { readonly settings?: AuthSettings; readonly door?: Door } = {},
  ) {
    const browser = new Browser();
    const begun = await beginSignIn(by.settings ?? settings, door, ORIGIN, to);
    browser.take(URL_OF_OURS, begun);
    const back = await browser.passThrough(begun.headers.get("location") ?? "", login, CALLBACK);
    const query = change(Object.fromEntries(new URL(back).searchParams));
    // Next.js gives cookies decoded.
    const sent: [string, string][] = Object.entries({ ...browser.cookiesOf(URL_OF_OURS), ...more });
    const cookies = Object.fromEntries(sent.map(([name, value]) => [name, decoded(value)]));
    const ended = await finishSignIn(by.settings ?? settings, by.door ?? door, ORIGIN, query, cookies);
    browser.take(URL_OF_OURS, ended);
    return { browser, query, location: ended.headers.get("location") };
  }

  const decoded = (value: string): string => (/%(?![0-9a-f]{2})/i.test(value) ? value : decodeURIComponent(value));

  async function viewerOf(browser: Browser) {
    const ticket = await openTicket(settings, browser.cookiesOf(URL_OF_OURS)[cookieName(settings)] ?? "");
    return ticket && ((await findSessionViewer(door, ticket.sid, settings.limits))?.viewer ?? null);
  }

  it("asks with PKCE, state and nonce, by its own client", async () => {
    const begun = await beginSignIn(settings, door, ORIGIN, "/");
    const asked = new URL(begun.headers.get("location") ?? "");
    expect(asked.origin).toBe(provider.issuer);
    expect(Object.fromEntries(asked.searchParams)).toMatchObject({
      ...{ client_id: CLIENT.id, redirect_uri: CALLBACK, response_type: "code", code_challenge_method: "S256" },
      ...{ state: expect.stringMatching(/.{20}/), nonce: expect.stringMatching(/.{20}/) },
    });
  });

  it("begins a session of ours, whose cookie carries an id alone, and leads where the person wanted to go", async () => {
    const { browser, location } = await signIn("ada", "/spend?period=last-month");
    expect(location).toBe(`${URL_OF_OURS}/spend?period=last-month`);
    expect(await viewerOf(browser)).toMatchObject({
      ...{
        id: "ada@corp.example",
        roles: ["engineer"],
        submitters: ["ada@corp.example"],
      },
    });
    now += 7201;
    expect(await viewerOf(browser)).toBe(null);
  });

  it("takes people of no domain, group or invitation for nobody", async () => {
    const { browser, location } = await signIn("eve");
    expect(location).toBe(`${URL_OF_OURS}/sign-in?error=no-access`);
    expect(await viewerOf(browser)).toBe(null);
  });

  it("gives what a group gives, from userinfo too, and takes it away at the next sign-in after the group is gone", async () => {
    const ctx = { ...door, viewer: localViewer, ledger: testLedger() };
    await changeGroupRule(ctx, { groupName: "gpu-finance", role: "finance" }, "add");
    const first = await signIn("gus");
    expect(await viewerOf(first.browser)).toMatchObject({ id: "gus@other.example", roles: ["finance"] });
    provider.people.gus = { ...provider.people.gus, groups: [] };
    expect((await signIn("gus")).location).toBe(`${URL_OF_OURS}/sign-in?error=no-access`);
    expect(await viewerOf(first.browser)).toMatchObject({ roles: [] });
  });

  it("lets nobody new in by an address that the provider does not report as verified, unless its addresses are trusted", async () => {
    const { browser, location } = await signIn("una");
    expect(location).toBe(`${URL_OF_OURS}/sign-in?error=unverified`);
    expect(await viewerOf(browser)).toBe(null);
    const provider = { ...(settings.provider as NonNullable<AuthSettings["provider"]>), trustsEmail: true };
    const trusted = await signIn("una", "/", undefined, {}, { settings: { ...settings, provider } });
    expect(await viewerOf(trusted.browser)).toMatchObject({ id: "una@corp.example" });
  });

  it("puts a code into the address and the cause into the log when the database fails", async () => {
    const write = () => Promise.reject(new Error("relation users: deadlock at host db-7.internal"));
    const broken = { ...door, db: { ...door.db, write } as unknown as Door["db"] };
    logged = "";
    const { browser, location } = await signIn("ada", "/spend", undefined, {}, { door: broken });
    expect(location).toBe(`${URL_OF_OURS}/sign-in?error=unexpected`);
    expect(await viewerOf(browser)).toBe(null);
    expect(logged).toContain("relation users: deadlock at host db-7.internal");
  });

  it("logs why an exchange failed", async () => {
    logged = "";
    await signIn("ada", "/", (query) => ({ ...query, state: "forged" }));
    expect(logged).toMatch(/state mismatch/);
  });

  it("says that an account is disabled by a code, whatever the address of the person is", async () => {
    const ctx = { ...door, viewer: localViewer, ledger: testLedger() };
    provider.people.dis = { email: "disabled@corp.example", email_verified: false, name: "Dis" };
    expect((await signIn("dis")).location).toBe(`${URL_OF_OURS}/sign-in?error=unverified`);
    provider.people.dis = { email: "dis@corp.example", email_verified: true, name: "Dis" };
    await signIn("dis");
    await setDisabled(ctx, (await getUserByEmail(ctx.db, "dis@corp.example")).key, true);
    expect((await signIn("dis")).location).toBe(`${URL_OF_OURS}/sign-in?error=disabled`);
  });

  it("begins nothing where userinfo is about somebody else than the ID token", async () => {
    provider.userinfo = { sub: "una", email: "una@corp.example" };
    const { browser, location } = await signIn("ada");
    provider.userinfo = {};
    expect(location).toMatch(/\/sign-in\?error=/);
    expect(await viewerOf(browser)).toBe(null);
  });

  it("knows people by the issuer of the ID token, whatever userinfo says", async () => {
    provider.userinfo = { iss: "https://other.example" };
    const { browser } = await signIn("ada");
    provider.userinfo = {};
    const viewer = await viewerOf(browser);
    expect(viewer).toMatchObject({ id: "ada@corp.example" });
    expect((await getUserByEmail(door.db, "ada@corp.example")).issuer).toBe(provider.issuer);
  });

  it("works with a provider that has no userinfo", async () => {
    const bare = await startProvider(
      CALLBACK,
      { bo: { email: "bo@corp.example", email_verified: true, name: "Bo" } },
      0,
      false,
    );
    const given = settings.provider as NonNullable<AuthSettings["provider"]>;
    const other = { ...settings, provider: { ...given, issuer: bare.issuer } };
    const { browser } = await signIn("bo", "/", undefined, {}, { settings: other }).finally(() => bare.stop());
    expect(await viewerOf(browser)).toMatchObject({ id: "bo@corp.example" });
  });

  it.each([
    ["another state", (q: Record<string, string>) => ({ ...q, state: "forged" })],
    ["another code", (q: Record<string, string>) => ({ ...q, code: "forged" })],
    ["an error of the provider", () => ({ error: "access_denied", state: "x" })],
  ])("begins nothing with %s", async (_, change) => {
    const { browser, location } = await signIn("ada", "/", change);
    expect(location).toMatch(/^http:\/\/127\.0\.0\.1:3999\/sign-in\?/);
    expect(await viewerOf(browser)).toBe(null);
  });

  it("says that the provider refused or the person cancelled, and logs what the provider says", async () => {
    logged = "";
    const error = { error: "access_denied", error_description: "AADSTS50105: not assigned to a role", state: "x" };
    const { browser, location } = await signIn("ada", "/", () => error);
    expect(location).toBe(`${URL_OF_OURS}/sign-in?error=denied`);
    expect(await viewerOf(browser)).toBe(null);
    expect(logged).toContain("AADSTS50105");
  });

  it.each(["%%%", "not an address", "https://evil.example/x", "http://127.0.0.1:3999//evil.example"])(
    "leads to the first page where the cookie of where to go is %j, and begins the session all the same",
    async (value) => {
      const { browser, location } = await signIn("ada", "/spend", undefined, {
        [cookieName(settings, "return-to")]: value,
      });
      expect(location).toBe(`${URL_OF_OURS}/`);
      expect(await viewerOf(browser)).toMatchObject({ id: "ada@corp.example" });
    },
  );

  it("begins nothing for the browser of somebody else, who was sent the way back", async () => {
    const { query } = await signIn("ada");
    const ended = await finishSignIn(settings, door, ORIGIN, query, {});
    expect(ended.headers.get("location")).toMatch(/\/sign-in\?/);
    expect(ended.headers.getSetCookie().join()).not.toContain(`${cookieName(settings)}=ey`);
  });

  it("begins nothing when the way back is sent a second time", async () => {
    const browser = new Browser();
    const begun = await beginSignIn(settings, door, ORIGIN, "/");
    browser.take(URL_OF_OURS, begun);
    const back = await browser.passThrough(begun.headers.get("location") ?? "", "ada", CALLBACK);
    const query = Object.fromEntries(new URL(back).searchParams);
    const sent = Object.entries(browser.cookiesOf(URL_OF_OURS)).map(([name, value]) => [name, decoded(value)]);
    const cookies = Object.fromEntries(sent);
    const [first, second] = [
      await finishSignIn(settings, door, ORIGIN, query, cookies),
      await finishSignIn(settings, door, ORIGIN, query, cookies),
    ];
    expect(first.headers.get("location")).toBe(`${URL_OF_OURS}/`);
    expect(second.headers.get("location")).toMatch(/\/sign-in\?error=/);
    expect(second.headers.getSetCookie().join()).not.toContain(`${cookieName(settings)}=ey`);
  });

  it("leads back to the page with words when the provider does not answer", async () => {
    const gone = {
      ...settings,
      provider: { ...(settings.provider as never as object), issuer: "http://127.0.0.1:9" },
    } as AuthSettings;
    const begun = await beginSignIn(gone, door, ORIGIN, "/");
    expect(begun.headers.get("location")).toMatch(/^http:\/\/127\.0\.0\.1:3999\/sign-in\?.*error=OAuthSignin/);
  });
});
