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
import { createMailer } from "@/lib/mail/index.ts";
import { type MailServer, startMailServer } from "@/lib/mail/testing-server.ts";
import { secretKeys } from "@/lib/secrets/index.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { deliverDue } from "./deliver.ts";
import { insertLetters, listAttempts, listDeliveries, nextDueAt } from "./store.ts";

const KEY = "the key of this test has 32 characters";
const keys = secretKeys(parseEnv({ SECRETS_KEY: KEY }));
const EVENTS = 4;
const KILLS = 6;
/** Short, so that a receiver that is silent does not hold the test. */
const WAIT_MS = 600;
/** A receiver fails at most so often for one message: then nothing is given up. */
const MOST_FAULTS = 4;
/** Somebody else answers for it at most so often: a third time gives the message up. */
const MOST_BROKEN = 2;

/** A kind of channel with its receiver: how it is set up, what it answers when it took a message, and what is sent there. */
interface Kind {
  readonly kind: string;
  readonly at: string;
  readonly fields: (url: string) => Record<string, string>;
  readonly took: Answer;
  /** It says in its body that it took a message: a success without that is not its own. */
  readonly saysSo?: true;
  /** Which message a request is, as `e3.1`. */
  readonly messageOf: (body: string) => string | undefined;
}
const byTitle = (body: string) => /e\d\.\d/.exec(body)?.[0];
const KINDS: readonly Kind[] = [
  {
    ...{ kind: "slack", at: "/slack", fields: (url) => ({ url: `${url}/slack` }), messageOf: byTitle },
    ...{ took: { status: 200, text: "ok" }, saysSo: true },
  },
  {
    ...{ kind: "slack-bot", at: "/bot/chat.postMessage", messageOf: byTitle, saysSo: true },
    fields: (url) => ({ token: "xoxb-test", channel: "C01", api: `${url}/bot` }),
    took: { status: 200, text: '{"ok":true}' },
  },
  {
    ...{ kind: "teams", at: "/teams", fields: (url) => ({ url: `${url}/teams` }), messageOf: byTitle },
    took: { status: 202 },
  },
  {
    ...{ kind: "pagerduty", at: "/v2/enqueue", fields: (url) => ({ api: url, routingKey: "a".repeat(32) }) },
    ...{ took: { status: 202, text: '{"status":"success"}' }, saysSo: true },
    messageOf: (body) => {
      const event = JSON.parse(body) as { dedup_key: string; event_action: string };
      return `${event.dedup_key}.${event.event_action === "trigger" ? 1 : 2}`;
    },
  },
  {
    ...{ kind: "alertmanager", at: "/api/v2/alerts", fields: (url) => ({ urls: url }), messageOf: byTitle },
    took: { status: 200 },
  },
];

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
const random = randomOf(7);

/** What receivers took, in their order, whether or not we learnt of it: the message by channel, and what it says of itself. */
const taken: { readonly message: string; readonly is: string }[] = [];
const asked = new Map<string, number>();
const broken = new Map<string, number>();
const faults = new Set<string>();

function answerTo({ path: at, body }: Received): Answer {
  const kind = KINDS.find((one) => one.at === at);
  if (!kind) return { status: 404 };
  const message = `${kind.kind} ${kind.messageOf(body)}`;
  const before = asked.get(message) ?? 0;
  asked.set(message, before + 1);
  const chance = before < MOST_FAULTS ? random() : 1;
  const fault = (name: string, answer: Answer): Answer => {
    faults.add(`${kind.kind} ${name}`);
    return answer;
  };
  if (chance < 0.08) return fault("500", { status: 500 });
  if (chance < 0.16) return fault("429", { status: 429, headers: { "retry-after": "2" } });
  const brokenBefore = broken.get(message) ?? 0;
  if (chance < 0.24 && kind.saysSo && brokenBefore < MOST_BROKEN) {
    broken.set(message, brokenBefore + 1);
    return fault("broken", { status: 202, text: "<html>" });
  }
  taken.push({ message, is: body });
  if (chance < 0.32) return fault("cut", "cut");
  if (chance < 0.4) return fault("silent", "silent");
  return chance < 0.48 ? fault("endless", "endless") : kind.took;
}

let store: Awaited<ReturnType<typeof sqliteFile>>;
let receiver: Receiver;
let mail: MailServer;
let later = 0;
const ctxOf = (): Ctx => ({
  ...{ db: store.db, now: () => systemNow() + later, viewer: localViewer, log: silentLog, ledger: testLedger() },
});

