import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { afterEach, beforeEach, expect, it } from "vitest";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { seedOctober } from "@/lib/closing/testing-close.ts";
import { parseEnv } from "@/lib/env.ts";
import { listReadings } from "@/lib/readings/index.ts";
import type { Listener } from "@/simulator/http.ts";
import { startOpencost } from "@/simulator/opencost.ts";
import { priceFeeds, readExplorerNow, readOpencostNow, readOutsideDue } from "./outside.ts";

let store: TestDb;
let peer: Listener;
beforeEach(async () => {
  store = await sqliteFile();
  await seedOctober(store.db);
  const start = Date.UTC(2026, 9, 1) / 1000;
  const pod = { namespace: "runai-vision", start, end: start + 60 * 86_400, cpuCores: 1, ramGib: 1, gpus: 1 };
  peer = await startOpencost({ pods: [pod], rates: { cpu: 0.03, ramGib: 0.004, gpu: 2 } });
});
afterEach(async () => {
  await peer.close();
  await store.drop();
});

it("asks nobody where nothing is set up, and says what to set to who asks", async () => {
  const [ctx, env] = [ctxOf(store.db), parseEnv({})];
  await readOutsideDue(ctx, env);
  expect(peer.requests.size).toBe(0);
  await expect(readOpencostNow(ctx, env)).rejects.toThrow("OpenCost is not configured: set OPENCOST_URL.");
  await expect(readExplorerNow(ctx, env)).rejects.toThrow("AWS Cost Explorer is off: set COST_EXPLORER=on.");
  expect(
    priceFeeds(env)
      .filter((feed) => feed.problem === null)
      .map((feed) => feed.name),
  ).toEqual(["skypilot"]);
});

it("reads OpenCost once an hour, and goes on to the others when it fails", async () => {
  const env = parseEnv({ OPENCOST_URL: peer.url });
  const at = (seconds: number) => ({ ...ctxOf(store.db), now: () => ctxOf(store.db).now() + seconds });
  await readOutsideDue(at(0), env);
  expect(peer.requests.get("/allocation")).toBe(14);
  await readOutsideDue(at(1800), env);
  await readOutsideDue(at(7200), env);
  // Every day is read: nothing is asked for until one is over, or has settled.
  expect(peer.requests.get("/allocation")).toBe(14);
  await peer.close();
  await readOutsideDue(at(16 * 3600), parseEnv({ OPENCOST_URL: peer.url, HTTP_RETRY_COUNT: "0" }));
  expect((await listReadings(store.db, "opencost", 9)).map((r) => r.status)).toEqual(["failed", "done"]);
});

it("reads the other price lists where one is not set up", async () => {
  const warned: string[] = [];
  const log = { ...ctxOf(store.db).log, warn: (given: { feed?: string }) => warned.push(given.feed ?? "") };
  const env = parseEnv({ PRICE_FEEDS: "gcp,infracost" });
  await readOutsideDue({ ...ctxOf(store.db), log } as never, env);
  expect(warned).toEqual(["gcp", "infracost"]);
});

it("loads no library of clouds or telemetry with the work of a server", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...["--import", "./scripts/typescript.mjs", "--input-type=module", "--eval"],
    `import { registerHooks } from "node:module";
     const seen = new Set();
     registerHooks({ resolve(name, context, next) { seen.add(name); return next(name, context); } });
     await import("@/lib/jobs/serve.ts");
     console.log(JSON.stringify([seen.size > 100, [...seen].filter((n) => /^@aws-sdk|opentelemetry\\/(?:sdk|resources)/.test(n))]));`,
  ]);
  expect(JSON.parse(stdout)).toEqual([true, []]);
});
