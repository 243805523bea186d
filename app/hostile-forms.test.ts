import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Db } from "@/db/client.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { setPolicy } from "@/lib/allocation/policy-changes.ts";
import { setBudget } from "@/lib/budgets/changes.ts";
import { ctxOf, seedInventory, seedPrice, seedTeam } from "@/lib/charges/testing-ledger.ts";
import { type Log, silentLog } from "@/lib/log.ts";
import { request } from "./testing-request.ts";

vi.mock("next/headers", async () => (await import("./testing-request.ts")).nextHeaders);
vi.mock("next/server", async () => (await import("./testing-request.ts")).nextServer());
vi.mock("next/cache", async () => (await import("./testing-request.ts")).nextCache);

type Act = (...args: readonly unknown[]) => Promise<unknown>;
const place = globalThis as { gpuLedger?: Record<string, unknown> };

/** Every server action, with the names of the fields that its file reads. */
const acts: { name: string; act: Act; fields: readonly string[] }[] = [];
for (const file of globSync("app/**/*.ts").filter((f) => readFileSync(f, "utf8").startsWith('"use server"'))) {
  const text = readFileSync(file, "utf8");
  const fields = new Set(
    [...text.matchAll(/(?:[fF]ield|get|getAll)\((?:form, )?"([\w.-]+)"/g)].map(([, name]) => name ?? ""),
  );
  for (const name of ["sure", "drafts.1.kind", "drafts.1.origin", "channel-1", "act", "id", "day", "team"])
    fields.add(name);
  const module = (await import(/* @vite-ignore */ path.resolve(file))) as Record<string, Act>;
  for (const [name, act] of Object.entries(module))
    acts.push({ name: `${file.replace("app/(dashboard)/", "")} ${name}`, act, fields: [...fields] });
}

/** What may be sent in place of a form. */
const NO_FORMS: readonly (readonly [string, readonly unknown[]])[] = [
  ["nothing", []],
  ["null", [null, null]],
  ["numbers", [1, 2, 3]],
  ["texts", ["x", "y"]],
  ["objects", [{ get: "x" }, { a: { b: 1 } }]],
  ["lists", [[["x"]], [1]]],
  ["an object that looks like a form", [null, { get: () => "x", keys: () => [], entries: () => [] }]],
];

const VALUES = [
  ...["", " ", "-1", "0", "1.5", "1e309", "NaN", "Infinity", "9".repeat(400), "9007199254740993"],
  ...["constructor", "__proto__", "toString", "hasOwnProperty", "team:constructor", "user:__proto__"],
  ...["{", "[]", "null", '{"__proto__":1}', "2026-02-30", "2026-10-01", "0000-00-00", "99999-01-01", "-1-1-1"],
  ...[
    "\u0000",
    "a\u0000b",
    "\ud800",
    "\u202egnp.exe",
    "😀".repeat(50),
    "x".repeat(5000),
    "a\r\nb: c",
    "'; drop table teams; --",
    "%00",
    "../../x",
  ],
];

/** One of each, so that acts find something to compare with. */
async function seed(db: Db): Promise<void> {
  await seedInventory(db);
  await seedTeam(db, 11, "Vision", "vision");
  await seedPrice(db, "H100", 2_500_000, 20260101);
  const ctx = ctxOf(db);
  await setPolicy(ctx, { clusterId: "", costClass: "unallocated", method: "equal", fromDay: 20261001 });
  await setBudget(ctx, {
    scope: { kind: "all", value: "" },
    fromDay: 20261001,
    span: "month",
    amountMicros: 1_000_000,
  });
}

/** Acts of sign-in answer by an address, and throw to lead there; nothing else may be thrown. */
async function outcome(act: Act, args: readonly unknown[]): Promise<string> {
  try {
    const said = (await act(...args)) as { message?: string } | undefined;
    return said?.message ?? "";
  } catch (error) {
    const digest = String((error as { digest?: string }).digest ?? "");
    return digest.startsWith("NEXT_REDIRECT") ? "" : `THROWN ${error instanceof Error ? error.stack : String(error)}`;
  }
}

describe("what anybody sends to an act", () => {
  let store: TestDb;
  const failures: string[] = [];
  const log: Log = Object.assign(Object.create(silentLog), {
    error: (...given: unknown[]) => failures.push(String((given[0] as { err?: Error }).err?.stack ?? given[1])),
  });

  beforeAll(async () => {
    store = await sqliteFile();
    await seed(store.db);
    request.headers = new Headers({ host: "127.0.0.1:3000", origin: "http://127.0.0.1:3000" });
    place.gpuLedger ??= {};
    Object.assign(place.gpuLedger, { db: Promise.resolve(store.db), auth: { settings: null }, log });
  });
  afterAll(async () => {
    for (const key of ["db", "auth", "log"]) delete place.gpuLedger?.[key];
    await store.drop();
  });

  it.each(acts)("in place of its form is answered in words: $name", async ({ act }) => {
    failures.length = 0;
    for (const [what, args] of NO_FORMS) {
      const said = await outcome(act, args);
      expect([what, said, failures]).toEqual([what, expect.not.stringMatching(/^THROWN|The server could not/), []]);
    }
  });

  it.each(acts)("in the fields of its form is answered in words: $name", async ({ act, fields }) => {
    failures.length = 0;
    for (const value of VALUES) {
      const form = new FormData();
      for (const name of fields) form.append(name, value);
      const said = await outcome(act, act.length === 1 ? [form] : [null, form]);
      expect([value, said, failures]).toEqual([value, expect.not.stringMatching(/^THROWN|The server could not/), []]);
    }
  });
});
