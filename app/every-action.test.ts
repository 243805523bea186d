import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, it, vi } from "vitest";
import { silentLog } from "@/lib/log.ts";
import { request } from "./testing-request.ts";

vi.mock("next/headers", async () => (await import("./testing-request.ts")).nextHeaders);
vi.mock("next/server", async () => (await import("./testing-request.ts")).nextServer());

type Act = (...args: readonly unknown[]) => Promise<unknown>;

const files = globSync("app/**/*.ts").filter((file) => readFileSync(file, "utf8").startsWith('"use server"'));
const acts: [string, Act][] = [];
for (const file of files)
  for (const [name, act] of Object.entries(
    (await import(/* @vite-ignore */ path.resolve(file))) as Record<string, Act>,
  ))
    acts.push([`${file.replace("app/(dashboard)/", "")} ${name}`, act]);

/** What an act says to a request: its answer's message, or that of what it throws. */
const said = async (act: Act): Promise<string> => {
  const form = new FormData();
  form.set("sure", "yes");
  // Forms before sign-in are answered with an address, and get the form alone.
  const answer = await (act.length === 1 ? act(form) : act(null, form)).catch((error: Error) => ({
    message: error.message,
  }));
  return (answer as { message?: string }).message ?? JSON.stringify(answer);
};

describe("every server action, whatever path it was posted to,", () => {
  it("is found", () => {
    expect(acts.length).toBeGreaterThanOrEqual(20);
  });

  it.each(acts)("refuses a request by another's name, before the store is opened: %s", async (_, act) => {
    request.headers = new Headers({ host: "evil.example:3000", origin: "http://evil.example:3000" });
    expect(await said(act)).toMatch(/^This server is not evil\.example:3000\./);
    expect((globalThis as { gpuLedger?: { db?: unknown } }).gpuLedger?.db).toBe(undefined);
  });

  it.each(acts)("refuses a request of another site's page: %s", async (_, act) => {
    request.headers = new Headers({ host: "127.0.0.1:3000", origin: "http://evil.example" });
    expect(await said(act)).toMatch(/^A page of another site sent this request\./);
  });

  /** Forms before sign-in, and the way out, which ends nothing for somebody who is out already. */
  const open = /\(auth\)|sign-out/;
  it.each(acts.filter(([name]) => !open.test(name)))(
    "asks somebody who is signed out to sign in: %s",
    async (_, act) => {
      request.headers = new Headers({ host: "127.0.0.1:3000", origin: "http://127.0.0.1:3000" });
      const settings = { url: "http://127.0.0.1:3000", secrets: ["x".repeat(32)], secure: false };
      const place = globalThis as { gpuLedger?: Record<string, unknown> };
      place.gpuLedger ??= {};
      Object.assign(place.gpuLedger, { db: Promise.resolve({}), auth: { settings }, log: silentLog });
      try {
        expect(await said(act)).toMatch(/^You are signed out/);
      } finally {
        for (const key of ["db", "auth", "log"]) delete place.gpuLedger[key];
      }
    },
  );

  it.each(acts)("refuses a request that does not say which page sent it: %s", async (_, act) => {
    request.headers = new Headers({ host: "127.0.0.1:3000" });
    expect(await said(act)).toMatch(/^This request does not say which page sent it/);
  });
});
