import { getTableColumns } from "drizzle-orm";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { sql } from "@/db/client.ts";
import { spendDays } from "@/db/schema/index.ts";
import { engines, isAbsent, type TestDb } from "@/db/testing.ts";
import { listActs } from "@/lib/auth/audit-store.ts";
import { addUser, changeGrants, setDisabled } from "@/lib/auth/users.ts";
import { loadViewer } from "@/lib/auth/viewer-load.ts";
import { type Ctx, localViewer } from "@/lib/ctx.ts";
import { parseEnv } from "@/lib/env.ts";
import { silentLog } from "@/lib/log.ts";
import { createMailer } from "@/lib/mail/index.ts";
import { type MailServer, startMailServer } from "@/lib/mail/testing-server.ts";
import { secretKeys } from "@/lib/secrets/index.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { DAY, HOUR } from "@/lib/time.ts";
import { acknowledge, retryDelivery } from "./answer.ts";
import { addChannel, archiveChannel, changeChannel, testChannel } from "./change-channel.ts";
import { addRule, archiveRule, changeRule, muteRule, type RuleInput, setRuleEnabled } from "./change-rule.ts";
import { listChannels } from "./channel-store.ts";
import { createPost } from "./channels/index.ts";
import { type Receiver, startReceiver } from "./channels/testing-receiver.ts";
import { writeDigests } from "./digest/digest.ts";
import { evaluateRules } from "./evaluate.ts";
import { listEvents } from "./event-store.ts";
import { deliverDue, type Sending } from "./outbox/deliver.ts";
import { listDeliveries } from "./outbox/store.ts";
import { choosePreference, findUnsubscribe, unsubscribe } from "./preferences/choose.ts";
import { previewRule } from "./preview.ts";
import { listRules } from "./rule-store.ts";

const keys = secretKeys(parseEnv({ SECRETS_KEY: "the key of this test has 32 characters" }));
const SECRET = `whsec_${Buffer.alloc(24, 7).toString("base64")}`;
const SIGNING = ["the signing secret of this test, 32 or more"];
const SETTINGS = { url: "https://ledger.example", signingSecret: SIGNING[0] as string, fallback: ["all@example.com"] };
const NO_SPEND = Object.fromEntries(
  Object.keys(getTableColumns(spendDays)).map((key) => [key, 0]),
) as unknown as (typeof spendDays)["$inferInsert"];
const START = Date.UTC(2026, 10, 10, 12) / 1000;

