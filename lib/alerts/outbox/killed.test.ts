import { spawn } from "node:child_process";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { sqliteFile } from "@/db/testing.ts";
import { insertChannel } from "@/lib/alerts/channel-store.ts";
import { createPost } from "@/lib/alerts/channels/index.ts";
import { type Receiver, startReceiver } from "@/lib/alerts/channels/testing-receiver.ts";
import { testMessage } from "@/lib/alerts/testing-message.ts";
import { type Ctx, localViewer, systemNow } from "@/lib/ctx.ts";
import { parseEnv } from "@/lib/env.ts";
import { silentLog } from "@/lib/log.ts";
import { putSecret, secretKeys } from "@/lib/secrets/index.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { deliverDue } from "./deliver.ts";
import { insertLetters, listAttempts, listDeliveries } from "./store.ts";

const KEY = "the key of this test has 32 characters";
const keys = secretKeys(parseEnv({ SECRETS_KEY: KEY }));
let store: Awaited<ReturnType<typeof sqliteFile>>;
let receiver: Receiver;
let later = 0;
const ctxOf = (): Ctx => ({
  db: store.db,
  now: () => systemNow() + later,
  viewer: localViewer,
  log: silentLog,
  ledger: testLedger(),
});

beforeAll(async () => {
  [store, receiver] = await Promise.all([sqliteFile(), startReceiver(() => ({ status: 200 }))]);
  await store.db.write(async (tx) => {
    const channel = {
      kind: "webhook",
      name: "a",
      settings: "{}",
      ratePerMinute: 1000,
      createdAt: 1,
      createdBy: "test",
    };
    const key = await insertChannel(tx, { ...channel, disabledAt: null, disabledReason: "", archivedAt: null });
    const secret = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
    await putSecret(
      tx,
      ctxOf(),
      keys,
      { of: `channel/${key}`, field: "url" },
      `${receiver.url}/hook`,
      "channels.manage",
    );
    await putSecret(tx, ctxOf(), keys, { of: `channel/${key}`, field: "secret" }, secret, "channels.manage");
  });
});
afterAll(() => Promise.all([store.drop(), receiver.close()]));

/** Another process delivers, and is killed where it stands still. */
async function killAt(write: number): Promise<void> {
  const program = ["--import", "./scripts/typescript.mjs", "lib/alerts/outbox/testing-child.ts"];
  const child = spawn(process.execPath, [...program, store.file, KEY, String(write)], {
    cwd: path.resolve(import.meta.dirname, "../../.."),
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.on("close", (_, signal) => resolve(signal)));
  child.stdout.once("data", () => child.kill("SIGKILL"));
  expect(await ended).toBe("SIGKILL");
}

it.each([
  ["before its claim is committed", 1, 0, ["sent"]],
  ["between the receiver's 200 and the commit", 2, 1, ["unknown", "sent"]],
] as const)("a process that is killed %s loses nothing", async (_, write, early, outcomes) => {
  receiver.got.length = 0;
  const id = `event-${write}`;
  const message = (sequence: number) =>
    testMessage({ dedupeKey: id, messageId: `${id}.${sequence}`, change: sequence === 1 ? "trigger" : "resolve" });
  const letter = (sequence: number) => ({
    eventId: id,
    sequence,
    channelKey: 1,
    target: "",
    message: message(sequence),
    notBefore: systemNow(),
  });
  await store.db.write((tx) => insertLetters(tx, [letter(1), letter(2)], systemNow()));
  await killAt(write);
  expect(receiver.got.map((g) => g.headers["webhook-id"])).toEqual(Array(early).fill(`${id}.1`));
  later += 100;
  const sending = {
    post: createPost({ allowed: ["127.0.0.1"], timeoutMs: 5000, nowMs: Date.now }),
    mailer: null,
    keys,
    leaseSeconds: 60,
  };
  await deliverDue(ctxOf(), sending);
  // What arrived and was not recorded comes again under the same id, and its successor only after it.
  expect(receiver.got.map((g) => g.headers["webhook-id"])).toEqual([
    ...Array(early).fill(`${id}.1`),
    `${id}.1`,
    `${id}.2`,
  ]);
  expect(new Set(receiver.got.map((g) => JSON.parse(g.body).data.dedupe_key))).toEqual(new Set([id]));
  const [, trigger] = await listDeliveries(store.db, 2);
  expect((await listAttempts(store.db, trigger?.key as number)).map((a) => a.outcome)).toEqual(outcomes);
  expect(await store.db.all(sql`select key from alert_deliveries where state <> 'sent'`)).toEqual([]);
});
