import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { sql } from "@/db/client.ts";
import { syncRuns } from "@/db/schema/index.ts";
import { sqliteFile, type TestDb } from "@/db/testing.ts";
import { type Receiver, startReceiver } from "@/lib/alerts/channels/testing-receiver.ts";
import { addChannel, addRule, runAlerts, sendingOf } from "@/lib/alerts/index.ts";
import { localViewer, systemNow } from "@/lib/ctx.ts";
import { parseEnv } from "@/lib/env.ts";
import { silentLog } from "@/lib/log.ts";
import { secretKeys } from "@/lib/secrets/index.ts";
import { insertRequest, LIVE } from "@/lib/sync/windows/run-store.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { assemble, serveJobs } from "./index.ts";

let store: TestDb;
let hook: Receiver;
beforeAll(async () => {
  [store, hook] = await Promise.all([sqliteFile(), startReceiver(() => ({ status: 200 }))]);
});
afterAll(async () => {
  vi.useRealTimers();
  await Promise.all([store.drop(), hook.close()]);
});

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !condition(); i++) await sleep(50);
  expect(condition()).toBe(true);
}

it("a server without a source evaluates rules, sends what waits, and leaves requests of a sync alone", async () => {
  const settings = parseEnv({
    ALERT_ALLOWED_HOSTS: "127.0.0.1",
    SECRETS_KEY: "the key of this test has 32 characters",
  });
  let now = systemNow();
  const ctx = { db: store.db, now: () => now, viewer: localViewer, log: silentLog, ledger: testLedger() };
  const fields = { url: hook.url, secret: `whsec_${Buffer.alloc(24, 7).toString("base64")}` };
  const channelKey = await addChannel(ctx, secretKeys(settings), { kind: "webhook", name: "Ops", fields });
  const routes = [{ channelKey, mode: "now" as const }];
  await ctx.db.write(async (tx) => {
    await insertRequest(tx, LIVE, now);
  });
  // A message that waits for another try since before the server began.
  hook.answers.push({ status: 503 });
  const first = sendingOf(settings, () => now * 1000);
  await addRule(ctx, { kind: "sync-late", threshold: 3600, severity: "critical", people: false, routes });
  const late = { id: "a", kind: LIVE, startedAt: now - 9000, finishedAt: now - 9000 };

  await ctx.db.write((tx) => tx.insert(syncRuns, [{ ...late, status: "ok", counts: "{}", error: "" }]));
  await runAlerts(ctx, { url: "", signingSecret: null, fallback: [] }, first);
  expect(hook.got).toHaveLength(1);

  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  now += 60;
  const stop = new AbortController();
  const serving = serveJobs(assemble(settings, ctx, []), stop.signal);
  await until(() => hook.got.length === 2);
  now += 60;
  await ctx.db.write((tx) =>
    tx.insert(syncRuns, [{ ...late, id: "b", finishedAt: now, status: "ok", counts: "{}", error: "" }]),
  );
  await vi.advanceTimersByTimeAsync(60_000);
  await until(() => hook.got.length === 3);
  stop.abort(new Error("stopped"));
  await serving;
  expect(hook.got.map(({ body }) => JSON.parse(body).type)).toEqual([
    "alert.trigger",
    "alert.trigger",
    "alert.resolve",
  ]);
  expect(await ctx.db.all(sql`select status from sync_runs where status = 'requested'`)).toHaveLength(1);
});
