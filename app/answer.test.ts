import { afterEach, expect, it, vi } from "vitest";
import type { Db } from "@/db/client.ts";
import { silentLog } from "@/lib/log.ts";
import { answer } from "./answer.ts";
import { request } from "./testing-request.ts";

vi.mock("next/headers", async () => (await import("./testing-request.ts")).nextHeaders);

const place = globalThis as { gpuLedger?: Record<string, unknown> };
afterEach(() => {
  for (const key of ["db", "auth", "log"]) delete place.gpuLedger?.[key];
});

it.each([[null], [7], ["text"], [[]], [{ key: "1" }]])(
  "an act that is sent %j in place of its form answers in words",
  async (sent) => {
    request.headers = new Headers({ host: "127.0.0.1:3000", origin: "http://127.0.0.1:3000" });
    place.gpuLedger ??= {};
    Object.assign(place.gpuLedger, {
      db: Promise.resolve({} as Db),
      auth: { settings: null },
      log: silentLog,
    });
    const body = vi.fn();
    expect(await answer(body, sent as never)).toEqual({
      ok: false,
      message: "The form could not be read. Load the page again, then try again.",
    });
    expect(body).not.toHaveBeenCalled();
  },
);

it.each([[null], [7], [{ key: "1" }]])(
  "somebody who is signed out and sends %j in place of a form is asked to sign in",
  async (sent) => {
    request.headers = new Headers({ host: "127.0.0.1:3000", origin: "http://127.0.0.1:3000" });
    place.gpuLedger ??= {};
    const settings = { url: "http://127.0.0.1:3000", secrets: ["x".repeat(32)], secure: false };
    Object.assign(place.gpuLedger, { db: Promise.resolve({} as Db), auth: { settings }, log: silentLog });
    const answered = await answer(async () => "done", sent as never);
    expect(answered).toMatchObject({ ok: false, message: expect.stringMatching(/^You are signed out/) });
  },
);
