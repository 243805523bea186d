import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { addUser, changeGrants, setDisabled } from "@/lib/auth/users.ts";
import { loadViewer } from "@/lib/auth/viewer-load.ts";
import { type Ctx, localViewer } from "@/lib/ctx.ts";
import { parseEnv } from "@/lib/env.ts";
import { silentLog } from "@/lib/log.ts";
import type { Mail } from "@/lib/mail/index.ts";
import { secretKeys } from "@/lib/secrets/index.ts";
import type { Series } from "@/lib/sources/source.ts";
import { SeriesKeys, saveSamples } from "@/lib/sync/samples/sample-store.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { DAY, HOUR } from "@/lib/time.ts";
import type { AlertEvent } from "./advance.ts";
import { addChannel, changeChannel } from "./change-channel.ts";
import { addRule, changeRule, type RuleInput } from "./change-rule.ts";
import { NoReply } from "./channels/post.ts";
import { digestOf, writeDigests } from "./digest/digest.ts";
import { listEvents, saveEvents } from "./event-store.ts";
import { writeNotice } from "./notify.ts";
import { deliverDue, type Sending } from "./outbox/deliver.ts";
import { listDeliveries } from "./outbox/store.ts";
import { choosePreference } from "./preferences/choose.ts";
import { previewMessages } from "./preview.ts";
import { renewOpen } from "./renew.ts";
import { type AlertRule, findRule, listRoutes } from "./rule-store.ts";
import { getRuleKind } from "./rules/index.ts";
import { runAlerts } from "./run.ts";
import { testMessage } from "./testing-message.ts";
import type { Change, Severity } from "./types.ts";

const NOON = Date.UTC(2026, 10, 10, 12) / 1000;
const SETTINGS = { url: "https://ledger.example", signingSecret: null, fallback: ["ops@example.com"] };
/** A card that has not reported its power for hours. */
const OLD_SAMPLE: Series = {
  ...{ clusterId: "c1", subjectKind: "gpu", subjectId: "pod", gpu: "GPU-1", metric: "power_watts", node: "n1" },
  ...{ gpuModel: "H100", at: [NOON - DAY], value: [900], shared: false },
};

let db: Db;
let now: number;
let mails: Mail[];
const ctxOf = (viewer: Ctx["viewer"] = localViewer): Ctx => ({
  ...{ db, now: () => now, viewer, log: silentLog, ledger: testLedger() },
});
const sending = (): Sending => ({
  post: () => Promise.reject(new Error("no receiver in these tests")),
  mailer: async (mail) => {
    mails.push(mail);
    return { status: 250, reply: "ok" };
  },
  keys: [] as unknown as Sending["keys"],
  ...{ leaseSeconds: 60, random: () => 0, fallback: SETTINGS.fallback },
});
type Grants = Parameters<typeof addUser>[1]["grants"];
const add = async (name: string, grants: Grants) =>
  (await addUser(ctxOf(), { email: `${name}@example.com`, grants })).key;
const personOf = async (key: number): Promise<Ctx> => ctxOf((await loadViewer(db, key)) as Ctx["viewer"]);

beforeEach(async () => {
  db = await openSqlite(":memory:");
  now = NOON;
  mails = [];
  await db.write((tx) =>
    tx.run(
      sql`insert into teams (key, name, cost_centre, gl_account, owner, created_at) values (11, 'Vision', '', '', '', 1)`,
    ),
  );
});
afterEach(() => db.close());

/** The life of one event, change by change. */
async function newEvent(given: Partial<RuleInput> = {}, teamKey = 0) {
  const ruleKey = await addRule(ctxOf(), {
    kind: "budget-status",
    severity: "warning",
    teamKey,
    people: true,
    ...given,
  });
  let event: AlertEvent = {
    ...{
      id: "event-1",
      ruleKey,
      subject: "s",
      teamKey,
      severity: "warning",
      state: "firing",
      level: 1,
      title: "Vision",
    },
    detail: { summary: "", facts: [], link: "/", owners: [], chart: null, limit: null, ended: "" },
    ...{ startedAt: now, firedAt: now, resolvedAt: null, sequence: 0, notifiedAt: now, step: 0 },
    ...{ acknowledgedAt: null, acknowledgedBy: "" },
  };
  return async (change: Change, severity: Severity = "warning", notBefore = now) => {
    const rule = await findRule(db, ruleKey);
    if (!rule) throw new Error("no rule");
    event = { ...event, severity, sequence: event.sequence + 1, title: `Vision is ${severity}` };
    await db.write(async (tx) => {
      await saveEvents(tx, [event]);
      const routes = await listRoutes(tx, ruleKey);
      const by = { rule, kind: getRuleKind(rule.kind), routes, settings: SETTINGS, teamName: () => "Vision" };
      await writeNotice(tx, ctxOf(), by, { event, change, notBefore });
    });
  };
}
const send = async () => {
  await writeDigests(ctxOf());
  await deliverDue(ctxOf(), sending());
  return mails.splice(0).map((m) => `${m.to.join()} ${m.subject}`);
};

