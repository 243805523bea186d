import { afterEach, beforeEach, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import type { AlertEvent } from "@/lib/alerts/advance.ts";
import { addChannel, changeChannel } from "@/lib/alerts/change-channel.ts";
import { addRule } from "@/lib/alerts/change-rule.ts";
import type { Reply } from "@/lib/alerts/channels/post.ts";
import { writeDigests } from "@/lib/alerts/digest/digest.ts";
import { saveEvents } from "@/lib/alerts/event-store.ts";
import { writeNotice } from "@/lib/alerts/notify.ts";
import { deliverDue, type Sending } from "@/lib/alerts/outbox/deliver.ts";
import { findRule } from "@/lib/alerts/rule-store.ts";
import { getRuleKind } from "@/lib/alerts/rules/index.ts";
import type { Change } from "@/lib/alerts/types.ts";
import { addUser, setDisabled } from "@/lib/auth/users.ts";
import { loadViewer } from "@/lib/auth/viewer-load.ts";
import { type Ctx, localViewer } from "@/lib/ctx.ts";
import { parseEnv } from "@/lib/env.ts";
import { silentLog } from "@/lib/log.ts";
import { secretKeys } from "@/lib/secrets/index.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { DAY } from "@/lib/time.ts";
import { choosePreference, listChosen, unsubscribe } from "./choose.ts";
import { listOpenChannels } from "./place.ts";

const keys = secretKeys(parseEnv({ SECRETS_KEY: "the key of this test has 32 characters" }));
const SIGNING = "the signing secret of this test, 32 or more";
const SETTINGS = { url: "https://ledger.example", signingSecret: SIGNING, fallback: [] };
const BOT = { kind: "slack-bot", name: "Slack", fields: { token: "xoxb-test", channel: "C01", people: "yes" } };
/** Members of the workspace by address. */
const MEMBERS: Record<string, string> = { "boss@example.com": "U0BOSS" };

let db: Db;
let now: number;
let boss: Ctx;
let slack: number;
/** Where messages arrived: a member or channel of Slack or an address, and the text of their link to unsubscribe. */
let got: string[];
let links: string[];
/** What Slack says instead of what it would. */
let broken: string;

const ctxOf = (viewer: Ctx["viewer"] = localViewer): Ctx => ({
  ...{ db, now: () => now, viewer, log: silentLog, ledger: testLedger() },
});
const reply = (body: object): Reply => ({ status: 200, text: JSON.stringify(body), retryAfterSeconds: undefined });
const sending = (): Sending => ({
  async post(url, body) {
    if (broken) return reply({ ok: false, error: broken });
    if (url.endsWith("/users.lookupByEmail")) {
      const id = MEMBERS[new URLSearchParams(body).get("email") ?? ""];
      return reply(id ? { ok: true, user: { id } } : { ok: false, error: "users_not_found" });
    }
    const sent = JSON.parse(body) as { channel: string; text: string };
    got.push(`${sent.channel} ${sent.text}`);
    links.push(...(/https:\/\/ledger\.example\/unsubscribe\?token=[^|"]+/g.exec(body) ?? []));
    return reply({ ok: true });
  },
  mailer: async ({ to, subject }) => {
    got.push(`${to.join()} ${subject}`);
    return { status: 250, reply: "ok" };
  },
  ...{ keys, leaseSeconds: 60, random: () => 0 },
});

beforeEach(async () => {
  db = await openSqlite(":memory:");
  now = Date.UTC(2026, 10, 10, 12) / 1000;
  got = [];
  links = [];
  broken = "";
  await db.write((tx) =>
    tx.run(
      sql`insert into teams (key, name, cost_centre, gl_account, owner, created_at) values (11, 'Vision', '', '', '', 1)`,
    ),
  );
  const { key } = await addUser(ctxOf(), { email: "boss@example.com", grants: [{ role: "manager", teamKey: 11 }] });
  boss = ctxOf((await loadViewer(db, key)) as Ctx["viewer"]);
  slack = await addChannel(ctxOf(), keys, BOT);
});
afterEach(() => db.close());

async function newEvent() {
  const ruleKey = await addRule(ctxOf(), { kind: "budget-status", severity: "warning", teamKey: 11 });
  let event: AlertEvent = {
    ...{ id: "e", ruleKey, subject: "s", teamKey: 11, severity: "warning", state: "firing", level: 1, title: "Vision" },
    detail: { summary: "S", facts: [], link: "/", owners: [], chart: null, limit: null, ended: "" },
    ...{ startedAt: now, firedAt: now, resolvedAt: null, sequence: 0, notifiedAt: now, step: 0 },
    ...{ acknowledgedAt: null, acknowledgedBy: "" },
  };
  return async (change: Change) => {
    const rule = await findRule(db, ruleKey);
    if (!rule) throw new Error("no rule");
    event = { ...event, sequence: event.sequence + 1 };
    const by = { rule, kind: getRuleKind(rule.kind), routes: [], settings: SETTINGS, teamName: () => "Vision" };
    await db.write(async (tx) => {
      await saveEvents(tx, [event]);
      await writeNotice(tx, ctxOf(), by, { event, change, notBefore: now });
    });
  };
}
const arrived = async () => {
  await writeDigests(ctxOf());
  await deliverDue(ctxOf(), sending());
  return got.splice(0);
};
const choose = (given: object) =>
  choosePreference(boss, { kind: "budget-status", mode: "now", channelKey: slack, ...given });

it("messages of a kind arrive where the person chose, alone, and the others by e-mail", async () => {
  await choose({});
  const notice = await newEvent();
  await notice("trigger");
  expect(await arrived()).toEqual(["U0BOSS [Warning] Vision"]);
  expect((await listChosen(boss)).map((p) => [p.kind, p.channelKey])).toEqual([
    ["*", 0],
    ["budget-status", slack],
  ]);
  await choose({ channelKey: 0 });
  await notice("repeat");
  expect(await arrived()).toEqual(["boss@example.com [Still open] Vision"]);
  // The end is heard wherever the beginning was.
  await notice("resolve");
  expect((await arrived()).sort()).toEqual(["U0BOSS [Resolved] Vision", "boss@example.com [Resolved] Vision"]);
});

it("a digest follows the place", async () => {
  await choose({ mode: "daily" });
  const notice = await newEvent();
  await notice("trigger");
  expect(await arrived()).toEqual([]);
  now += DAY;
  expect(await arrived()).toEqual(["U0BOSS GPU Ledger: 1 alert since yesterday"]);
  await notice("resolve");
  now += DAY;
  expect(await arrived()).toEqual(["U0BOSS GPU Ledger: 1 alert since yesterday"]);
});

it("its link ends the kind", async () => {
  await choose({});
  const notice = await newEvent();
  await notice("trigger");
  await arrived();
  const token = new URL(links[0] as string).searchParams.get("token") as string;
  await unsubscribe(ctxOf(), [SIGNING], token);
  await notice("repeat");
  expect(await arrived()).toEqual([]);
  expect((await listChosen(boss)).find((p) => p.kind === "budget-status")).toMatchObject({ mode: "off" });
});

it("who is not found there gets an e-mail, and the channel stays in use; so where it is closed or deleted", async () => {
  delete MEMBERS["boss@example.com"];
  await choose({});
  const notice = await newEvent();
  await notice("trigger");
  expect([...(await arrived()), ...(await arrived())]).toEqual(["boss@example.com [Warning] Vision"]);
  expect((await listOpenChannels(db)).map((channel) => channel.key)).toEqual([slack]);
  MEMBERS["boss@example.com"] = "U0BOSS";
  await notice("repeat");
  await changeChannel(ctxOf(), keys, slack, { ...BOT, fields: { channel: "C01" } });
  expect([...(await arrived()), ...(await arrived())]).toEqual(["boss@example.com [Still open] Vision"]);
  await notice("repeat");
  expect(await arrived()).toEqual(["boss@example.com [Still open] Vision"]);
});

it("a token that was revoked disables the channel, and everybody gets e-mails from then on", async () => {
  await choose({});
  broken = "token_revoked";
  const notice = await newEvent();
  await notice("trigger");
  expect([...(await arrived()), ...(await arrived())]).toEqual(["boss@example.com [Warning] Vision"]);
  expect(await listOpenChannels(db)).toEqual([]);
});

it("who left hears nothing there", async () => {
  await choose({});
  const notice = await newEvent();
  await notice("trigger");
  await setDisabled(ctxOf(), boss.viewer.userKey as number, true);
  expect(await arrived()).toEqual([]);
});

it("only channels that are open for people are chosen, by oneself or at the machine", async () => {
  const closed = await addChannel(ctxOf(), keys, {
    ...BOT,
    name: "Other",
    fields: { token: "xoxb-t", channel: "C02" },
  });
  for (const channelKey of [closed, 999])
    await expect(choose({ channelKey })).rejects.toMatchObject({ fields: { channelKey: expect.any(String) } });
  const given = { kind: "*", mode: "now", channelKey: slack } as const;
  await expect(choosePreference(boss, given, "root@example.com")).rejects.toMatchObject({ code: "forbidden" });
  await expect(choosePreference(ctxOf(), given)).rejects.toMatchObject({ code: "forbidden" });
  await expect(choosePreference(ctxOf(), given, "nobody@example.com")).rejects.toMatchObject({ code: "not_found" });
  await choosePreference(ctxOf(), given, "Boss@example.com");
  expect(await listChosen(boss)).toMatchObject([{ kind: "*", channelKey: slack }]);
});
