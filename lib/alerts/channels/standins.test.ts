import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { testMessage } from "@/lib/alerts/testing-message.ts";
import type { Message } from "@/lib/alerts/types.ts";
import { type ChannelDefinition, createPost, type Outcome } from "./index.ts";
import { pagerduty } from "./pagerduty/index.ts";
import { slackBot } from "./slack/bot.ts";
import { slackWebhook } from "./slack/index.ts";
import { slackSchema } from "./slack/testing-schema.ts";
import { teams } from "./teams/index.ts";
import { type Answer, type Received, type Receiver, startReceiver } from "./testing-receiver.ts";

/** What the receivers of the field take, as their documents say; anything else is refused as they refuse it. */
const teamsBody = z.strictObject({
  type: z.literal("message"),
  attachments: z.tuple([
    z.strictObject({
      contentType: z.literal("application/vnd.microsoft.card.adaptive"),
      contentUrl: z.null(),
      content: z.looseObject({
        type: z.literal("AdaptiveCard"),
        version: z.literal("1.4"),
        body: z.array(z.looseObject({ type: z.enum(["TextBlock", "FactSet"]) })).min(1),
      }),
    }),
  ]),
});
const pagerdutyBody = z
  .strictObject({
    routing_key: z.literal("0123456789abcdef0123456789abcdef"),
    event_action: z.enum(["trigger", "acknowledge", "resolve"]),
    dedup_key: z.string().min(1).max(255),
    payload: z
      .looseObject({
        summary: z.string().min(1).max(1024),
        source: z.string().min(1),
        severity: z.enum(["critical", "error", "warning", "info"]),
      })
      .optional(),
    client: z.string().optional(),
    client_url: z.url().optional(),
    links: z.array(z.strictObject({ href: z.url(), text: z.string() })).optional(),
  })
  .refine((event) => (event.event_action === "trigger") === (event.payload !== undefined));

const fits = (schema: z.ZodType, { body }: Received): boolean => schema.safeParse(JSON.parse(body)).success;
const isJson = ({ headers, method }: Received): boolean =>
  method === "POST" && /^application\/json/.test(headers["content-type"] ?? "");

function judge(request: Received): Answer {
  if (!isJson(request)) return { status: 415 };
  if (request.path === "/services/T0/B0/secret")
    return fits(slackSchema, request) ? { status: 200, text: "ok" } : { status: 400, text: "invalid_blocks" };
  if (request.path === "/api/chat.postMessage") {
    if (request.headers.authorization !== "Bearer xoxb-of-this-test")
      return { status: 200, text: '{"ok":false,"error":"invalid_auth"}' };
    return {
      status: 200,
      text: JSON.stringify({
        ok: fits(slackSchema.extend({ channel: z.literal("C01") }), request),
        error: "invalid_blocks",
      }),
    };
  }
  if (request.path === "/powerautomate/workflows/x?sig=y")
    return { status: fits(teamsBody, request) && request.body.length <= 21_000 ? 202 : 400 };
  if (request.path === "/v2/enqueue")
    return fits(pagerdutyBody, request)
      ? { status: 202, text: '{"status":"success"}' }
      : { status: 400, text: '{"status":"invalid event"}' };
  return { status: 404, text: "no_service" };
}

let receiver: Receiver;
beforeAll(async () => {
  receiver = await startReceiver(judge);
});
afterAll(() => receiver.close());

interface Case {
  readonly channel: ChannelDefinition;
  readonly settings: () => unknown;
  readonly secrets: () => Record<string, string>;
  readonly result: Outcome["result"];
}
const CASES: readonly Case[] = [
  {
    channel: slackWebhook,
    settings: () => ({}),
    secrets: () => ({ url: `${receiver.url}/services/T0/B0/secret` }),
    result: "sent",
  },
  {
    channel: slackBot,
    settings: () => ({ channel: "C01", api: `${receiver.url}/api` }),
    secrets: () => ({ token: "xoxb-of-this-test" }),
    result: "sent",
  },
  {
    channel: teams,
    settings: () => ({}),
    secrets: () => ({ url: `${receiver.url}/powerautomate/workflows/x?sig=y` }),
    result: "accepted",
  },
  {
    channel: pagerduty,
    settings: () => ({ api: receiver.url }),
    secrets: () => ({ routingKey: "0123456789abcdef0123456789abcdef" }),
    result: "sent",
  },
];
const post = createPost({ allowed: ["127.0.0.1"], timeoutMs: 1000, nowMs: () => 0 });
const send = ({ channel, settings, secrets }: Case, message: Message, more = {}): Promise<Outcome> =>
  channel.send(
    message,
    channel.settings.parse(settings()),
    { ...secrets(), ...more },
    { post, mailer: null, now: 1, target: "" },
  );

const item = {
  change: "trigger" as const,
  severity: "critical" as const,
  title: "t".repeat(300),
  summary: "",
  link: "https://ledger.example/x",
  at: 1,
};
const MESSAGES: Readonly<Record<string, Message>> = {
  plain: testMessage(),
  resolved: testMessage({ change: "resolve", resolvedAt: 1_700_003_600 }),
  acknowledged: testMessage({ change: "acknowledge" }),
  hostile: testMessage({
    title: "<!channel> & *bold* <https://evil.example|x>",
    team: "a_b_c",
    facts: [{ label: "<b>", value: "`x`" }],
  }),
  longest: testMessage({
    ...{ title: "&".repeat(4000), summary: "<".repeat(9000), link: "https://ledger.example/x" },
    facts: Array.from({ length: 12 }, (_, i) => ({ label: `${i}${"l".repeat(400)}`, value: "&".repeat(5000) })),
  }),
  digest: testMessage({ change: "digest", items: Array.from({ length: 50 }, () => item) }),
};

