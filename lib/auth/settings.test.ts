import { describe, expect, it } from "vitest";
import { parseEnv } from "@/lib/env.ts";
import { cookieName, cookieOptions } from "./session-cookie.ts";
import { authSettings } from "./settings.ts";

const SECRET = "a secret of this test and of no other";
const local = { NEXTAUTH_URL: "http://127.0.0.1:3000", NEXTAUTH_SECRET: SECRET };
const open = { HOST: "0.0.0.0", NEXTAUTH_URL: "https://gpu.example.com", NEXTAUTH_SECRET: SECRET };
const settingsOf = (given: Record<string, string>) => authSettings(parseEnv(given));

describe("the start", () => {
  it.each([
    ["without an address and a secret", {}, /NEXTAUTH_URL and NEXTAUTH_SECRET are not set/],
    ["without a secret", { NEXTAUTH_URL: "http://127.0.0.1:3000" }, /NEXTAUTH_SECRET is not set/],
    ["with a short secret", { ...local, NEXTAUTH_SECRET: "short" }, /at least 32 characters/],
    ["with a short one behind a long one", { ...local, NEXTAUTH_SECRET: `${SECRET},short` }, /at least 32 characters/],
    ["for the network without https", { ...local, HOST: "0.0.0.0" }, /must be an https:\/\/ address/],
    ["for the network without sign-in", { AUTH: "off", HOST: "0.0.0.0" }, /AUTH=off works on this machine alone/],
    [
      "without sign-in behind a proxy",
      { AUTH: "off", NEXTAUTH_URL: "https://gpu.example.com" },
      /people reach it as gpu\.example\.com/,
    ],
    ["without sign-in under another name", { AUTH: "off", ALLOWED_HOSTS: "gpu.example.com" }, /Set AUTH=on/],
    ["without any way to sign in", { ...local, PASSWORD_SIGN_IN: "off" }, /leaves no way to sign in/],
  ] as const)("is refused %s", (_, given, words) => {
    expect(() => settingsOf(given as Record<string, string>)).toThrow(words);
  });

  it("needs no sign-in with AUTH=off on this machine", () => {
    expect(settingsOf({ AUTH: "off" })).toBe(null);
    expect(settingsOf({ AUTH: "off", NEXTAUTH_URL: "http://localhost:3000" })).toBe(null);
  });

  it("lets requests name the host of the address alone, and this machine", () => {
    expect(parseEnv(open).ALLOWED_HOSTS).toEqual(["gpu.example.com"]);
  });
});

describe("the cookie", () => {
  it("is of this host alone, and of https, behind https", () => {
    const settings = settingsOf(open) as { secure: boolean };
    expect(cookieName(settings)).toBe("__Host-gpu-ledger.session");
    expect(cookieOptions(settings)).toEqual({ httpOnly: true, sameSite: "lax", path: "/", secure: true });
  });

  it("has no prefix on plain http of this machine, where browsers refuse it", () => {
    const settings = settingsOf(local) as { secure: boolean };
    expect([cookieName(settings), cookieOptions(settings).secure]).toEqual(["gpu-ledger.session", false]);
  });
});

it("knows the people of the demo in the demo alone, and on this machine alone", () => {
  expect(settingsOf({ ...local, DEMO: "on" })?.demo).toBe(true);
  expect(settingsOf(local)?.demo).toBe(false);
  expect(settingsOf({ ...open, DEMO: "on" })?.demo).toBe(false);
  expect(settingsOf({ ...open, HOST: "127.0.0.1", DEMO: "on" })?.demo).toBe(false);
});