beforeAll(async () => {
  [store, receiver, mail] = await Promise.all([sqliteFile(), startReceiver(answerTo), startMailServer()]);
  for (const { kind, fields } of KINDS)
    await addChannel(ctxOf(), keys, { kind, name: kind, ratePerMinute: 600, fields: fields(receiver.url) });
  const to = { to: "ada@example.com" };
  await addChannel(ctxOf(), keys, { kind: "email", name: "email", ratePerMinute: 600, fields: to });
  // The server is away, busy, or gone after it took the mail.
  const replies = [451, "cut", 421, "cut", 452, "cut", 451] as const;
  mail.replies.push(...replies);
});
afterAll(() => Promise.all([store.drop(), receiver.close(), mail.close()]));

/** Another process delivers, and is killed within its n-th write: before or after the receiver's answer. @returns whether it came so far. */
async function killAt(write: number): Promise<boolean> {
  const program = ["--import", "./scripts/typescript.mjs", "lib/alerts/outbox/testing-child.ts"];
  const args = [store.file, KEY, String(write), String(later), String(WAIT_MS), mail.url];
  const cwd = path.resolve(import.meta.dirname, "../../..");
  const child = spawn(process.execPath, [...program, ...args], { cwd });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.on("close", (_, signal) => resolve(signal)));
  child.stdout.once("data", () => child.kill("SIGKILL"));
  return (await ended) === "SIGKILL";
}

it("whatever the receiver of any channel answers, and whenever a process is killed, each message arrives, in order, and twice only where an answer was lost", async () => {
  const names = [...KINDS.map(({ kind }) => kind), "email"];
  const now = systemNow();
  const letters = Array.from({ length: EVENTS }, (_, e) =>
    [1, 2].flatMap((sequence) =>
      names.map((name, i) => ({
        ...{ eventId: `e${e}`, sequence, channelKey: i + 1, target: name === "email" ? "ada@example.com" : "" },
        notBefore: now,
        message: testMessage({
          ...{ dedupeKey: `e${e}`, messageId: `e${e}.${sequence}`, title: `Late e${e}.${sequence}` },
          ...{ change: sequence === 1 ? "trigger" : "resolve", resolvedAt: sequence === 1 ? null : now },
        }),
      })),
    ),
  ).flat();
  await store.db.write((tx) => insertLetters(tx, letters, now));
  let kills = 0;
  for (let i = 0; i < KILLS; i++) {
    if (await killAt(1 + Math.floor(random() * 14))) kills++;
    later += 200;
  }
  expect(kills).toBeGreaterThanOrEqual(KILLS / 2);
  const post = createPost({ allowed: ["127.0.0.1"], timeoutMs: WAIT_MS, nowMs: Date.now });
  const mailer = createMailer({ url: mail.url, from: "ledger@example.com", caFile: null, timeoutMs: 5000 });
  for (let i = 0; i < 40 && (await nextDueAt(store.db)) !== null; i++) {
    await deliverDue(ctxOf(), { post, mailer, keys, leaseSeconds: 60 });
    later += 20 * 3600;
  }
  for (const { text } of mail.mails)
    taken.push({ message: `email ${byTitle(text)}`, is: /^Message-ID: .*$/im.exec(text)?.[0] ?? "" });

  const messages = await listDeliveries(store.db, 1000);
  expect(messages).toHaveLength(letters.length);
  for (const { key, channelKey, messageId, state } of messages) {
    const message = `${names[channelKey - 1]} ${messageId}`;
    const arrived = taken.filter((one) => one.message === message);
    const attempts = await listAttempts(store.db, key);
    const isDone = (outcome: string) => outcome === "sent" || outcome === "accepted";
    // No answer, or a success that did not come from the receiver: it may have the message.
    const lost = attempts.filter((a) => !isDone(a.outcome) && (a.status === 0 || (a.status >= 200 && a.status < 300)));
    expect([message, state, attempts.filter((a) => isDone(a.outcome)).length]).toEqual([
      message,
      message.startsWith("teams") ? "accepted" : "sent",
      1,
    ]);
    expect([message, arrived.length >= 1, arrived.length - 1 <= lost.length]).toEqual([message, true, true]);
    // What comes again says of itself that it is the same: its key, and every other letter.
    expect([message, new Set(arrived.map((one) => one.is)).size]).toEqual([message, 1]);
  }
  const order = taken.map((one) => one.message);
  for (const name of names)
    for (let e = 0; e < EVENTS; e++)
      expect(order.indexOf(`${name} e${e}.2`)).toBeGreaterThan(order.lastIndexOf(`${name} e${e}.1`));
  // Faults came, and with them duplicates.
  expect(taken.length).toBeGreaterThan(letters.length);
  for (const name of ["500", "429", "broken", "cut", "silent", "endless"])
    expect([name, [...faults].some((fault) => fault.endsWith(name))]).toEqual([name, true]);
}, 180_000);
