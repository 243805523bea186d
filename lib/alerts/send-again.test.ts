import { afterAll, beforeAll, expect, it } from "vitest";
import { type Db, sql } from "@/db/client.ts";
import { openSqlite } from "@/db/sqlite.ts";
import { ctxOf } from "@/lib/charges/testing-ledger.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { parseEnv } from "@/lib/env.ts";
import { secretKeys } from "@/lib/secrets/index.ts";
import { retryDelivery } from "./answer.ts";
import { addChannel, archiveChannel, changeChannel, testChannel } from "./change-channel.ts";
import { deliverDue, type Sending } from "./outbox/deliver.ts";
import { findDelivery, listDeliveries } from "./outbox/store.ts";

const keys = secretKeys(parseEnv({ SECRETS_KEY: "the key of this test has 32 characters" }));
const SETTINGS = { url: "", signingSecret: null, fallback: [] };
let db: Db;
let ctx: Ctx;
let status = 404;
const sending: Sending = {
  ...{ mailer: null, keys, leaseSeconds: 60 },
  post: async () => ({ status, text: "no hook", retryAfterSeconds: undefined }),
};
beforeAll(async () => {
  db = await openSqlite(":memory:");
  ctx = ctxOf(db);
});
afterAll(() => db.close());

it("a message that was given up is sent again, unless its channel takes none", async () => {
  const fields = { url: "https://hooks.example/x", secret: `whsec_${Buffer.alloc(24, 7).toString("base64")}` };
  const channel = await addChannel(ctx, keys, { kind: "webhook", name: "Ops", fields });
  expect(await testChannel(ctx, sending, SETTINGS, channel)).toMatchObject({ state: "dead", status: 404 });
  const [given] = await listDeliveries(db, 1);
  const again = () => retryDelivery(ctx, given?.key as number);
  await db.write((tx) => tx.run(sql`update alert_channels set disabled_at = 1, disabled_reason = 'It answered 410.'`));
  await expect(again()).rejects.toMatchObject({
    code: "conflict",
    message: 'The channel "Ops" is disabled: It answered 410. Save the channel to use it again, then send this again.',
  });
  await changeChannel(ctx, keys, channel, { kind: "webhook", name: "Ops", fields: {} });
  status = 200;
  await again();
  await deliverDue(ctx, sending);
  expect((await findDelivery(db, given?.key as number))?.state).toBe("sent");
  status = 404;
  await testChannel(ctx, sending, SETTINGS, channel);
  const [last] = await listDeliveries(db, 1);
  await archiveChannel(ctx, channel);
  await expect(retryDelivery(ctx, last?.key as number)).rejects.toThrow(
    'The channel of this message, "Ops", was deleted: it cannot be sent there again.',
  );
  expect((await findDelivery(db, last?.key as number))?.state).toBe("dead");
});
