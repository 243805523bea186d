import { afterEach, describe, expect, it } from "vitest";
import { Http } from "@/lib/http.ts";
import { silentLog } from "@/lib/log.ts";
import { type Call, jwt, type Peer, quickHttp, type Reply, startPeer } from "./testing.ts";
import { jwtTimes, TokenKeeper } from "./token.ts";

const NOW = 1_760_000_000;
const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function keeper(answer: (call: Call) => Reply | Promise<Reply>) {
  const clock = { now: NOW };
  const peer: Peer = await startPeer(answer);
  const http = new Http({ ...quickHttp, log: silentLog });
  open.push(() => http.close(), peer.close);
  const tokens = new TokenKeeper(http, { url: peer.url, appId: "ledger", appSecret: "s3cret", now: () => clock.now });
  return { tokens, peer, clock };
}

const asked = (peer: Peer) =>
  peer.calls.map(({ method, path, body }) => `${method} ${path} ${/grant_?type[="':]+(\w+)/i.exec(body)?.[1]}`);

describe("TokenKeeper", () => {
  it("asks 2.24+ by form", async () => {
    const { tokens, peer } = await keeper(() => ({
      json: { access_token: jwt({ exp: NOW + 3600 }), token_type: "Bearer" },
    }));
    expect(await tokens.get()).toBe(jwt({ exp: NOW + 3600 }));
    expect(asked(peer)).toEqual(["POST /api/v2/token client_credentials"]);
    expect(peer.calls[0]?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
    expect(Object.fromEntries(new URLSearchParams(peer.calls[0]?.body))).toEqual({
      grant_type: "client_credentials",
      client_id: "ledger",
      client_secret: "s3cret",
    });
  });

  it("falls back to v1 client_credentials, then app_token, and remembers what worked", async () => {
    const { tokens, peer, clock } = await keeper(({ path, body }) => {
      if (path === "/api/v2/token") return { status: 404, json: { code: 404, message: "Resource id not found." } };
      const given = JSON.parse(body) as Record<string, string>;
      if (given.grantType !== "app_token") return { status: 400, json: { code: 400, message: "Validation failed" } };
      return { json: { accessToken: jwt({ exp: clock.now + 3600 }) } };
    });
    await tokens.get();
    expect(asked(peer)).toEqual([
      "POST /api/v2/token client_credentials",
      "POST /api/v1/token client_credentials",
      "POST /api/v1/token app_token",
    ]);
    expect(JSON.parse(peer.calls[1]?.body ?? "")).toEqual({
      grantType: "client_credentials",
      clientId: "ledger",
      clientSecret: "s3cret",
    });
    expect(JSON.parse(peer.calls[2]?.body ?? "")).toEqual({
      grantType: "app_token",
      AppId: "ledger",
      AppSecret: "s3cret",
    });
    clock.now += 3600;
    await tokens.get();
    expect(asked(peer).slice(3)).toEqual(["POST /api/v1/token app_token"]);
  });

  it("looks for another way when the remembered one is gone after an upgrade", async () => {
    let upgraded = false;
    const { tokens, peer, clock } = await keeper(({ path }) => {
      if ((path === "/api/v2/token") !== upgraded) return { status: 404, json: {} };
      return { json: { access_token: jwt({ exp: clock.now + 100 }) } };
    });
    await tokens.get();
    upgraded = true;
    clock.now += 100;
    await tokens.get();
    expect(asked(peer).slice(2)).toEqual([
      "POST /api/v1/token client_credentials",
      "POST /api/v2/token client_credentials",
    ]);
  });

  it("has one request in flight, no matter who asks", async () => {
    const { tokens, peer } = await keeper(() => ({ json: { access_token: jwt({ exp: NOW + 3600 }) }, delayMs: 20 }));
    await Promise.all(Array.from({ length: 20 }, () => tokens.get()));
    expect(peer.calls).toHaveLength(1);
  });

  it.each([
    ["60 s before exp", { access_token: jwt({ exp: NOW + 3600 }) }, 3539, 3540],
    ["exp before the stated life", { access_token: jwt({ exp: NOW + 600 }), expires_in: 3600 }, 539, 540],
    ["stated life without a JWT", { accessToken: "opaque", expiresIn: 1800 }, 1739, 1740],
    ["half the life of a short one", { access_token: jwt({ exp: NOW + 60 }) }, 29, 30],
    ["own life where the clocks disagree", { access_token: jwt({ iat: NOW - 9000, exp: NOW - 5400 }) }, 3539, 3540],
  ])("renews: %s", async (_, json, keptAt, renewedAt) => {
    const { tokens, peer, clock } = await keeper(() => ({ json }));
    await tokens.get();
    clock.now = NOW + keptAt;
    await tokens.get();
    expect(peer.calls).toHaveLength(1);
    clock.now = NOW + renewedAt;
    await tokens.get();
    expect(peer.calls).toHaveLength(2);
  });

  it("keeps a token of unknown life until it is refused, and a renewed one against a late refusal of the old", async () => {
    let count = 0;
    const { tokens, peer } = await keeper(() => ({ json: { accessToken: `opaque-${++count}` } }));
    const first = await tokens.get();
    tokens.clear(first);
    const second = await tokens.get();
    tokens.clear(first);
    expect([first, second, await tokens.get()]).toEqual(["opaque-1", "opaque-2", "opaque-2"]);
    expect(peer.calls).toHaveLength(2);
  });

  it("says that the credentials are wrong, not that a path is missing", async () => {
    const { tokens } = await keeper(({ path }) =>
      path === "/api/v2/token"
        ? { status: 404 }
        : { status: 401, json: { code: 401, message: "Issuer is not familiar." } },
    );
    await expect(tokens.get()).rejects.toThrow(
      /did not accept the credentials at .*\/api\/v1\/token \(401\): check RUNAI_APP_ID/,
    );
  });

  it("retries a failing server, and asks no other way when it stays down", async () => {
    let failures = 3;
    const { tokens, peer } = await keeper(() =>
      failures-- > 0 ? { status: 503, text: "busy" } : { json: { access_token: jwt({ exp: NOW + 3600 }) } },
    );
    await tokens.get();
    expect(peer.calls).toHaveLength(4);
    const down = await keeper(() => ({ status: 503, text: "busy" }));
    await expect(down.tokens.get()).rejects.toThrow(/\/api\/v2\/token is failing \(503\)/);
    expect(new Set(down.peer.calls.map((c) => c.path))).toEqual(new Set(["/api/v2/token"]));
    await expect(down.tokens.get()).rejects.toThrow("503");
  });

  it("asks the next way when a page of HTML answers for an API", async () => {
    const { tokens } = await keeper(({ path }) =>
      path === "/api/v2/token" ? { text: "<html>login</html>" } : { json: { accessToken: "opaque" } },
    );
    expect(await tokens.get()).toBe("opaque");
  });

  it("refuses an answer without a token", async () => {
    const { tokens } = await keeper(() => ({ json: { idToken: "x" } }));
    await expect(tokens.get()).rejects.toThrow(/holds no access token/);
  });
});

describe("jwtTimes", () => {
  it("reads exp and iat, and nothing from what is no JWT", () => {
    expect(jwtTimes(jwt({ exp: 5, iat: 2 }))).toEqual({ exp: 5, iat: 2 });
    for (const text of ["", "opaque", "a.b.c", jwt({ exp: "5" }), `x.${Buffer.from("null").toString("base64url")}.y`])
      expect(jwtTimes(text)).toEqual({ exp: null, iat: null });
  });
});
