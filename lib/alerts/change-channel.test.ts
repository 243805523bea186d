import { afterAll, beforeAll, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { parseEnv } from "@/lib/env.ts";
import { describeSecrets, findSecret, secretKeys } from "@/lib/secrets/index.ts";
import { addChannel, archiveChannel, changeChannel, testChannel } from "./change-channel.ts";
import { addRule } from "./change-rule.ts";
import { findChannel, secretOwner } from "./channel-store.ts";
import { guardedAddress } from "./channels/guard.ts";
import { setTeamDigest } from "./digest/choose.ts";
import type { Sending } from "./outbox/deliver.ts";

const keys = secretKeys(parseEnv({ SECRETS_KEY: "the key of this test has 32 characters" }));
let db: Db;
beforeAll(async () => {
  db = await openSqlite(":memory:");
});
afterAll(() => db.close());

it.each([
  ["pagerduty", { routingKey: "a".repeat(32) }, "routingKey", "api", "https://events.evil.example"],
  ["slack-bot", { token: "xoxb-1", channel: "C1" }, "token", "api", "https://slack.evil.example"],
  ["alertmanager", { urls: "http://am:9093", token: "t" }, "token", "urls", "http://am:9093, http://evil:9093"],
] as const)("a stored secret of %s is not sent to another address", async (kind, fields, secret, place, evil) => {
  const ctx = ctxOf(db);
  const key = await addChannel(ctx, keys, { kind, name: kind, fields });
  const { [secret as keyof typeof fields]: value, ...plain } = fields as Record<string, string>;
  await expect(
    changeChannel(ctx, keys, key, { kind, name: "x", fields: { ...plain, [place]: evil } }),
  ).rejects.toMatchObject({
    fields: { [secret]: expect.stringMatching(/again: it would be sent to another address/) },
  });
  // Another name needs no secret, and another address the secret.
  await changeChannel(ctx, keys, key, { kind, name: `${kind}, renamed`, fields: plain });
  await changeChannel(ctx, keys, key, {
    kind,
    name: `${kind}, moved`,
    fields: { ...plain, [place]: evil, [secret]: `${value}` },
  });
  expect(JSON.parse((await findChannel(db, key))?.settings ?? "{}")[place]).toBe(evil);
  expect((await describeSecrets(db, secretOwner(key))).map((s) => s.field)).toEqual([secret]);
  expect(await findSecret(db, keys, { of: secretOwner(key), field: secret })).toBe(value);
});

it("two channels have two names, and a deleted one leaves its own", async () => {
  const ctx = ctxOf(db);
  const fields = { to: "a@example.com" };
  const key = await addChannel(ctx, keys, { kind: "email", name: "Finance", fields });
  const twin = { kind: "email", name: " finance ", fields };
  await expect(addChannel(ctx, keys, twin)).rejects.toMatchObject({
    fields: { name: 'Another channel is called "Finance": choose another name.' },
  });
  const other = await addChannel(ctx, keys, { kind: "email", name: "Other", fields });
  await expect(changeChannel(ctx, keys, other, { ...twin, name: "FINANCE" })).rejects.toThrow(/Another channel/);
  await changeChannel(ctx, keys, key, { ...twin, name: "FINANCE" });
  await archiveChannel(ctx, key);
  await changeChannel(ctx, keys, other, twin);
});

it.each([
  ["http://169.254.169.254/latest/meta-data/"],
  ["http://2852039166/"],
  ["http://0xa9fea9fe/"],
  ["http://[::ffff:169.254.169.254]/"],
  ["http://[fd00:ec2::254]/"],
  ["http://169.254.170.2/v2/credentials"],
  ["http://100.100.100.200/"],
  ["http://168.63.129.16/"],
  ["http://METADATA.google.internal./computeMetadata/v1/"],
])("the metadata service of a cloud is no channel: %s", async (url) => {
  const ctx = ctxOf(db);
  const problem = /the metadata service of a cloud/;
  for (const kind of ["teams", "slack"])
    await expect(addChannel(ctx, keys, { kind, name: url, fields: { url } })).rejects.toMatchObject({
      fields: { url: expect.stringMatching(problem) },
    });
  const fields = { urls: `http://am:9093 ${url}` };
  await expect(addChannel(ctx, keys, { kind: "alertmanager", name: url, fields })).rejects.toThrow(problem);
  const listed = [URL.parse(url)?.hostname ?? "", "169.254.0.0/16", "fd00::/8"];
  const resolver = async () => [{ address: "169.254.169.254", family: 4 }];
  await expect(guardedAddress(new URL(url), listed, resolver)).rejects.toThrow(problem);
});

it("what takes no digests cannot be chosen for one", async () => {
  const ctx = ctxOf(db);
  const fields = { routingKey: "a".repeat(32) };
  const channelKey = await addChannel(ctx, keys, { kind: "pagerduty", name: "On call", fields });
  const rule = { kind: "gap-open", severity: "warning" as const, threshold: 86_400 };
  await expect(addRule(ctx, { ...rule, routes: [{ channelKey, mode: "daily" }] })).rejects.toMatchObject({
    fields: { routes: '"On call" takes no digests: send to it at once, or not.' },
  });
  await addRule(ctx, { ...rule, routes: [{ channelKey, mode: "now" }] });
  await db.write((tx) =>
    tx.run(
      sql`insert into teams (key, name, cost_centre, gl_account, owner, created_at) values (31, 'T', '', '', '', 1)`,
    ),
  );
  await expect(setTeamDigest(ctx, { teamKey: 31, channelKey, mode: "weekly" })).rejects.toThrow(/takes no digests/);
});

it("a test of PagerDuty resolves the incident that it opens", async () => {
  const sent: { event_action: string; dedup_key: string }[] = [];
  const ctx = ctxOf(db);
  const post: Sending["post"] = async (_, body) => {
    sent.push(JSON.parse(body));
    return { status: 202, text: "{}", retryAfterSeconds: undefined };
  };
  const sending = { post, mailer: null, keys, leaseSeconds: 60 };
  const settings = { url: "", signingSecret: null, fallback: [] };
  const fields = { routingKey: "a".repeat(32) };
  const key = await addChannel(ctx, keys, { kind: "pagerduty", name: "Tested", fields });
  expect(await testChannel(ctx, sending, settings, key)).toMatchObject({ state: "sent" });
  expect(sent.map((e) => e.event_action)).toEqual(["trigger", "resolve"]);
  expect(new Set(sent.map((e) => e.dedup_key)).size).toBe(1);
});
