import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import type { AlertEvent } from "@/lib/alerts/advance.ts";
import { addChannel, archiveChannel } from "@/lib/alerts/change-channel.ts";
import { addRule, type RuleInput } from "@/lib/alerts/change-rule.ts";
import { saveEvents } from "@/lib/alerts/event-store.ts";
import { writeNotice } from "@/lib/alerts/notify.ts";
import { deliverDue, type Sending } from "@/lib/alerts/outbox/deliver.ts";
import { choosePreference } from "@/lib/alerts/preferences/choose.ts";
import { findRule, listRoutes } from "@/lib/alerts/rule-store.ts";
import { getRuleKind } from "@/lib/alerts/rules/index.ts";
import type { Change } from "@/lib/alerts/types.ts";
import { addUser, changeGrants } from "@/lib/auth/users.ts";
import { loadViewer } from "@/lib/auth/viewer-load.ts";
import { type Ctx, localViewer } from "@/lib/ctx.ts";
import { parseEnv } from "@/lib/env.ts";
import { silentLog } from "@/lib/log.ts";
import type { Mail } from "@/lib/mail/index.ts";
import { secretKeys } from "@/lib/secrets/index.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { DAY } from "@/lib/time.ts";
import { listVisibleDigests, setTeamDigest } from "./choose.ts";
import { writeDigests } from "./digest.ts";

/** Tuesday. */
const NOON = Date.UTC(2026, 10, 10, 12) / 1000;
const SETTINGS = { url: "https://ledger.example", signingSecret: null, fallback: [] };
const keys = secretKeys(parseEnv({ SECRETS_KEY: "the key of this test has 32 characters" }));

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
  ...{ keys, leaseSeconds: 60, random: () => 0, fallback: [] },
});
const add = async (name: string, grants: Parameters<typeof addUser>[1]["grants"]) =>
  (await addUser(ctxOf(), { email: `${name}@example.com`, grants })).key;
const personOf = async (key: number): Promise<Ctx> => ctxOf((await loadViewer(db, key)) as Ctx["viewer"]);
const MANAGER = [{ role: "manager" as const, teamKey: 11 }];

beforeEach(async () => {
  db = await openSqlite(":memory:");
  [now, mails] = [NOON, []];
  await db.write((tx) =>
    tx.run(
      sql`insert into teams (key, name, cost_centre, gl_account, owner, created_at) values (11, 'Vision', '', '', 'lead@example.com', 1), (12, 'Speech', '', '', '', 1)`,
    ),
  );
});
afterEach(() => db.close());

let made = 0;
/** The life of an event of a team, change by change, of a rule that nobody is sent. */
async function newEvent(teamKey: number, given: Partial<RuleInput> = {}) {
  const rule = { kind: "budget-status", severity: "warning", teamKey, people: false, ...given } as const;
  const ruleKey = await addRule(ctxOf(), rule);
  const team = teamKey === 11 ? "Vision" : "Speech";
  let event: AlertEvent = {
    ...{ id: `event-${++made}`, ruleKey, subject: "s", teamKey, severity: "warning", state: "firing", level: 1 },
    ...{ title: `${team} is above its budget`, startedAt: now, firedAt: now, resolvedAt: null, sequence: 0 },
    detail: { summary: "", facts: [], link: "/", owners: [], chart: null, limit: null, ended: "" },
    ...{ notifiedAt: now, step: 0, acknowledgedAt: null, acknowledgedBy: "" },
  };
  return async (change: Change) => {
    event = { ...event, sequence: event.sequence + 1 };
    await db.write(async (tx) => {
      await saveEvents(tx, [event]);
      const found = await findRule(tx, ruleKey);
      if (!found) throw new Error("no rule");
      const routes = await listRoutes(tx, ruleKey);
      const by = { rule: found, kind: getRuleKind(found.kind), routes, settings: SETTINGS, teamName: () => team };
      await writeNotice(tx, ctxOf(), by, { event, change, notBefore: now });
    });
  };
}
/** Runs the digests and sends what is due: to whom, and what about. */
async function send(): Promise<string[]> {
  await writeDigests(ctxOf());
  await deliverDue(ctxOf(), sending());
  return mails.splice(0).map((m) => `${m.to.join()} ${m.subject} ${m.text.match(/\[\w+\]/g)?.join("") ?? ""}`.trim());
}

