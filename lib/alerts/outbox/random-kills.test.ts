import { spawn } from "node:child_process";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { sqliteFile } from "@/db/testing.ts";
import { addChannel } from "@/lib/alerts/change-channel.ts";
import { createPost } from "@/lib/alerts/channels/index.ts";
import { type Answer, type Received, type Receiver, startReceiver } from "@/lib/alerts/channels/testing-receiver.ts";
import { testMessage } from "@/lib/alerts/testing-message.ts";
import { type Ctx, localViewer, systemNow } from "@/lib/ctx.ts";
import { parseEnv } from "@/lib/env.ts";
import { silentLog } from "@/lib/log.ts";
import { secretKeys } from "@/lib/secrets/index.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { deliverDue } from "./deliver.ts";
import { insertLetters, listAttempts, listDeliveries, nextDueAt } from "./store.ts";

const KEY = "the key of this test has 32 characters";
const keys = secretKeys(parseEnv({ SECRETS_KEY: KEY }));
const EVENTS = 8;
const PLACES = ["/one", "/two"];
const KILLS = 6;

/** The same faults in every run (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
const random = randomOf(16);

/** What receivers took, in their order, whether or not we learnt of it. */
const taken: string[] = [];
const placeOf = ({ path: place, headers }: Pick<Received, "path" | "headers">) => `${place} ${headers["webhook-id"]}`;

function answerTo(request: Received): Answer {
  const chance = random();
  if (chance < 0.1) return { status: 500 };
  if (chance < 0.2) return { status: 429, headers: { "retry-after": "2" } };
  taken.push(placeOf(request));
  return chance < 0.35 ? "cut" : { status: 200 };
}

let store: Awaited<ReturnType<typeof sqliteFile>>;
let receiver: Receiver;
let later = 0;
const ctxOf = (): Ctx => ({
  ...{ db: store.db, now: () => systemNow() + later, viewer: localViewer, log: silentLog, ledger: testLedger() },
});

beforeAll(async () => {
  [store, receiver] = await Promise.all([sqliteFile(), startReceiver(answerTo)]);
  const secret = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
  for (const place of PLACES) {
    const fields = { url: `${receiver.url}${place}`, secret };
    await addChannel(ctxOf(), keys, { kind: "webhook", name: place, ratePerMinute: 600, fields });
  }
});
afterAll(() => Promise.all([store.drop(), receiver.close()]));

/** Another process delivers, and is killed within its n-th write; @returns whether it came so far. */
async function killAt(write: number): Promise<boolean> {
  const program = ["--import", "./scripts/typescript.mjs", "lib/alerts/outbox/testing-child.ts"];
  const child = spawn(process.execPath, [...program, store.file, KEY, String(write), String(later)], {
    cwd: path.resolve(import.meta.dirname, "../../.."),
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.on("close", (_, signal) => resolve(signal)));
  child.stdout.once("data", () => child.kill("SIGKILL"));
  return (await ended) === "SIGKILL";
}

it("whatever receivers answer and whenever a process is killed, each message arrives, in order, and twice only where an answer was lost", async () => {
  const now = systemNow();
  const letters = Array.from({ length: EVENTS }, (_, e) =>
    [1, 2].flatMap((sequence) =>
      PLACES.map((_place, i) => ({
        ...{ eventId: `e${e}`, sequence, channelKey: i + 1, target: "", notBefore: now },
        message: testMessage({
          ...{ dedupeKey: `e${e}`, messageId: `e${e}.${sequence}`, change: sequence === 1 ? "trigger" : "resolve" },
        }),
      })),
    ),
  ).flat();
  await store.db.write((tx) => insertLetters(tx, letters, now));
  let kills = 0;
  for (let i = 0; i < KILLS; i++) {
    if (await killAt(1 + Math.floor(random() * 9))) kills++;
    later += 200;
  }
  expect(kills).toBeGreaterThanOrEqual(KILLS / 2);
  const post = createPost({ allowed: ["127.0.0.1"], timeoutMs: 5000, nowMs: Date.now });
  for (let i = 0; i < 40 && (await nextDueAt(store.db)) !== null; i++) {
    await deliverDue(ctxOf(), { post, mailer: null, keys, leaseSeconds: 60 });
    later += 20 * 3600;
  }

  const messages = await listDeliveries(store.db, 1000);
  expect(messages).toHaveLength(letters.length);
  for (const { key, channelKey, messageId, state } of messages) {
    const place = `${PLACES[channelKey - 1]} ${messageId}`;
    const arrived = taken.filter((one) => one === place).length;
    const attempts = await listAttempts(store.db, key);
    const lost = attempts.filter((a) => a.outcome !== "sent" && a.status === 0).length;
    expect([place, state, attempts.filter((a) => a.outcome === "sent").length]).toEqual([place, "sent", 1]);
    expect([place, arrived >= 1, arrived - 1 <= lost]).toEqual([place, true, true]);
  }
  for (const place of PLACES)
    for (let e = 0; e < EVENTS; e++)
      expect(taken.indexOf(`${place} e${e}.2`)).toBeGreaterThan(taken.lastIndexOf(`${place} e${e}.1`));
  expect(taken.length).toBeGreaterThan(letters.length);
  for (const { headers, body } of receiver.got)
    expect(JSON.parse(body).data.dedupe_key).toBe(String(headers["webhook-id"]).split(".")[0]);
});
