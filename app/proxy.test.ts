import { NextRequest } from "next/server";
import { describe, expect, it } from "vitest";
import * as module from "@/proxy.ts";

const send = (path: string, method = "GET", headers: Record<string, string> = {}) =>
  module.proxy(
    new NextRequest(`http://127.0.0.1:3000${path}`, { method, headers: { host: "127.0.0.1:3000", ...headers } }),
  );
const PASSED = "x-middleware-next";

describe("the proxy", () => {
  it("sees every path: one that a matcher left out could run a server action", () => {
    expect(Object.keys(module)).toEqual(["proxy"]);
  });

  it.each(["/metricsX", "/healthzfoo", "/_next/static/x", "/icon.svg", "/healthz", "/readyz", "/metrics", "/teams"])(
    "refuses a POST by another's name to %s",
    async (path) => {
      const answer = await send(path, "POST", {
        host: "evil.example",
        origin: "http://evil.example",
        "next-action": "x",
      });
      expect([answer.status, answer.headers.get(PASSED)]).toEqual([421, null]);
      expect(await answer.text()).toContain("This server is not evil.example");
    },
  );

  it.each(["/healthz", "/readyz", "/metrics"])("lets a probe read %s by any name", async (path) => {
    for (const method of ["GET", "HEAD"])
      expect((await send(path, method, { host: "10.0.0.7:3000" })).headers.get(PASSED)).toBe("1");
  });

  it.each(["/", "/metricsX", "/healthzfoo", "/icon.svg", "/_next/static/none"])("gives %s a policy", async (path) => {
    expect((await send(path)).headers.get("content-security-policy")).toMatch(/script-src 'self' 'nonce-[^']+'/);
  });

  it("answers a page of another site with words, and the API with its own shape", async () => {
    const foreign = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" };
    const [page, api] = [await send("/spend?user=x", "GET", foreign), await send("/api/v1/sync", "GET", foreign)];
    expect([page.status, page.headers.get("content-type")]).toEqual([403, "text/plain"]);
    expect(api.status).toBe(403);
    expect(await api.json()).toMatchObject({ error: { code: "forbidden" } });
  });

  it("says nothing of https on plain http", async () => {
    expect((await send("/")).headers.get("strict-transport-security")).toBe(null);
  });

  it("says how large a file may be", async () => {
    const answer = await send("/costs", "POST", { "content-length": String(18 * 1024 * 1024) });
    expect(answer.status).toBe(413);
    expect(await answer.text()).toContain("larger than 16 MiB");
  });

  it.each(["/api/v1/events", "/api/v3/openmeter/events"])("lets programs send large bodies to %s", async (path) => {
    for (const authorization of ["Bearer gl_a_b", "bearer  gl_a_b"])
      expect((await send(path, "POST", { "content-length": "17000", authorization })).headers.get(PASSED)).toBe("1");
    expect((await send(path, "POST", { "content-length": "17000", authorization: "Basic gl_x" })).status).toBe(401);
  });

  it.each([
    ["of another's name", { host: "evil.example" }, 421, "invalid", /This server is not evil\.example/],
    ["that is too large", { "content-length": String(18 * 1024 * 1024) }, 413, "too_large", /in several requests/],
    ["that is large, without a token", { "content-length": "17000" }, 401, "unauthenticated", /Bearer gl_/],
  ])("answers a request to the API %s in the API's shape", async (_, headers, status, code, words) => {
    const answer = await send("/api/v1/budgets", "PUT", headers);
    expect([answer.status, answer.headers.get("content-type")]).toEqual([status, expect.stringContaining("json")]);
    expect(await answer.json()).toEqual({ error: { code, message: expect.stringMatching(words) } });
  });
});
