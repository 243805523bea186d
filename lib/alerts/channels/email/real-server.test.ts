import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSqlite } from "@/db/sqlite.ts";
import { addChannel } from "@/lib/alerts/change-channel.ts";
import { toEachAddress } from "@/lib/alerts/outbox/addresses.ts";
import { deliverDue, type Sending } from "@/lib/alerts/outbox/deliver.ts";
import { insertLetters, listDeliveries } from "@/lib/alerts/outbox/store.ts";
import { testMessage } from "@/lib/alerts/testing-message.ts";
import { type Ctx, localViewer } from "@/lib/ctx.ts";
import { parseEnv } from "@/lib/env.ts";
import { silentLog } from "@/lib/log.ts";
import { createMailer } from "@/lib/mail/index.ts";
import {
  aiosmtpdInstalled,
  outerAddress,
  type RealMailServer,
  startRealMailServer,
} from "@/lib/mail/testing-aiosmtpd.ts";
import { secretKeys } from "@/lib/secrets/index.ts";
import { testLedger } from "@/lib/testing-ctx.ts";
import { email } from "./index.ts";

const isMissing = !aiosmtpdInstalled() && !process.env.CI;
const FROM = "GPU Ledger <ledger@example.com>";
const CHART = { title: "Cost a day", points: [1, 2, 9].map((value) => ({ label: "day", value })), limit: 5 };
const message = testMessage({ title: "Vision passes its budget – 3 weeks left", chart: CHART });

describe.skipIf(isMissing)("a real SMTP server that demands STARTTLS", () => {
  let server: RealMailServer;
  let url: string;
  beforeAll(async () => {
    server = await startRealMailServer(true);
    url = `smtp://127.0.0.1:${server.port}`;
  });
  afterAll(() => server.close());
  const mailerOf = (caFile: string | null) => createMailer({ url, from: FROM, caFile, timeoutMs: 5000 });
  const sendTo = (to: string, caFile: string | null) =>
    email.send(
      message,
      { to: [to] },
      {},
      { mailer: mailerOf(caFile), post: () => Promise.reject(), now: 0, target: "" },
    );

  it("takes a mail with its chart, encrypted", async () => {
    expect(await sendTo("a@example.com", server.caFile)).toMatchObject({ result: "sent", status: 250 });
    const [mail] = server.mails().slice(-1);
    expect(mail).toMatchObject({ to: ["a@example.com"], encrypted: true });
    expect(mail?.text).toMatch(/^Subject: =\?UTF-8\?/m);
    expect(mail?.text).toMatch(/Content-Type: image\/png[\s\S]*Content-Id: <chart>/i);
  });

  it("is sent nothing while its certificate is not trusted", async () => {
    const before = server.mails().length;
    const refused = await sendTo("a@example.com", null);
    expect(refused).toMatchObject({ result: "retry", status: 0, excerpt: expect.stringMatching(/certificate/) });
    expect(server.mails().length).toBe(before);
  });

  it("refuses one address of a channel for good and one for now: the others have the mail, each once", async () => {
    const db = await openSqlite(":memory:");
    let now = 1_700_000_000;
    const ctx: Ctx = { db, now: () => now, viewer: localViewer, log: silentLog, ledger: testLedger() };
    const keys = secretKeys(parseEnv({ SECRETS_KEY: "the key of this test has 32 characters" }));
    const to = "b@example.com, gone@example.com, full@example.com, c@example.com";
    const channelKey = await addChannel(ctx, keys, { kind: "email", name: "Costs", fields: { to } });
    const letter = { eventId: "e", sequence: 1, channelKey, target: "", message, notBefore: now };
    await db.write(async (tx) => insertLetters(tx, await toEachAddress(tx, [letter]), now));
    const sending: Sending = {
      ...{ post: () => Promise.reject(), mailer: mailerOf(server.caFile), keys, leaseSeconds: 60, random: () => 0 },
    };
    const before = server.mails().length;
    const taken = () =>
      server
        .mails()
        .slice(before)
        .map((mail) => mail.to.join())
        .sort();
    expect(await deliverDue(ctx, sending)).toEqual({ sent: 2, retried: 1, dead: 1 });
    expect(taken()).toEqual(["b@example.com", "c@example.com"]);
    const states = async () =>
      Object.fromEntries((await listDeliveries(db, 9)).map((d) => [d.target, [d.state, d.status]]));
    expect(await states()).toMatchObject({ "gone@example.com": ["dead", 550], "full@example.com": ["waiting", 452] });
    server.emptyMailbox();
    now += 3600;
    expect(await deliverDue(ctx, sending)).toEqual({ sent: 1, retried: 0, dead: 0 });
    expect(taken()).toEqual(["b@example.com", "c@example.com", "full@example.com"]);
    await db.close();
  });
});

const outer = outerAddress();
describe.skipIf(isMissing || outer === null)("a real SMTP server of another machine without STARTTLS", () => {
  it("is sent nothing: no mail travels in the clear", async () => {
    const server = await startRealMailServer(false);
    const url = `smtp://${outer}:${server.port}`;
    const mailer = createMailer({ url, from: FROM, caFile: null, timeoutMs: 5000 });
    const given = { mailer, post: () => Promise.reject(), now: 0, target: "" };
    expect(await email.send(message, { to: ["a@example.com"] }, {}, given)).toMatchObject({ result: "retry" });
    expect(server.mails()).toEqual([]);
    await server.close();
  });
});