describe.each(CASES)("$channel.title", (one) => {
  it.each(Object.keys(MESSAGES))("takes a message that is %s", async (name) => {
    const message = MESSAGES[name] as Message;
    if (one.channel.skips?.(message)) return;
    expect(await send(one, message)).toMatchObject({ result: one.result });
  });

  it("is tried again after 429, 500, a cut and a silence, and gets the same body again", async () => {
    receiver.answers.push({ status: 429, headers: { "retry-after": "30" } }, { status: 500 }, "cut", "silent");
    const before = receiver.got.length;
    expect(await send(one, testMessage())).toMatchObject({ result: "retry", status: 429, retryAfterSeconds: 30 });
    for (let i = 0; i < 3; i++) expect((await send(one, testMessage())).result).toBe("retry");
    expect((await send(one, testMessage())).result).toBe(one.result);
    expect(new Set(receiver.got.slice(before).map((g) => g.body)).size).toBe(1);
  });

  it("does not wait for the end of an endless body", async () => {
    receiver.answers.push("endless");
    const { result, excerpt } = await send(one, testMessage());
    expect(result).not.toBe("closed");
    expect(excerpt.length).toBeLessThanOrEqual(300);
  });

  it("shows what it sends without its secrets, and says what is wrong with them", () => {
    const settings = one.channel.settings.parse(one.settings());
    const shown = one.channel.preview(testMessage(), settings);
    for (const value of Object.values(one.secrets())) expect(shown).not.toContain(value);
    const wrong = Object.fromEntries(Object.keys(one.secrets()).map((name) => [name, "x"]));
    expect(Object.keys(one.channel.problems?.(settings, wrong) ?? {})).toEqual(Object.keys(wrong));
  });
});

it.each([CASES[0] as Case, CASES[1] as Case])("$channel.title gets text where it refuses the blocks", async (one) => {
  const bot = one.channel === slackBot;
  receiver.answers.push(
    bot ? { status: 200, text: '{"ok":false,"error":"msg_blocks_too_long"}' } : { status: 400, text: "invalid_blocks" },
  );
  const before = receiver.got.length;
  expect(await send(one, testMessage())).toMatchObject({ result: "sent" });
  const [refused, taken] = receiver.got.slice(before).map((g) => JSON.parse(g.body));
  expect(refused.blocks.length).toBeGreaterThan(0);
  expect(taken).toEqual({ ...(bot ? { channel: "C01" } : {}), text: expect.stringContaining("The sync is 2 h late") });
  // What is refused for another reason is not sent again.
  receiver.answers.push({ status: 400, text: "no_text" });
  expect(await send(one, testMessage())).toMatchObject({ result: "failed" });
  expect(receiver.got.length).toBe(before + 3);
});

describe("a receiver that is gone", () => {
  const [webhook, bot, workflow, incidents] = CASES as [Case, Case, Case, Case];
  it.each([
    [webhook, { status: 404, text: "no_service" }, "closed"],
    [webhook, { status: 410, text: "channel_is_archived" }, "closed"],
    [webhook, { status: 403, text: "action_prohibited" }, "closed"],
    [webhook, { status: 400, text: "invalid_payload" }, "failed"],
    [webhook, { status: 200, text: "<html>" }, "retry"],
    [webhook, { status: 202, text: "" }, "retry"],
    [webhook, { status: 200, text: '{"ok":tr' }, "retry"],
    [webhook, { status: 200, text: '{"success":false}' }, "retry"],
    [webhook, { status: 200, text: '{"success":true}' }, "sent"],
    [webhook, { status: 200, text: "Message received" }, "sent"],
    [incidents, { status: 202, text: "<html>" }, "retry"],
    [incidents, { status: 202, text: '{"status":"invalid event"}' }, "retry"],
    [incidents, { status: 202, text: '{"result":"queued"}' }, "sent"],
    [bot, { status: 200, text: '{"ok":false,"error":"token_revoked"}' }, "closed"],
    [bot, { status: 200, text: '{"ok":false,"error":"ratelimited"}' }, "retry"],
    [bot, { status: 200, text: "not json" }, "retry"],
    [workflow, { status: 401 }, "failed"],
    [workflow, { status: 410 }, "closed"],
  ] as const)("closes the channel, or fails: %#", async (one, answer, result) => {
    receiver.answers.push(answer);
    expect(await send(one, testMessage())).toMatchObject({ result });
  });

  it("answers in other words: they are in the attempt, cut", async () => {
    receiver.answers.push({ status: 200, text: `Taken ${"x".repeat(5000)}` });
    const { excerpt } = await send(webhook, testMessage());
    expect(excerpt).toMatch(/^Answered in other words: Taken x+$/);
    expect(excerpt.length).toBeLessThanOrEqual(300);
  });

  it("of Teams says who may trigger its workflow", async () => {
    receiver.answers.push({ status: 401 });
    expect((await send(workflow, testMessage())).excerpt).toMatch(/trigger must allow "Anyone"/);
  });
});
