import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Db } from "@/db/client.ts";
import { sql } from "@/db/client.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { insertChannel } from "@/lib/alerts/channel-store.ts";
import { NoReply } from "@/lib/alerts/channels/post.ts";
import { testMessage } from "@/lib/alerts/testing-message.ts";
import { type Ctx, localViewer } from "@/lib/ctx.ts";
import { parseEnv } from "@/lib/env.ts";
import { silentLog } from "@/lib/log.ts";
import { putSecret, secretKeys } from "@/lib/secrets/index.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { MOST_ATTEMPTS } from "./backoff.ts";
import { deliverDue, type Sending } from "./deliver.ts";
import {
  claimNext,
  finishClaim,
  insertLetters,
  type Letter,
  listAttempts,
  listDeliveries,
  nextDueAt,
} from "./store.ts";

const keys = secretKeys(parseEnv({ SECRETS_KEY: "the key of this test has 32 characters" }));
const SECRET = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
const RUNS = process.env.FULL === "1" ? 200 : 8;

/** What happens to one call: arrives, is refused, arrives and the reply is lost, or arrives and this process is killed. */
type Fault = "ok" | "refused" | "lost" | "killed";
class Killed extends Error {}

describe.each(engines)("the outbox on $name", (engine) => {
  let store: TestDb | null;
  let now = 1000;
  const ctxOf = (db: Db): Ctx => ({ db, now: () => now, viewer: localViewer, log: silentLog, ledger: testLedger() });

  beforeAll(async () => {
    store = isAbsent(engine) ? null : await engine.open();
    if (!store) return;
    const ctx = ctxOf(store.db);
    for (const name of ["a", "b"])
      await store.db.write(async (tx) => {
        const key = await insertChannel(tx, {
          ...{ kind: "webhook", name, settings: "{}", ratePerMinute: 100_000, createdAt: 1, createdBy: "test" },
          ...{ disabledAt: null, disabledReason: "", archivedAt: null },
        });
        await putSecret(
          tx,
          ctx,
          keys,
          { of: `channel/${key}`, field: "url" },
          `https://${name}.example/`,
          "channels.manage",
        );
        await putSecret(tx, ctx, keys, { of: `channel/${key}`, field: "secret" }, SECRET, "channels.manage");
      });
  });
  afterAll(() => store?.drop());

  const letterOf = (event: string, sequence: number, channelKey = 1): Letter => ({
    ...{ eventId: event, sequence, channelKey, target: "", notBefore: now },
    message: testMessage({ dedupeKey: event, messageId: `${event}.${sequence}`, title: String(sequence) }),
  });
  const clear = () =>
    (store as TestDb).db.write(async (tx) => {
      await tx.run(sql`delete from alert_deliveries`);
      await tx.run(sql`delete from alert_attempts`);
    });

  it.skipIf(isAbsent(engine))("delivers at least once, in order, and twice only where a reply was lost", async () => {
    const { db } = store as TestDb;
    const other = await (store as TestDb).again();
    const fault = fc.constantFrom<Fault>("ok", "refused", "lost", "killed");
    const events = fc.array(fc.record({ event: fc.constantFrom("x", "y", "z"), channel: fc.constantFrom(1, 2) }), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(events, fc.array(fault, { maxLength: 16 }), async (list, faults) => {
        await clear();
        const left = [...faults];
        const got: { id: string; key: string; sequence: number; host: string }[] = [];
        let mayRepeat = 0;
        let killNext = false;
        const post: Sending["post"] = async (url, body, headers = {}) => {
          const happens = left.shift() ?? "ok";
          if (happens === "refused") return { status: 503, text: "", retryAfterSeconds: undefined };
          const { data } = JSON.parse(body);
          got.push({
            id: headers["webhook-id"] as string,
            key: data.dedupe_key,
            sequence: Number(data.title),
            host: new URL(url).host,
          });
          if (happens === "ok") return { status: 200, text: "", retryAfterSeconds: undefined };
          mayRepeat++;
          if (happens === "killed") killNext = true;
          else throw new NoReply("The reply was lost.", false);
          return { status: 200, text: "", retryAfterSeconds: undefined };
        };
        // A process that is killed between the reply and its commit records nothing.
        const mortal = (of: Db): Db => ({
          ...of,
          dialect: of.dialect,
          all: of.all.bind(of),
          find: of.find.bind(of),
          close: of.close.bind(of),
          write: async (body) => {
            if (killNext) {
              killNext = false;
              throw new Killed();
            }
            return of.write(body);
          },
        });
        const sending: Sending = { post, mailer: null, keys, leaseSeconds: 60, random: () => 0 };
        const sequences = new Map<string, number>();
        const letters = list.map(({ event, channel }) => {
          const sequence = (sequences.get(event) ?? 0) + 1;
          sequences.set(event, sequence);
          return letterOf(event, sequence, channel);
        });
        for (const letter of letters) await db.write((tx) => insertLetters(tx, [letter], now));
        // The same again: nothing is added.
        await db.write((tx) => insertLetters(tx, letters, now));
        for (let i = 0; i < 200; i++) {
          await Promise.all(
            [db, other].map((d) =>
              deliverDue(ctxOf(mortal(d)), sending).catch((error) => expect(error).toBeInstanceOf(Killed)),
            ),
          );
          const next = await nextDueAt(db);
          if (next === null) break;
          now = Math.max(now + 1, next);
        }
        const ids = letters.map((l) => `${l.message.messageId} ${l.channelKey === 1 ? "a" : "b"}.example`);
        expect(new Set(got.map((g) => `${g.id} ${g.host}`))).toEqual(new Set(ids));
        expect(got.length - ids.length).toBeLessThanOrEqual(mayRepeat);
        for (const letter of letters) {
          const host = letter.channelKey === 1 ? "a.example" : "b.example";
          const ofKey = got.filter((g) => g.key === letter.message.dedupeKey && g.host === host).map((g) => g.sequence);
          expect(ofKey).toEqual([...ofKey].sort((a, b) => a - b));
        }
        expect((await listDeliveries(db, 100)).every((d) => d.state === "sent")).toBe(true);
      }),
      { numRuns: engine.name === "pglite" ? 3 : RUNS, seed: 7 },
    );
    if (engine.name !== "pglite") await other.close();
  });

  it.skipIf(isAbsent(engine))("writes nothing with a claim that another one replaced", async () => {
    const { db } = store as TestDb;
    await clear();
    await db.write((tx) => insertLetters(tx, [letterOf("fence", 1)], now));
    const slow = await claimNext(db, now, 60);
    expect(await claimNext(db, now, 60)).toBe(null);
    now += 60;
    const second = await claimNext(db, now, 60);
    expect([slow?.fence, second?.fence]).toEqual([1, 2]);
    const finish = { nextAttemptAt: now, outcome: "retry", status: 500, excerpt: "late", state: "dead" } as const;
    expect(await db.write((tx) => finishClaim(tx, slow as never, finish, now))).toBe(false);
    expect((await listDeliveries(db, 5))[0]).toMatchObject({ state: "sending", fence: 2 });
    expect(
      await db.write((tx) => finishClaim(tx, second as never, { ...finish, state: "sent", outcome: "sent" }, now)),
    ).toBe(true);
    expect((await listAttempts(db, slow?.key as number)).map((a) => a.outcome)).toEqual(["retry", "sent"]);
  });

  it.skipIf(isAbsent(engine))("gives up after its attempts, and at once what will never work", async () => {
    const { db } = store as TestDb;
    await clear();
    const statuses = { "a.example": 500, "b.example": 404 };
    let calls = 0;
    const post: Sending["post"] = async (url) => {
      calls++;
      return { status: statuses[new URL(url).host as keyof typeof statuses], text: "no", retryAfterSeconds: undefined };
    };
    await db.write((tx) => insertLetters(tx, [letterOf("dead", 1, 1), letterOf("dead", 1, 2)], now));
    for (let next: number | null = now; next !== null; next = await nextDueAt(db)) {
      now = Math.max(now, next);
      await deliverDue(ctxOf(db), { post, mailer: null, keys, leaseSeconds: 60 });
    }
    expect(calls).toBe(MOST_ATTEMPTS + 1);
    expect((await listDeliveries(db, 5)).map((d) => [d.state, d.status, d.attempts])).toEqual([
      ["dead", 404, 1],
      ["dead", 500, MOST_ATTEMPTS],
    ]);
  });

  it.skipIf(isAbsent(engine))(
    "sends no more to a channel than its rate allows, and waits as long as a receiver asks",
    async () => {
      const { db } = store as TestDb;
      await clear();
      await db.write((tx) => tx.run(sql`update alert_channels set rate_per_minute = 3 where key = 1`));
      const times: number[] = [];
      const post: Sending["post"] = async () => {
        times.push(now);
        return {
          status: times.length === 1 ? 429 : 200,
          text: "",
          retryAfterSeconds: times.length === 1 ? 400 : undefined,
        };
      };
      const letters = Array.from({ length: 7 }, (_, i) => letterOf(`rate-${i}`, 1));
      const start = now;
      await db.write((tx) => insertLetters(tx, letters, now));
      for (; (await nextDueAt(db)) !== null; now += 10)
        await deliverDue(ctxOf(db), { post, mailer: null, keys, leaseSeconds: 60 });
      const byMinute = times.map((at) => times.filter((other) => other > at - 60 && other <= at).length);
      expect(Math.max(...byMinute)).toBe(3);
      expect(times).toHaveLength(8);
      expect((times.at(-1) as number) - start).toBeGreaterThanOrEqual(400);
      await db.write((tx) => tx.run(sql`update alert_channels set rate_per_minute = 100000 where key = 1`));
    },
  );

  it.skipIf(isAbsent(engine))("disables a channel whose receiver is gone, on record", async () => {
    const { db } = store as TestDb;
    await clear();
    const post: Sending["post"] = async () => ({ status: 410, text: "gone", retryAfterSeconds: undefined });
    await db.write((tx) => insertLetters(tx, [letterOf("gone", 1, 2), letterOf("gone-too", 1, 2)], now));
    await deliverDue(ctxOf(db), { post, mailer: null, keys, leaseSeconds: 60 });
    const found = await listDeliveries(db, 5);
    expect(found.map((d) => d.state)).toEqual(["dead", "dead"]);
    const [channel] = await db.all<{ reason: string }>(
      sql`select disabled_reason as reason from alert_channels where key = 2`,
    );
    expect(channel?.reason).toMatch(/answered 410: gone/);
    expect(
      await db.all(sql`select id from audit_log where subject = 'channel/2' and action = 'channels.manage'`),
    ).toHaveLength(1);
  });
});
