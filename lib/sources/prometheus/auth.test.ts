import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openDoor } from "./auth.ts";

const directory = mkdtempSync(join(tmpdir(), "ledger-auth-"));
afterAll(() => rmSync(directory, { recursive: true }));

describe("openDoor", () => {
  it("joins the address and the prefix with one slash", () => {
    const base = (url: string, pathPrefix?: string) => openDoor({ url, pathPrefix }).base;
    expect(base("http://p:9090")).toBe("http://p:9090");
    expect(base("http://p:9090/", "/prometheus/")).toBe("http://p:9090/prometheus");
    expect(base("https://p/a/b/", "select/0/prometheus")).toBe("https://p/a/b/select/0/prometheus");
  });

  it("takes credentials out of the address", () => {
    const door = openDoor({ url: "http://me:s%3Acret@p/x" });
    expect(door.base).toBe("http://p/x");
    expect(door.headers()).toEqual({ authorization: `Basic ${btoa("me:s:cret")}` });
  });

  it("sends a user and password as UTF-8, a token, or nothing, beside extra headers", () => {
    const headers = { "X-Scope-OrgID": "a|b" };
    expect(openDoor({ url: "http://p", headers }).headers()).toEqual(headers);
    expect(openDoor({ url: "http://p", username: "u", password: "pä" }).headers().authorization).toBe("Basic dTpww6Q=");
    expect(openDoor({ url: "http://p", bearerToken: "t", headers }).headers()).toEqual({
      ...headers,
      authorization: "Bearer t",
    });
  });

  it("reads a token file again for each call", () => {
    const bearerTokenFile = join(directory, "token");
    writeFileSync(bearerTokenFile, "one\n");
    const door = openDoor({ url: "http://p", bearerTokenFile });
    expect(door.headers().authorization).toBe("Bearer one");
    writeFileSync(bearerTokenFile, "two\n");
    expect(door.headers().authorization).toBe("Bearer two");
    rmSync(bearerTokenFile);
    expect(() => door.headers()).toThrow("PROMETHEUS_BEARER_TOKEN_FILE: cannot read");
  });

  it.each([
    [{ url: "p:9090" }, "PROMETHEUS_URL"],
    [{ url: "ftp://p" }, "PROMETHEUS_URL"],
    [{ url: "http://p", username: "u", bearerToken: "t" }, "not several"],
    [{ url: "http://u@p", bearerTokenFile: "f" }, "not several"],
    [{ url: "http://p", username: "a:b" }, "PROMETHEUS_USERNAME"],
    [{ url: "http://p", caFile: "/nowhere/ca" }, "PROMETHEUS_CA_FILE"],
    [{ url: "http://p", keyFile: "/nowhere/key" }, "PROMETHEUS_KEY_FILE"],
    [{ url: "http://p", caFile: "package.json" }, "PROMETHEUS_CA_FILE: package.json is not a PEM file"],
    [
      { url: "http://p", certFile: "package.json", keyFile: "package.json" },
      "PROMETHEUS_CERT_FILE and PROMETHEUS_KEY_FILE",
    ],
  ])("refuses %j", (access, why) => expect(() => openDoor(access)).toThrow(why));
});