describe.each(engines)("alerts on $name", (engine) => {
  let store: TestDb | null;
  let mail: MailServer;
  let hook: Receiver;
  let sending: Sending;
  let now = START;
  const ctxOf = (viewer: Ctx["viewer"] = localViewer): Ctx => ({
    ...{ db: (store as TestDb).db, now: () => now, viewer, log: silentLog, ledger: testLedger() },
  });
  const person = async (key: number): Promise<Ctx> => ctxOf((await loadViewer(ctxOf().db, key)) as Ctx["viewer"]);
  const people: Record<string, number> = {};

  beforeAll(async () => {
    if (isAbsent(engine)) return;
    store = await engine.open();
    [mail, hook] = await Promise.all([startMailServer(), startReceiver(() => ({ status: 200 }))]);
    const mailer = createMailer({ url: mail.url, from: "ledger@example.com", caFile: null, timeoutMs: 5000 });
    const post = createPost({ allowed: ["127.0.0.1"], timeoutMs: 5000, nowMs: () => now * 1000 });
    sending = { post, mailer, keys, leaseSeconds: 60, random: () => 0, fallback: SETTINGS.fallback };
    const add = async (name: string, role: "admin" | "finance" | "manager" | "engineer", teamKey = 0) => {
      people[name] = (await addUser(ctxOf(), { email: `${name}@example.com`, grants: [{ role, teamKey }] })).key;
    };
    await add("root", "admin");
    await add("fin", "finance");
    await (store as TestDb).db.write((tx) =>
      tx.run(sql`insert into teams (key, name, cost_centre, gl_account, owner, created_at)
        values (11, 'Vision', '', '', 'lead@example.com', 1), (12, 'Speech', '', '', '', 1)`),
    );
    await add("lead", "manager", 11);
    await add("boss", "manager", 11);
    await add("other", "manager", 12);
  });
  afterAll(async () => {
    await Promise.all([store?.drop(), mail?.close(), hook?.close()]);
  });
  beforeEach(async () => {
    if (!store) return;
    now += 40 * DAY;
    for (const table of [
      "deliveries",
      "attempts",
      "events",
      "rules",
      "routes",
      "digest_items",
      "preferences",
      "channels",
    ])
      await store.db.write((tx) => tx.run(sql.raw(`delete from alert_${table}`)));
    await store.db.write((tx) => tx.run(sql`delete from sync_runs`));
    await store.db.write((tx) => tx.run(sql`delete from spend_days`));
    await store.db.write((tx) => tx.run(sql`delete from stored_secrets`));
    mail.mails.length = 0;
    hook.got.length = 0;
  });

  const synced = (at: number) =>
    ctxOf().db.write((tx) =>
      tx.run(sql`insert into sync_runs (id, kind, started_at, finished_at, status, counts, error)
        values (${`s${at}`}, 'live', ${at - 5}, ${at}, 'ok', '{}', '')`),
    );
  const spent = (day: number, teamKey: number, usageMicros: number) =>
    ctxOf().db.write(async (tx) => {
      await tx.run(sql`delete from spend_days where day = ${day} and team_key = ${teamKey}`);
      await tx.insert(spendDays, [{ ...NO_SPEND, day, teamKey, clusterId: "c", usageMicros }]);
    });
  const gapOpens = () =>
    ctxOf().db.write((tx) =>
      tx.run(sql`insert into gaps (cluster_id, source, subject, start_at, end_at, cause, status, attempts, first_seen_at, next_retry_at)
        values ('c', 's', '', ${now - DAY}, ${now}, 'down', 'open', 1, ${now}, ${now})`),
    );
  const run = async () => {
    await evaluateRules(ctxOf(), SETTINGS);
    await writeDigests(ctxOf());
    await deliverDue(ctxOf(), sending);
  };
  const subjects = () => mail.mails.map((m) => `${m.to.join()} ${/^Subject: (.*)\r$/m.exec(m.text)?.[1]}`);
  const LATE: RuleInput = { kind: "sync-late", severity: "critical", threshold: HOUR, people: true };
  const addHook = () =>
    addChannel(ctxOf(), keys, { kind: "webhook", name: "Ops", fields: { url: `${hook.url}/hook`, secret: SECRET } });
  const changes = () => hook.got.map((g) => JSON.parse(g.body).type);

  it.skipIf(isAbsent(engine))(
    "go to the right people and channels once, and are resolved in the same places",
    async () => {
      const channel = await addHook();
      await addRule(ctxOf(), { ...LATE, routes: [{ channelKey: channel, mode: "now" }] });
      await synced(now - 60);
      await run();
      expect([subjects(), changes()]).toEqual([[], []]);
      now += 2 * HOUR;
      await run();
      await run();
      now += HOUR;
      await run();
      expect(subjects()).toEqual(["root@example.com [Critical] No sync for 2 h 1 min"]);
      await synced(now);
      await run();
      expect(subjects().at(-1)).toMatch(/^root@example\.com \[Resolved\] No sync/);
      expect(changes()).toEqual(["alert.trigger", "alert.resolve"]);
      const [first, second] = hook.got.map((g) => JSON.parse(g.body).data);
      expect([first.dedupe_key, first.link, second.resolved_at === null]).toEqual([
        second.dedupe_key,
        "https://ledger.example/sync",
        false,
      ]);
      expect((await listEvents(ctxOf().db, "all", 10)).map((e) => [e.state, e.sequence])).toEqual([["resolved", 2]]);
    },
  );

  it.skipIf(isAbsent(engine))("escalate from the lead to the managers, until somebody acknowledges", async () => {
    await gapOpens();
    await addRule(ctxOf(), {
      kind: "gap-open",
      severity: "warning",
      threshold: 6 * HOUR,
      escalateSeconds: HOUR,
      repeatSeconds: 3 * HOUR,
    });
    await run();
    now += HOUR;
    await run();
    expect(subjects().map((s) => s.split(" ").slice(0, 2).join(" "))).toEqual(["root@example.com [Warning]"]);
    const [event] = await listEvents(ctxOf().db, "all", 1);
    await expect(acknowledge(await person(people.lead as number), SETTINGS, event?.id as string)).rejects.toThrow(
      /access to all teams/,
    );
    await acknowledge(await person(people.fin as number), SETTINGS, event?.id as string);
    now += 5 * HOUR;
    await run();
    expect(subjects().at(-1)).toMatch(/^root@example\.com \[Acknowledged\]/);
    expect(subjects()).toHaveLength(2);
    await expect(acknowledge(ctxOf(), SETTINGS, event?.id as string)).rejects.toThrow(/fin@example\.com acknowledged/);
    await ctxOf().db.write((tx) => tx.run(sql`delete from gaps`));
  });

  it.skipIf(isAbsent(engine))(
    "of a team go to its lead, and with time to its managers, never to another team",
    async () => {
      const day = 20261220;
      now = Date.UTC(2026, 11, 20, 12) / 1000;
      await addRule(await person(people.boss as number), {
        kind: "daily-cost",
        severity: "warning",
        teamKey: 11,
        threshold: 5_000_000,
      });
      await spent(day, 11, 6_000_000);
      await spent(day, 12, 60_000_000);
      await run();
      await spent(day, 11, 9_000_000);
      await run();
      expect(subjects()).toEqual(["lead@example.com [Warning] 2026-12-20 costs $6.00 so far"]);
      expect(mail.mails[0]?.text).toContain("image/png");
      await expect(
        addRule(await person(people.other as number), {
          kind: "daily-cost",
          severity: "warning",
          teamKey: 11,
          threshold: 5,
        }),
      ).rejects.toThrow(/no team 11 that you manage/);
      await expect(addRule(await person(people.other as number), LATE)).rejects.toThrow(/access to all teams/);
      expect(
        (await previewRule(ctxOf(), { kind: "daily-cost", severity: "warning", threshold: 50_000_000 })).happenings,
      ).toMatchObject([]);
      now += DAY;
      expect(
        (await previewRule(ctxOf(), { kind: "daily-cost", severity: "warning", threshold: 50_000_000 })).happenings,
      ).toMatchObject([{ title: "2026-12-20 cost $69.00" }]);
    },
  );

  it.skipIf(isAbsent(engine))(
    "follow what people chose: kinds, severities, digests, and links that end them once",
    async () => {
      await addRule(ctxOf(), { ...LATE, severity: "warning" });
      await addRule(ctxOf(), { kind: "gap-open", severity: "info", threshold: HOUR });
      const root = await person(people.root as number);
      await choosePreference(root, { kind: "gap-open", mode: "off" });
      await choosePreference(root, { kind: "sync-late", mode: "daily", severity: "warning" });
      await synced(now - 2 * HOUR);
      await gapOpens();
      await run();
      expect(subjects()).toEqual([]);
      now += DAY;
      await run();
      await run();
      expect(subjects()).toEqual(["root@example.com GPU Ledger: 1 alert since yesterday"]);
      await ctxOf().db.write((tx) => tx.run(sql`delete from gaps`));
      await choosePreference(root, { kind: "sync-late", mode: "now" });
      await synced(now);
      await run();
      now += 3 * HOUR;
      await run();
      const text = (mail.mails.at(-1)?.text ?? "").replaceAll("=\r\n", "").replaceAll("=3D", "=");
      expect(text.replaceAll(/\r\n\s+/g, "")).toContain(
        "List-Unsubscribe: <https://ledger.example/api/unsubscribe?token=",
      );
      const token = /No longer send me these: https:\/\/ledger\.example\/unsubscribe\?token=(\S+)/.exec(
        text,
      )?.[1] as string;
      expect(await findUnsubscribe(ctxOf(), SIGNING, token)).toMatchObject({
        kind: "sync-late",
        title: "Sync is late",
        used: false,
      });
      await expect(unsubscribe(ctxOf(), ["another secret of 32 characters or more"], token)).rejects.toThrow(
        /not valid/,
      );
      await expect(unsubscribe(ctxOf(), SIGNING, `${token}x`)).rejects.toThrow(/not valid/);
      await unsubscribe(ctxOf(), SIGNING, token);
      const count = mail.mails.length;
      await synced(now);
      await run();
      now += 3 * HOUR;
      await run();
      // What was notified is resolved; nothing new comes.
      expect(
        subjects()
          .slice(count)
          .map((s) => /\[(\w+)\]/.exec(s)?.[1]),
      ).toEqual(["Resolved"]);
      // Subscribed again, an old mail does not undo it.
      await choosePreference(root, { kind: "sync-late", mode: "now" });
      await unsubscribe(ctxOf(), SIGNING, token);
      await synced(now);
      await run();
      now += 3 * HOUR;
      await run();
      expect(subjects().at(-1)).toMatch(/\[Warning\] No sync/);
    },
  );

  it.skipIf(isAbsent(engine))(
    "are muted, switched off and deleted on record; a digest of a channel sums up",
    async () => {
      const channel = await addHook();
      const key = await addRule(ctxOf(), { ...LATE, people: false, routes: [{ channelKey: channel, mode: "now" }] });
      const weekly = await addRule(ctxOf(), {
        ...LATE,
        name: "Weekly",
        people: false,
        routes: [{ channelKey: channel, mode: "weekly" }],
      });
      await muteRule(ctxOf(), key, now + 5 * HOUR, "maintenance");
      await expect(muteRule(ctxOf(), key, now - 1)).rejects.toThrow(/future/);
      await synced(now - 2 * HOUR);
      await run();
      expect(changes()).toEqual([]);
      now += 5 * HOUR;
      await run();
      expect(changes()).toEqual(["alert.trigger"]);
      await setRuleEnabled(ctxOf(), key, false);
      await archiveRule(ctxOf(), weekly);
      await run();
      expect(changes()).toEqual(["alert.trigger", "alert.resolve"]);
      now += 8 * DAY;
      await run();
      expect(JSON.parse(hook.got.at(-1)?.body ?? "").data.items.map((i: { change: string }) => i.change)).toEqual([
        "trigger",
        "resolve",
      ]);
      expect(await listRules(ctxOf().db)).toMatchObject([{ key, mutedReason: "maintenance" }]);
      const acts = (await listActs(ctxOf().db, 50, `alert-rule/${key}`)).map((a) => a.reason);
      expect(acts).toContain("maintenance");
    },
  );

  it.skipIf(isAbsent(engine))("are no longer sent to people who lost their role, or who left", async () => {
    const leaver = await addUser(ctxOf(), { email: "leaver@example.com", grants: [{ role: "admin", teamKey: 0 }] });
    await addRule(ctxOf(), { ...LATE, repeatSeconds: HOUR });
    await synced(now - 2 * HOUR);
    await run();
    expect(mail.mails.flatMap((m) => m.to).sort()).toEqual(["leaver@example.com", "root@example.com"]);
    await changeGrants(ctxOf(), leaver.key, [{ role: "viewer", teamKey: 11 }]);
    now += HOUR;
    await run();
    await choosePreference(await person(people.root as number), { kind: "sync-late", mode: "off" });
    now += HOUR;
    await run();
    await synced(now);
    await run();
    expect(mail.mails.slice(2).flatMap((m) => m.to)).toEqual(["root@example.com", "root@example.com"]);
    expect(
      subjects()
        .slice(2)
        .map((s) => /\[(.*?)\]/.exec(s)?.[1]),
    ).toEqual(["Still open", "Resolved"]);
    await setDisabled(ctxOf(), leaver.key, true);
  });

  it.skipIf(isAbsent(engine))("without channel and people go to the addresses of the settings", async () => {
    await addRule(ctxOf(), { ...LATE, people: false });
    await synced(now - 2 * HOUR);
    await run();
    expect(subjects()).toEqual(["all@example.com [Critical] No sync for 2 h"]);
  });

  it.skipIf(isAbsent(engine))(
    "channels keep their secrets, are tested, and messages that were given up are sent again",
    async () => {
      const channel = await addHook();
      const rule = await addRule(ctxOf(), { ...LATE, people: false, routes: [{ channelKey: channel, mode: "now" }] });
      expect(await testChannel(ctxOf(), sending, SETTINGS, channel)).toEqual({ state: "sent", status: 200, error: "" });
      await changeChannel(ctxOf(), keys, channel, { kind: "webhook", name: "Operations", fields: {} });
      hook.answers.push({ status: 404, text: "no hook" });
      expect(await testChannel(ctxOf(), sending, SETTINGS, channel)).toEqual({
        state: "dead",
        status: 404,
        error: "no hook",
      });
      hook.answers.push({ status: 404 });
      await synced(now - 2 * HOUR);
      await run();
      const [dead] = await listDeliveries(ctxOf().db, 1);
      expect(dead?.state).toBe("dead");
      await retryDelivery(ctxOf(), dead?.key as number);
      await run();
      expect((await listDeliveries(ctxOf().db, 1))[0]?.state).toBe("sent");
      await expect(retryDelivery(ctxOf(), dead?.key as number)).rejects.toThrow(/not given up/);
      const whole = JSON.stringify([
        await listChannels(ctxOf().db),
        await listActs(ctxOf().db, 100),
        await ctxOf().db.all(sql`select * from stored_secrets`),
      ]);
      expect(whole).not.toContain(hook.url);
      expect(whole).not.toContain(SECRET);
      await expect(
        addChannel(ctxOf(), keys, { kind: "webhook", name: "x", fields: { url: "ftp://x" } }),
      ).rejects.toMatchObject({ fields: { secret: "Enter signing secret." } });
      await expect(
        addChannel(await person(people.fin as number), keys, {
          kind: "email",
          name: "x",
          fields: { to: "a@example.com" },
        }),
      ).rejects.toThrow(/You may not/);
      await archiveChannel(ctxOf(), channel);
      expect(await ctxOf().db.all(sql`select * from stored_secrets`)).toEqual([]);
      await changeRule(ctxOf(), rule, { ...LATE, name: "Late", people: true });
      await expect(
        changeRule(ctxOf(), rule, { ...LATE, routes: [{ channelKey: channel, mode: "now" }] }),
      ).rejects.toThrow(/no channel/);
    },
  );
});