describe("what concerns administrators", () => {
  it("reaches the addresses of the settings where there is no administrator, and never finance", async () => {
    await add("fin", [{ role: "finance" }]);
    const notice = await newEvent({ kind: "sync-late", threshold: 7200 });
    await notice("trigger");
    expect(await send()).toEqual(["ops@example.com [Warning] Vision is warning"]);
  });
});

describe("what got worse", () => {
  it("reaches who was not to hear of less", async () => {
    const boss = await personOf(await add("boss", [{ role: "manager", teamKey: 11 }]));
    await choosePreference(boss, { kind: "budget-status", mode: "now", severity: "critical" });
    await add("other", [{ role: "manager", teamKey: 11 }]);
    const notice = await newEvent({}, 11);
    await notice("trigger");
    expect(await send()).toEqual(["other@example.com [Warning] Vision is warning"]);
    await notice("update", "critical");
    expect((await send()).sort()).toEqual([
      "boss@example.com [Worse] Vision is critical",
      "other@example.com [Worse] Vision is critical",
    ]);
    await notice("resolve", "critical");
    expect(await send()).toHaveLength(2);
  });

  it("is in the digest of who reads digests, and so is its end", async () => {
    const boss = await personOf(await add("boss", [{ role: "manager", teamKey: 11 }]));
    await choosePreference(boss, { kind: "budget-status", mode: "daily" });
    const notice = await newEvent({}, 11);
    await notice("trigger");
    await notice("update", "critical");
    await notice("resolve", "critical");
    expect(await send()).toEqual([]);
    now += DAY;
    await deliverDue(ctxOf(), sending());
    await writeDigests(ctxOf());
    await deliverDue(ctxOf(), sending());
    expect(mails.map((m) => m.text.match(/\[\w+\] Vision/g))).toEqual([
      ["[Warning] Vision", "[Worse] Vision", "[Resolved] Vision"],
    ]);
  });

  it("does not wait behind what is held for quiet hours, and what is held does not pile up", async () => {
    await add("boss", [{ role: "manager", teamKey: 11 }]);
    const notice = await newEvent({}, 11);
    const morning = now + 8 * HOUR;
    await notice("trigger", "warning", morning);
    await notice("repeat", "warning", morning);
    await notice("repeat", "warning", morning);
    expect((await listDeliveries(db, 9, { state: "waiting" })).map((d) => d.change)).toEqual(["trigger"]);
    await notice("update", "critical");
    expect(await send()).toEqual(["boss@example.com [Critical] Vision is critical"]);
    now = morning;
    expect(await send()).toEqual([]);
  });
});

it("a digest of several kinds has no link that would end one of them", () => {
  const of = (kind: string) =>
    testMessage({
      rule: { key: 1, kind, name: kind },
      unsubscribe: `https://ledger.example/unsubscribe?token=${kind}`,
    });
  const link = (...kinds: string[]) => digestOf(kinds.map(of), "daily", "d", now).unsubscribe;
  expect([link("sync-late", "sync-late"), link("sync-late", "gap-open")]).toEqual([
    "https://ledger.example/unsubscribe?token=sync-late",
    "",
  ]);
});

describe("who left or lost a role", () => {
  it("gets no mail that was written before", async () => {
    const leaver = await add("leaver", [{ role: "admin" }]);
    const mover = await add("mover", [{ role: "finance" }]);
    await add("stays", [{ role: "finance" }]);
    const notice = await newEvent();
    await notice("trigger", "warning", now + HOUR);
    await add("root", [{ role: "admin" }]);
    await setDisabled(ctxOf(), leaver, true);
    await changeGrants(ctxOf(), mover, [{ role: "viewer", teamKey: 11 }]);
    now += HOUR;
    expect(await send()).toEqual(["stays@example.com [Warning] Vision is warning"]);
    const states = (await listDeliveries(db, 9)).map((d) => [d.target, d.state]);
    expect(states).toContainEqual(["mover@example.com", "dropped"]);
  });

  it("gets no digest of it, and of several what they may still read", async () => {
    const mover = await add("mover", [{ role: "finance" }]);
    await choosePreference(await personOf(mover), { kind: "budget-status", mode: "daily" });
    const notice = await newEvent();
    await notice("trigger");
    await changeGrants(ctxOf(), mover, [{ role: "viewer", teamKey: 11 }]);
    now += DAY;
    expect(await send()).toEqual([]);
    expect(await listDeliveries(db, 9)).toEqual([]);
  });
});

