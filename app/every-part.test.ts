import { globSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { silentLog } from "@/lib/log.ts";
import { request } from "./testing-request.ts";

vi.mock("next/headers", async () => (await import("./testing-request.ts")).nextHeaders);
vi.mock("next/server", async () => (await import("./testing-request.ts")).nextServer());

type Page = (props: { params: Promise<Record<string, string>>; searchParams: Promise<object> }) => Promise<unknown>;

const NOT_FOUND = { digest: "NEXT_HTTP_ERROR_FALLBACK;404" };
const place = globalThis as { gpuLedger?: Record<string, unknown> };
const pages = globSync("app/(dashboard)/**/page.tsx")
  .filter((file) => /\/\[\w+\]\//.test(file))
  .sort();

/** Every page whose address names one thing, opened by people who may see everything; a new one is found by itself. */
describe("pages of one thing", () => {
  let store: TestDb;
  beforeAll(async () => {
    store = await sqliteFile();
    request.headers = new Headers({ host: "127.0.0.1:3000" });
    place.gpuLedger ??= {};
    Object.assign(place.gpuLedger, { db: Promise.resolve(store.db), auth: { settings: null }, log: silentLog });
  });
  afterAll(async () => {
    for (const key of ["db", "auth", "log"]) delete place.gpuLedger?.[key];
    await store.drop();
  });

  it("are found", () => {
    expect(pages.length).toBeGreaterThanOrEqual(10);
  });

  it.each(pages)("say that there is no such thing: %s", async (file) => {
    const { default: page } = (await import(/* @vite-ignore */ path.resolve(file))) as { default: Page };
    const names = [...file.matchAll(/\[(\w+)\]/g)].map(([, name = ""]) => name);
    for (const part of ["999", "0999", "999999999999999", "team-999", "team:999", "nothing", "%"]) {
      const params = Promise.resolve(Object.fromEntries(names.map((name) => [name, part])));
      const opened = page({ params, searchParams: Promise.resolve({}) });
      await expect(opened, `${file} of ${part}`).rejects.toMatchObject(NOT_FOUND);
    }
  });
});