describe("a digest of a team", () => {
  it("reaches its lead and managers of that morning with what happened to its alerts, and nobody else", async () => {
    for (const [name, grants] of [
      ["lead", [{ role: "viewer" as const, teamKey: 11 }]],
      ["boss", MANAGER],
      ["gone", MANAGER],
      ["other", [{ role: "manager" as const, teamKey: 12 }]],
    ] as const)
      await add(name, [...grants]);
    await setTeamDigest(ctxOf(), { teamKey: 11, mode: "daily" });
    const [vision, speech] = [await newEvent(11), await newEvent(12)];
    for (const change of ["trigger", "update", "resolve"] as const) await vision(change);
    await speech("trigger");
    // Nothing leaves before the morning.
    expect(await send()).toEqual([]);
    const gone = (await db.all<{ key: number }>(sql`select key from users where email = 'gone@example.com'`))[0]?.key;
    await changeGrants(ctxOf(), gone as number, [{ role: "viewer", teamKey: 12 }]);
    now += DAY;
    const about = "GPU Ledger: 1 alert of Vision, 3 changes, since yesterday [Warning][Worse][Resolved]";
    expect(await send()).toEqual([`boss@example.com ${about}`, `lead@example.com ${about}`]);
    now += DAY;
    expect(await send()).toEqual([]);
  });

  it("has nothing that somebody was sent, switched off or finds too small", async () => {
    const boss = await add("boss", MANAGER);
    await add("second", MANAGER);
    await setTeamDigest(ctxOf(), { teamKey: 11, mode: "daily" });
    // Both are sent this one by the rule, the other is in the digest alone.
    await (await newEvent(11, { people: true }))("trigger");
    expect((await send()).sort()).toEqual([
      expect.stringMatching(/^boss@example.com \[Warning\]/),
      expect.stringMatching(/^second@example.com \[Warning\]/),
    ]);
    await (await newEvent(11))("trigger");
    await choosePreference(await personOf(boss), { kind: "budget-status", mode: "off" });
    now += DAY;
    expect(await send()).toEqual(["second@example.com GPU Ledger: 1 alert of Vision since yesterday [Warning]"]);
  });

  it("goes to a channel on Mondays, each change once, and ends with the channel", async () => {
    const channelKey = await addChannel(ctxOf(), keys, {
      kind: "email",
      name: "Vision",
      fields: { to: "vision@example.com, gpus@example.com" },
    });
    await setTeamDigest(ctxOf(), { teamKey: 11, channelKey, mode: "weekly" });
    await (await newEvent(11))("trigger");
    // The channel gets this one anyway.
    await (await newEvent(11, { routes: [{ channelKey, mode: "now" }] }))("trigger");
    expect(await send()).toHaveLength(2);
    now += 5 * DAY;
    expect(await send()).toEqual([]);
    now += DAY;
    expect((await send()).sort()).toEqual([
      "gpus@example.com GPU Ledger: 1 alert of Vision this week [Warning]",
      "vision@example.com GPU Ledger: 1 alert of Vision this week [Warning]",
    ]);
    await archiveChannel(ctxOf(), channelKey);
    expect(await listVisibleDigests(ctxOf())).toEqual([]);
  });
});

it("is chosen by people who change alert rules of the team, on record", async () => {
  const boss = await personOf(await add("boss", MANAGER));
  await setTeamDigest(boss, { teamKey: 11, mode: "daily" });
  await expect(setTeamDigest(boss, { teamKey: 12, mode: "daily" })).rejects.toMatchObject({ code: "not_found" });
  await expect(setTeamDigest(boss, { teamKey: 11, channelKey: 9, mode: "daily" })).rejects.toThrow(/no channel 9/);
  await expect(setTeamDigest(boss, { teamKey: 11, mode: "hourly" as "daily" })).rejects.toThrow(/daily, weekly, never/);
  const viewer = await personOf(await add("viewer", [{ role: "viewer", teamKey: 11 }]));
  await expect(setTeamDigest(viewer, { teamKey: 11, mode: "never" })).rejects.toMatchObject({ code: "forbidden" });
  expect(await listVisibleDigests(boss)).toMatchObject([{ teamKey: 11, channelKey: 0, mode: "daily" }]);
  await setTeamDigest(boss, { teamKey: 11, mode: "never" });
  expect(await listVisibleDigests(ctxOf())).toEqual([]);
  const acts = await db.all(sql`select actor_id as actor from audit_log where subject = 'team/11/digest'`);
  expect(acts).toEqual([{ actor: "boss@example.com" }, { actor: "boss@example.com" }]);
});