it("a channel of several addresses sends to each, so that one that is refused is tried again alone", async () => {
  const keys = secretKeys(parseEnv({ SECRETS_KEY: "the key of this test has 32 characters" }));
  const to = "a@example.com, b@example.com";
  const channelKey = await addChannel(ctxOf(), keys, { kind: "email", name: "Costs", fields: { to } });
  const notice = await newEvent({ people: false, routes: [{ channelKey, mode: "now" }] });
  await notice("trigger", "warning", now + HOUR);
  await notice("update", "critical");
  expect((await send()).sort()).toEqual([
    "a@example.com [Critical] Vision is critical",
    "b@example.com [Critical] Vision is critical",
  ]);
  await notice("resolve", "critical");
  expect((await send()).sort()).toEqual([
    "a@example.com [Resolved] Vision is critical",
    "b@example.com [Resolved] Vision is critical",
  ]);
});

describe("a channel whose addresses change while an alert lasts", () => {
  const keys = secretKeys(parseEnv({ SECRETS_KEY: "the key of this test has 32 characters" }));
  const subjects = async () => (await send()).sort();
  async function channelOf(to: string) {
    const channelKey = await addChannel(ctxOf(), keys, { kind: "email", name: "Costs", fields: { to } });
    return { people: false, routes: [{ channelKey, mode: "now" as const }] };
  }
  const change = (given: Awaited<ReturnType<typeof channelOf>>, to: string) =>
    changeChannel(ctxOf(), keys, given.routes[0]?.channelKey ?? 0, { kind: "email", name: "Costs", fields: { to } });

  it("sends no more to an address that was removed, and to one that was added", async () => {
    const channel = await channelOf("a@example.com, b@example.com");
    const notice = await newEvent(channel);
    await notice("trigger");
    expect(await subjects()).toHaveLength(2);
    await change(channel, "b@example.com, c@example.com");
    await notice("repeat");
    expect((await subjects()).map((s) => s.split(" ")[0])).toEqual(["b@example.com", "c@example.com"]);
    await notice("resolve");
    expect(await subjects()).toEqual([
      "b@example.com [Resolved] Vision is warning",
      "c@example.com [Resolved] Vision is warning",
    ]);
  });

  it("drops what waits for an address that was removed", async () => {
    const channel = await channelOf("a@example.com, b@example.com");
    const notice = await newEvent(channel);
    await notice("trigger", "warning", now + HOUR);
    await change(channel, "b@example.com");
    now += HOUR;
    expect(await subjects()).toEqual(["b@example.com [Warning] Vision is warning"]);
    expect((await listDeliveries(db, 9)).map((d) => [d.target, d.state]).sort()).toEqual([
      ["a@example.com", "dropped"],
      ["b@example.com", "sent"],
    ]);
  });

  it("gets one message after quiet hours for what was held and escalated", async () => {
    const notice = await newEvent(await channelOf("a@example.com, b@example.com"));
    await notice("trigger", "warning", now + 8 * HOUR);
    await notice("escalate", "warning", now + 8 * HOUR);
    now += 8 * HOUR;
    expect(await subjects()).toEqual([
      "a@example.com [Warning] Vision is warning",
      "b@example.com [Warning] Vision is warning",
    ]);
  });
});

it("an Alertmanager is sent what is open again every ten minutes, and what ended no more", async () => {
  const keys = secretKeys(parseEnv({ SECRETS_KEY: "the key of this test has 32 characters" }));
  const fields = { urls: "http://am:9093" };
  const channelKey = await addChannel(ctxOf(), keys, { kind: "alertmanager", name: "AM", fields });
  const notice = await newEvent({ people: false, routes: [{ channelKey, mode: "now" }] });
  const got: { startsAt: string; endsAt: string }[] = [];
  const post: Sending["post"] = async (_, body) => {
    got.push(...JSON.parse(body));
    return { status: 200, text: "" } as Awaited<ReturnType<Sending["post"]>>;
  };
  const renew = () => renewOpen(ctxOf(), SETTINGS, { ...sending(), keys, post });
  await notice("trigger");
  const counts: number[] = [];
  for (const minutes of [0, 1, 5, 10]) {
    now = NOON + minutes * 60;
    counts.push(await renew());
  }
  expect(counts).toEqual([1, 0, 0, 1]);
  expect(got.map((a) => [a.startsAt, Date.parse(a.endsAt) / 1000 - NOON])).toEqual([
    ["2026-11-10T12:00:00Z", DAY],
    ["2026-11-10T12:00:00Z", DAY + 600],
  ]);
  await db.write((tx) => tx.run(sql`update alert_events set state = 'resolved', open_key = id`));
  now = NOON + 20 * 60;
  expect(await renew()).toBe(0);
});

