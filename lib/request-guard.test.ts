import { globSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { AppError } from "./errors.ts";
import type { HostSettings } from "./hosts.ts";
import {
  assertOwnAct,
  assertOwnRequest,
  isOpenPath,
  isProbe,
  MOST_BYTES,
  MOST_FORM_BYTES,
  MOST_OPEN_BYTES,
  type RequestFacts,
  refusalOf,
} from "./request-guard.ts";

const local: HostSettings = { HOST: "127.0.0.1", ALLOWED_HOSTS: [] };
const behindProxy: HostSettings = { HOST: "127.0.0.1", ALLOWED_HOSTS: ["ledger.example.com"] };
const plain: RequestFacts = {
  method: "GET",
  path: "/",
  host: "127.0.0.1:3000",
  origin: null,
  site: null,
  mode: null,
  dest: null,
  contentLength: null,
};
const own = { method: "POST", site: "same-origin", origin: "http://127.0.0.1:3000" };
const link = { site: "cross-site", mode: "navigate", dest: "document" };
const status = (more: Partial<RequestFacts>, settings = local) => refusalOf({ ...plain, ...more }, settings)?.status;

describe("a probe", () => {
  it.each(["/healthz", "/readyz", "/metrics"])("is a read of exactly %s", (path) => {
    expect([isProbe("GET", path), isProbe("HEAD", path)]).toEqual([true, true]);
    expect([isProbe("POST", path), isProbe("GET", `${path}X`), isProbe("GET", `${path}/`)]).toEqual([
      false,
      false,
      false,
    ]);
  });
});

describe("a request", () => {
  it.each([
    "/",
    "/metricsX",
    "/healthzfoo",
    "/_next/static/x",
    "/_next/image",
    "/icon.svg",
    "/api/v1/sync",
    "/healthz",
  ])("by another's name is refused at %s", (path) => {
    expect(status({ method: "POST", path, host: "evil.example" })).toBe(421);
  });

  it.each<[string, Partial<RequestFacts>, number | undefined]>([
    ["of a person who typed the address", { site: "none", mode: "navigate", dest: "document" }, undefined],
    ["of a page of ours", { method: "POST", site: "same-origin", origin: "http://127.0.0.1:3000" }, undefined],
    ["of a browser that sends no Origin", { method: "POST", site: "same-origin" }, undefined],
    ["without any of the headers, as curl sends it", { method: "POST" }, 403],
    ["to the API itself", { method: "DELETE", path: "/api" }, undefined],
    ["to a page whose name begins like the API", { method: "POST", path: "/apis" }, 403],
    ["to the API, which asks for a token,", { method: "POST", path: "/api/v1/ingest" }, undefined],
    ["that reads, as curl sends it,", {}, undefined],
    ["that follows a link of another site to a page", { ...link, path: "/spend" }, undefined],
    ["that follows a link of a sister site to a page", { ...link, site: "same-site", path: "/spend" }, undefined],
    ["that follows a link of another site to the API", { ...link, path: "/api/v1/sync" }, 403],
    ["that follows a link of another site to a download", { ...link, path: "/download/workloads" }, 403],
    ["that follows a link of another site to a table", { ...link, path: "/download/runs" }, 403],
    ["of a form of another site", { ...link, method: "POST" }, 403],
    ["of an image of another site", { ...link, mode: "no-cors", dest: "image" }, 403],
    ["of a frame of another site", { ...link, dest: "iframe" }, 403],
    ["of a script of another site", { site: "same-site", mode: "cors", dest: "empty", path: "/_next/static/x" }, 403],
    ["of another origin", { method: "POST", origin: "http://evil.example" }, 403],
    ["of an opaque origin", { method: "POST", origin: "null" }, 403],
    ["of another port of the machine", { method: "POST", origin: "http://127.0.0.1:8080" }, 403],
    ["of another name of the machine", { method: "POST", origin: "http://localhost:3000" }, 403],
    ["of an extension", { method: "POST", origin: "chrome-extension://127.0.0.1:3000" }, 403],
    ["with a file of the most bytes", { ...own, path: "/costs", contentLength: String(MOST_BYTES) }, undefined],
    ["with a byte more", { ...own, path: "/costs", contentLength: String(MOST_BYTES + 1) }, 413],
    ["with a form of the most bytes", { ...own, path: "/teams", contentLength: String(MOST_FORM_BYTES) }, undefined],
    ["with a byte more in a form", { ...own, path: "/teams", contentLength: String(MOST_FORM_BYTES + 1) }, 413],
    ["with what Alertmanager sends", { ...own, path: "/api/v1/alerts", contentLength: "4000000" }, undefined],
    ["with a thousand budgets", { ...own, path: "/api/v1/budgets", contentLength: "200000" }, undefined],
    ["with the counts of a unit", { ...own, path: "/api/v1/units/7", contentLength: "200000" }, undefined],
    ["with as much at another address", { ...own, path: "/api/v1/findings/f", contentLength: "200000" }, 413],
    ["with a list of budgets as text", { ...own, path: "/budgets", contentLength: "270000" }, undefined],
    ["with counts as text", { ...own, path: "/units/3", contentLength: "270000" }, undefined],
    ["with a longer list", { ...own, path: "/budgets", contentLength: "330000" }, 413],
    ["with a list at the page of one budget", { ...own, path: "/budgets/all", contentLength: "70000" }, 413],
    ["with a file at a path that takes none", { ...own, path: "/costs/x", contentLength: "100000" }, 413],
  ])("%s", (_, more, expected) => {
    expect(status(more)).toBe(expected);
  });

  it("of somebody who is signed out may be as large as the forms of sign-in, at every path", () => {
    for (const path of ["/sign-in", "/costs", "/api/v1/ingest"]) {
      const asked = (bytes: number) =>
        refusalOf({ ...plain, ...own, path, contentLength: String(bytes) }, local, false);
      expect(asked(MOST_OPEN_BYTES)).toBe(null);
      expect(asked(MOST_OPEN_BYTES + 1)?.status).toBe(401);
      expect(asked(MOST_BYTES + 1)?.status).toBe(413);
    }
  });

  it("behind a proxy may keep the name that people use, or the one that the proxy calls", () => {
    const origin = "https://ledger.example.com";
    expect(status({ method: "POST", host: "ledger.example.com", origin }, behindProxy)).toBe(undefined);
    expect(status({ method: "POST", host: "127.0.0.1:3000", origin }, behindProxy)).toBe(undefined);
    expect(status({ method: "POST", host: "127.0.0.1:3000", origin }, local)).toBe(403);
    expect(status({ method: "POST", host: "127.0.0.1:3000", origin: `${origin}:8443` }, behindProxy)).toBe(403);
  });

  it("is checked again in the act, by host and by origin", () => {
    const own = new Headers({ host: "127.0.0.1:3000", origin: "http://127.0.0.1:3000" });
    expect(() => assertOwnRequest(own, local)).not.toThrow();
    const rebound = new Headers({ host: "evil.example:3000", origin: "http://evil.example:3000" });
    expect(() => assertOwnRequest(rebound, local)).toThrow(AppError);
    expect(() => assertOwnRequest(rebound, local)).toThrow("This server is not evil.example:3000");
    const foreign = new Headers({ host: "127.0.0.1:3000", origin: "http://evil.example" });
    expect(() => assertOwnRequest(foreign, local)).toThrow("A page of another site");
    expect(() => assertOwnRequest(new Headers(), local)).toThrow("This server is not null");
  });

  it("that acts says which page sent it, in the act too", () => {
    const host = { host: "127.0.0.1:3000" };
    expect(() => assertOwnAct(new Headers({ ...host, origin: "http://127.0.0.1:3000" }), local)).not.toThrow();
    expect(() => assertOwnAct(new Headers({ ...host, "sec-fetch-site": "same-origin" }), local)).not.toThrow();
    expect(() => assertOwnAct(new Headers(host), local)).toThrow("does not say which page sent it");
    expect(() => assertOwnAct(new Headers({ ...host, "sec-fetch-site": "cross-site" }), local)).toThrow(AppError);
  });
});

describe("addresses for people who are signed out", () => {
  it("are every page of the sign-in room, and no page of the ledger", () => {
    const rooms = (group: string) =>
      readdirSync(`app/${group}`, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? [`/${e.name}`] : []));
    expect(rooms("(auth)").filter((path) => !isOpenPath(path))).toEqual([]);
    expect(rooms("(auth)")).toContain("/unsubscribe");
    expect([...rooms("(dashboard)"), "/", "/sign-inx"].filter(isOpenPath)).toEqual([]);
  });
});

it("lets a page that has a field for a file take more than a form", () => {
  const pages = globSync("app/**/*.tsx").filter((file) => /<FileField/.test(readFileSync(file, "utf8")));
  expect(pages.length).toBeGreaterThanOrEqual(6);
  for (const file of pages) {
    const [, path = ""] = /^app\/\(dashboard\)\/(.+)\/[^/]+$/.exec(file) ?? [];
    const asked = { ...plain, ...own, path: `/${path === "units" ? "units/3" : path}`, contentLength: "200000" };
    expect([file, refusalOf(asked, local)]).toEqual([file, null]);
  }
});
