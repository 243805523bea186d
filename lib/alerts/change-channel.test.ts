import { afterAll, beforeAll, expect, it } from "vitest";
import type { Db } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import { parseEnv } from "@/lib/env.ts";
import { describeSecrets, findSecret, secretKeys } from "@/lib/secrets/index.ts";
import { addChannel, changeChannel } from "./change-channel.ts";
import { findChannel, secretOwner } from "./channel-store.ts";

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
  await changeChannel(ctx, keys, key, { kind, name: "renamed", fields: plain });
  await changeChannel(ctx, keys, key, {
    kind,
    name: "moved",
    fields: { ...plain, [place]: evil, [secret]: `${value}` },
  });
  expect(JSON.parse((await findChannel(db, key))?.settings ?? "{}")[place]).toBe(evil);
  expect((await describeSecrets(db, secretOwner(key))).map((s) => s.field)).toEqual([secret]);
  expect(await findSecret(db, keys, { of: secretOwner(key), field: secret })).toBe(value);
});
