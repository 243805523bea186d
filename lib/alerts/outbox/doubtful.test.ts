import { afterAll, beforeAll, expect, it } from "vitest";
import { sqliteFile } from "@/db/testing.ts";
import { addChannel } from "@/lib/alerts/change-channel.ts";
import { testMessage } from "@/lib/alerts/testing-message.ts";
import { type Ctx, localViewer } from "@/lib/ctx.ts";
import { parseEnv } from "@/lib/env.ts";
import { silentLog } from "@/lib/log.ts";
import { secretKeys } from "@/lib/secrets/index.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { deliverDue } from "./deliver.ts";
import { insertLetters, listAttempts, listDeliveries, nextDueAt } from "./store.ts";

const keys = secretKeys(parseEnv({ SECRETS_KEY: "the key of this test has 32 characters" }));
let store: Awaited<ReturnType<typeof sqliteFile>>;
beforeAll(async () => {
  store = await sqliteFile();
});
afterAll(() => store.drop());

it.each([
  ["slack", { url: "https://slack.example/x" }, "<html>", 3, "dead"],
  ["slack", { url: "https://slack.example/x" }, "Message received", 1, "sent"],
  ["pagerduty", { routingKey: "a".repeat(32) }, "", 3, "dead"],
  ["pagerduty", { routingKey: "a".repeat(32) }, '{"result":"queued"}', 1, "sent"],
])(
  "%s is asked %#: as often as its answer leaves a doubt, three times at most",
  async (kind, fields, text, most, state) => {
    let now = 1000;
    const ctx = (): Ctx => ({
      ...{ db: store.db, now: () => now, viewer: localViewer, log: silentLog, ledger: testLedger() },
    });
    const name = `${kind} ${text.length}`;
    const channelKey = (await addChannel(ctx(), keys, { kind, name, ratePerMinute: 600, fields })) as number;
    const message = testMessage({ dedupeKey: name, messageId: name });
    const letter = { eventId: name, sequence: 1, channelKey, target: "", notBefore: now, message };
    await store.db.write((tx) => insertLetters(tx, [letter], now));
    let calls = 0;
    const statuses = [503, 503, 503, 503];
    const post = async () => {
      calls++;
      return { status: statuses.shift() ?? 200, text, retryAfterSeconds: undefined };
    };
    for (let next: number | null = now; next !== null; next = await nextDueAt(store.db)) {
      now = Math.max(now, next);
      await deliverDue(ctx(), { post, mailer: null, keys, leaseSeconds: 60 });
    }
    // Failures before do not count.
    expect(calls).toBe(4 + most);
    const delivery = (await listDeliveries(store.db, 9)).find((d) => d.eventId === name);
    expect(delivery?.state).toBe(state);
    const last = (await listAttempts(store.db, delivery?.key ?? 0)).map((a) => a.excerpt);
    expect(
      last.some((words) => words.startsWith(state === "sent" ? "Answered in other words:" : "Not the receiver")),
    ).toBe(true);
  },
);
