import { globSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type Db, openDb } from "@/db/client.ts";
import { answerEndpoint } from "@/lib/api/answer.ts";
import { ENDPOINTS } from "@/lib/api/endpoints/index.ts";
import { sendUsageEvents } from "@/lib/api/endpoints/usage-events.ts";
import { listVisibleBills } from "@/lib/bills/import.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { systemNow } from "@/lib/ctx.ts";
import { answerBeside, endThreads, runAct } from "./beside.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
let [folder, before, db] = ["", process.env.DATABASE_URL, undefined as Db | undefined];
beforeEach(async () => {
  // One that another file of tests began reads its database.
  await endThreads();
  folder = mkdtempSync(path.join(tmpdir(), "gpu-ledger-acts-"));
  process.env.DATABASE_URL = `file:${path.join(folder, "ledger.db")}`;
  db = await openDb(process.env.DATABASE_URL);
});
afterEach(async () => {
  await endThreads();
  await db?.close();
  if (before === undefined) delete process.env.DATABASE_URL;
  else process.env.DATABASE_URL = before;
  rmSync(folder, { recursive: true, force: true });
});
const ctx = () => ({ ...ctxOf(db as Db), now: systemNow });

const HEAD =
  "BillingCurrency,ChargePeriodStart,ChargePeriodEnd,BillingPeriodStart,ProviderName,BillingAccountId,ServiceName,ChargeCategory,EffectiveCost\n";
const line = (i: number) =>
  `USD,2026-10-01T00:00:00Z,2026-10-02T00:00:00Z,2026-10-01T00:00:00Z,AWS,1,S${i},Usage,1.5\n`;
/** Its bytes are passed on: each act has its own. */
const bill = () => ({
  files: [{ name: "b.csv", bytes: bytes(HEAD + Array.from({ length: 1_000 }, (_, i) => line(i)).join("")) }],
  replace: false,
});

it("an act in a thread does what it does here: it saves, and refuses in its words", async () => {
  expect(await runAct(ctx(), "files", "importBill", bill())).toMatchObject({ lines: 1_000, effectiveMicros: 1_500e6 });
  expect(await listVisibleBills(ctx())).toMatchObject([{ name: "b.csv", lines: 1_000 }]);
  await expect(runAct(ctx(), "files", "importBill", bill())).rejects.toMatchObject({
    ...{ code: "conflict", message: "This file was imported already, as b.csv." },
  });
  const viewer = { kind: "person", id: "x", roles: ["viewer"], projects: [] } as const;
  await expect(runAct({ ...ctx(), viewer }, "files", "importBill", bill())).rejects.toMatchObject({
    code: "forbidden",
  });
});

it("a thread that takes too much memory says so, and the next act has another", async () => {
  const huge = { name: "p.yaml", bytes: bytes(`- ${"x".repeat(1_000)}\n`.repeat(900)), title: "", money: MONEY };
  await expect(runAct(ctx(), "files", "importPrices", huge)).rejects.toThrow();
  expect(await runAct(ctx(), "files", "importBill", bill())).toMatchObject({ lines: 1_000 });
});
const MONEY = { currency: "USD", billingTimeZone: "UTC" };

it("more than waits for a thread already is refused, and what waits is done", async () => {
  const asked = Array.from({ length: 20 }, () => runAct(ctx(), "files", "importBill", bill()));
  const done = await Promise.allSettled(asked);
  const codes = done.map((d) => (d.status === "fulfilled" ? "done" : d.reason.code));
  // One is done and twelve wait, of which each finds the file there.
  expect(codes).toEqual(["done", ...Array(12).fill("conflict"), ...Array(7).fill("busy")]);
});

it("an act that was stopped while it waited does not begin", async () => {
  const stop = new AbortController();
  const first = runAct(ctx(), "files", "importBill", bill());
  const second = runAct(ctx(), "files", "importBill", bill(), stop.signal);
  stop.abort(new Error("stopped"));
  await expect(second).rejects.toThrow("stopped");
  expect(await first).toMatchObject({ lines: 1_000 });
});

it("a request of the API with a large body is answered as a small one is, in a thread", async () => {
  const put = ENDPOINTS.find(({ method, path }) => method === "PUT" && path === "/api/v1/budgets");
  if (!put) throw new Error("There is no such endpoint.");
  const ask = async (body: string, beside?: typeof answerBeside) => {
    const headers = { "content-type": "application/json", "content-length": String(body.length) };
    const request = new Request("http://127.0.0.1/api/v1/budgets", { method: "PUT", headers, body });
    const answer = await answerEndpoint(ctx(), put, request, { perMinute: 0, parts: {}, beside });
    return [answer.status, answer.headers.get("content-type"), await answer.text()] as const;
  };
  const passed: string[] = [];
  const beside: typeof answerBeside = (given, request) => {
    passed.push(request.endpoint);
    return answerBeside(given, request);
  };
  const budget = (i: number) => ({ scope: "all", from: `${2020 + i}-01-01`, span: "year", amount: "12.50" });
  const [small, large] = [[budget(0)], Array.from({ length: 7 }, (_, i) => budget(i))];
  const body = (budgets: unknown, reason = "") => JSON.stringify({ budgets, reason });
  expect((await ask(body(small), beside))[0]).toBe(200);
  expect(passed).toEqual([]);
  // Spaces make it large without another meaning.
  const [status, type, text] = await ask(`${body(large)}${" ".repeat(20_000)}`, beside);
  expect([status, type, JSON.parse(text).added, JSON.parse(text).unchanged]).toEqual([
    ...[200, "application/json; charset=utf-8", 6, 1],
  ]);
  const wrong = `${body([{ scope: 1 }])}${" ".repeat(20_000)}`;
  expect(await ask(wrong, beside)).toEqual(await ask(wrong));
  expect(passed).toEqual(["/api/v1/budgets", "/api/v1/budgets"]);
  expect((await ask(`${body(small)}${" ".repeat(5_000_000)}`, beside))[0]).toBe(413);
});

it("events of a collector are received there, too", async () => {
  const body = JSON.stringify(Array.from({ length: 200 }, (_, i) => ({ id: i, note: "x".repeat(100) })));
  const headers = { "content-type": "application/cloudevents-batch+json", "content-length": String(body.length) };
  const ask = (beside?: typeof answerBeside) => {
    const request = new Request("http://127.0.0.1/api/v1/events", { method: "POST", headers, body });
    return answerEndpoint(ctx(), sendUsageEvents, request, { perMinute: 0, parts: {}, beside });
  };
  const [here, there] = [await ask(), await ask(answerBeside)];
  expect(there.status).toBe(400);
  expect([there.status, await there.text()]).toEqual([here.status, await here.text()]);
});

/** What works on whole files, on what other systems answer, and on every day that is due. */
const HEAVY =
  /\b(importBill|importCosts|importCatalogue|readPricesBeside|readBudgetCsv|readCountCsv|chargeDue|testConnections|readOpencostNow|readExplorerNow|readPriceFeedNow|readExplorerMonth|openSources?)\(/;

it("pages and acts do no such work themselves", () => {
  const files = globSync("app/**/*.{ts,tsx}").filter((file) => !file.includes(".test."));
  expect(files.length).toBeGreaterThan(200);
  expect(files.filter((file) => HEAVY.test(readFileSync(file, "utf8")))).toEqual([]);
});