describe("what is open, sent again to an Alertmanager", () => {
  const keys = secretKeys(parseEnv({ SECRETS_KEY: "the key of this test has 32 characters" }));
  const channelOf = async (name: string) => {
    const fields = { urls: `http://${name}:9093` };
    return {
      channelKey: await addChannel(ctxOf(), keys, { kind: "alertmanager", name, fields }),
      mode: "now" as const,
    };
  };
  const open = async (...names: string[]) => {
    const routes = await Promise.all(names.map(channelOf));
    await (await newEvent({ people: false, routes }))("trigger");
    const [event] = await listEvents(db, "all", 1);
    const more = Array.from({ length: 59 }, (_, i) => ({ ...(event as AlertEvent), id: `more-${i}`, subject: `${i}` }));
    await db.write((tx) => saveEvents(tx, more));
    return (event as AlertEvent).ruleKey;
  };

  it("is one request for all alerts of a channel, and a channel that fails stops no other", async () => {
    await open("broken", "dead", "am");
    await db.write((tx) => tx.run(sql`update alert_channels set settings = '{}' where name = 'broken'`));
    const got: [string, number][] = [];
    const post: Sending["post"] = async (url, body) => {
      got.push([url, JSON.parse(body).length]);
      if (url.includes("dead")) throw new NoReply("did not answer", false);
      return { status: 200, text: "", retryAfterSeconds: undefined };
    };
    expect(await renewOpen(ctxOf(), SETTINGS, { ...sending(), keys, post })).toBe(60);
    expect(got.sort()).toEqual([
      ["http://am:9093/api/v2/alerts", 60],
      ["http://dead:9093/api/v2/alerts", 60],
    ]);
  });

  it("follows the evaluation, and ends with the signal", async () => {
    const ruleKey = await open("silent");
    await db.write((tx) => tx.run(sql`update alert_deliveries set state = 'sent'`));
    const checked = async () => (await findRule(db, ruleKey))?.checkedAt ?? null;
    const stop = new AbortController();
    const seen: (number | null)[] = [];
    const post: Sending["post"] = async (_url, _body, _headers, signal) => {
      seen.push(await checked());
      return new Promise((_, reject) => {
        signal?.addEventListener("abort", () => reject(new NoReply("stopped", false)));
        stop.abort();
      });
    };
    // What is open stays: nothing says whether it holds.
    await db.write((tx) => tx.run(sql`update alert_rules set kind = 'gpu-power' where key = ${ruleKey}`));
    await db.write((tx) => saveSamples(tx, new SeriesKeys(), [OLD_SAMPLE], 60));
    await runAlerts(ctxOf(), SETTINGS, { ...sending(), keys, post }, { signal: stop.signal });
    expect(seen).toEqual([now]);
  });
});

it("a rule's templates say what its messages say, from the next one on; an empty part leaves the usual", async () => {
  await add("fin", [{ role: "finance" }]);
  const given = { titleTemplate: "[GPU] {title} ({team})", summaryTemplate: "{fact Nothing}" };
  const notice = await newEvent({ ...given, name: "Budgets" }, 11);
  await notice("trigger");
  expect(await send()).toEqual(["fin@example.com [Warning] [GPU] Vision is warning (Vision)"]);
  const rule = (await findRule(db, 1)) as AlertRule;
  expect((await previewMessages(ctxOf(), rule, "")).map((m) => m.title)).toEqual(
    Array(2).fill("[GPU] Vision is warning (Vision)"),
  );
  const words = { titleTemplate: "", summaryTemplate: "{team}: {link}" };
  const [tried] = (await previewMessages(ctxOf(), rule, "https://ledger.example", words)) as [
    ReturnType<typeof testMessage>,
  ];
  expect([tried.title, tried.summary]).toEqual(["Vision is warning", `Vision: ${tried.link}`]);
  expect(tried.link).toMatch(/^https:\/\/ledger\.example\//);
  await expect(previewMessages(ctxOf(), rule, "", { summaryTemplate: "{tem}" })).rejects.toMatchObject({
    fields: { summaryTemplate: expect.stringContaining("{tem} is not known here") },
  });
  await changeRule(ctxOf(), rule.key, { kind: rule.kind, severity: rule.severity, teamKey: 11, titleTemplate: "" });
  await notice("resolve");
  expect(await send()).toEqual(["fin@example.com [Resolved] Vision is warning"]);
});

it("an alert of a team without lead and manager goes to finance, not to nobody", async () => {
  await add("fin", [{ role: "finance" }]);
  const notice = await newEvent({}, 11);
  await notice("trigger");
  expect(await send()).toEqual(["fin@example.com [Warning] Vision is warning"]);
});
