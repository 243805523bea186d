import { crc32 } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { testMessage } from "@/lib/alerts/testing-message.ts";
import { createMailer, type Mailer } from "@/lib/mail/index.ts";
import { type MailServer, startMailServer } from "@/lib/mail/testing-server.ts";
import { chartPng } from "./chart.ts";
import { email } from "./index.ts";

let server: MailServer;
let mailer: Mailer;
beforeAll(async () => {
  server = await startMailServer();
  mailer = createMailer({ url: server.url, from: "GPU Ledger <ledger@example.com>", caFile: null, timeoutMs: 3000 });
});
afterAll(() => server.close());

const CHART = {
  title: "Cost a day",
  points: [1, 2, null, 9].map((value, i) => ({ label: `day ${i}`, value })),
  limit: 5,
};
const message = testMessage({
  title: "Cost of <b>Vision</b>\r\nBcc: evil@example.com",
  chart: CHART,
  unsubscribe: "https://ledger.example/unsubscribe?token=t",
});
const send = (to: string, given = message) =>
  email.send(given, email.settings.parse({ to }), {}, { mailer, post: () => Promise.reject(), now: 0, target: "" });

it("arrives as text and HTML with a chart, and can end itself", async () => {
  expect(await send("a@example.com, B@example.com")).toMatchObject({ result: "sent", status: 250 });
  const { to, text } = server.mails[0] as MailServer["mails"][number];
  expect(to).toEqual(["a@example.com", "b@example.com"]);
  for (const line of [
    "From: GPU Ledger <ledger@example.com>",
    "Message-ID: <event-1.1@example.com>",
    "Auto-Submitted: auto-generated",
    "List-Unsubscribe: <https://ledger.example/api/unsubscribe?token=t>",
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
  ])
    expect(text).toContain(`${line}\r\n`);
  expect(text).toMatch(/^Subject: \[Critical\] Cost of <b>Vision<\/b> Bcc: evil@example\.com\r\n/m);
  expect(text.slice(0, text.indexOf("\r\n\r\n"))).not.toMatch(/^Bcc:/m);
  expect(text).toContain("text/plain");
  expect(text).toContain("&#60;b&#62;Vision");
  expect(text).toMatch(/Content-Type: image\/png[\s\S]*Content-Id: <chart>/i);
});

it("is tried again after 4xx and a lost connection, never after 5xx", async () => {
  server.replies.push(451, 550, "cut");
  expect(await send("a@example.com")).toMatchObject({ result: "retry", status: 451 });
  expect(await send("a@example.com")).toMatchObject({ result: "failed", status: 550 });
  // It has the mail, and we do not know: the same mail again has the same Message-ID.
  expect(await send("a@example.com")).toMatchObject({ result: "retry", status: 0 });
  expect(await send("a@example.com")).toMatchObject({ result: "sent" });
  expect(server.mails.slice(-2).map((m) => /Message-ID: (\S+)/.exec(m.text)?.[1])).toEqual(
    Array(2).fill("<event-1.1@example.com>"),
  );
});

it("is not sent where one of several addresses is refused, and says so", async () => {
  server.refused.set("gone@example.com", 550);
  expect(await send("a@example.com, gone@example.com")).toMatchObject({
    ...{ result: "failed", status: 550, excerpt: expect.stringContaining("no such mailbox") },
  });
  server.refused.clear();
});

it("never shows the password, and waits while it is wrong", async () => {
  const wrong = createMailer({
    url: server.url.replace(/:[^:@]*@/, ":another@"),
    from: "a@example.com",
    caFile: null,
    timeoutMs: 3000,
  });
  const outcome = await email.send(
    message,
    { to: ["a@example.com"] },
    {},
    { mailer: wrong, post: () => Promise.reject(), now: 0, target: "" },
  );
  expect(outcome).toMatchObject({ result: "retry", status: 535 });
  expect(JSON.stringify(outcome)).not.toContain("another");
});

it.each(["", "a", "a@example.com\r\nBcc: b@example.com, c", "<a@example.com>"])("has no recipient such as %j", (to) =>
  expect(email.settings.safeParse({ to }).success).toBe(false),
);

it("draws whole PNG files, and none without a value", () => {
  const png = chartPng(CHART) as Buffer;
  expect(png.subarray(1, 4).toString()).toBe("PNG");
  expect(png.readUInt32BE(29)).toBe(crc32(png.subarray(12, 29)));
  expect(chartPng({ ...CHART, points: [{ label: "", value: null }], limit: 3 })).toBe(null);
});
