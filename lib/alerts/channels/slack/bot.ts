import { z } from "zod";
import { httpAddress } from "@/lib/alerts/channels/address.ts";
import { defineChannel, type Outcome } from "@/lib/alerts/channels/channel.ts";
import type { Post, Reply } from "@/lib/alerts/channels/post.ts";
import { attempt, outcomeOf } from "@/lib/alerts/channels/reply.ts";
import type { Message } from "@/lib/alerts/types.ts";
import { slackBody, slackSeen, slackText } from "./blocks.ts";
import { refusesBlocks } from "./index.ts";

const API = "https://slack.com/api";
/** Errors of chat.postMessage after which the channel or the token is no longer of use. */
const CLOSED =
  /^(is_archived|channel_not_found|account_inactive|token_revoked|token_expired|invalid_auth|not_authed|missing_scope|not_in_channel)$/;
const LATER = /^(ratelimited|rate_limited|internal_error|fatal_error|service_unavailable|request_timeout)$/;
const answerSchema = z.looseObject({ ok: z.boolean(), error: z.string().optional() });

/** The Web API answers 200 with `ok: false` where it failed. */
export function botOutcome(reply: Reply): Outcome {
  const base = outcomeOf(reply);
  if (base.result !== "sent") return base;
  const answer = answerSchema.safeParse(parsed(reply.text));
  if (!answer.success) return { ...base, result: "retry" };
  const { ok, error = "" } = answer.data;
  if (ok) return base;
  return { ...base, result: CLOSED.test(error) ? "closed" : LATER.test(error) ? "retry" : "failed", excerpt: error };
}

/** The word of an answer that says that it failed; empty: it did not. */
function errorOf({ text }: Reply): string {
  const answer = answerSchema.safeParse(parsed(text));
  return answer.success && !answer.data.ok ? (answer.data.error ?? "") : "";
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Of the token, not of a person: after them nobody is reached. */
const TOKEN_CLOSED = /^(account_inactive|token_revoked|token_expired|invalid_auth|not_authed)$/;
const memberSchema = z.looseObject({ user: z.looseObject({ id: z.string().regex(/^[A-Z0-9]{1,30}$/) }) });

/** Slack does not reach one person: that says nothing of the channel, unless it is the token. */
function ofPerson(outcome: Outcome): Outcome {
  return outcome.result === "closed" && !TOKEN_CLOSED.test(outcome.excerpt)
    ? { ...outcome, result: "failed" }
    : outcome;
}

/** Posts a message where it refuses no blocks, else as text. */
async function posted(message: Message, say: (body: object) => Promise<Reply>): Promise<Reply> {
  const reply = await say(slackBody(message));
  return refusesBlocks(errorOf(reply)) ? say(slackText(message)) : reply;
}

/** A way to post to a channel or member with a token. */
const sayTo = (post: Post, api: string, token: string, channel: string) => (body: object) =>
  post(`${api}/chat.postMessage`, JSON.stringify({ channel, ...body }), {
    authorization: `Bearer ${token}`,
    "content-type": "application/json; charset=utf-8",
  });

/** Sends to the member of an e-mail address: Slack's word for who that is, so that nobody enters the id of somebody else. */
async function sendToPerson(message: Message, email: string, api: string, token: string, post: Post): Promise<Outcome> {
  let member: string | null = null;
  const found = await attempt(async () => {
    const reply = await post(`${api}/users.lookupByEmail`, new URLSearchParams({ email }).toString(), {
      authorization: `Bearer ${token}`,
      "content-type": "application/x-www-form-urlencoded",
    });
    const answer = memberSchema.safeParse(parsed(reply.text));
    member = answer.success ? answer.data.user.id : null;
    return reply;
  }, botOutcome);
  if (found.result !== "sent") return ofPerson(found);
  if (member === null) return { ...found, result: "retry", excerpt: "Slack named no member." };
  const say = sayTo(post, api, token, member);
  return ofPerson(await attempt(() => posted(message, say), botOutcome));
}

const OPEN = "yes";

export const slackBot = defineChannel({
  kind: "slack-bot",
  title: "Slack (bot)",
  help: "A bot token with chat:write: one app for many channels. Invite the bot to a private channel first.",
  fields: [
    { name: "token", label: "Bot token", placeholder: "xoxb-…", secret: true, required: true },
    { name: "channel", label: "Channel", placeholder: "C0123456789", required: true },
    {
      name: "api",
      label: "API address",
      hint: "Only where Slack is reached through a gateway.",
      placeholder: API,
      receives: true,
    },
    {
      name: "people",
      label: "People may choose it",
      hint: "Each for their own messages, by direct message; the token needs users:read.email, too.",
      options: [
        { value: "", label: "no" },
        { value: OPEN, label: "yes" },
      ],
    },
  ],
  settings: z.object({
    channel: z.string().regex(/^[#\w-]{1,100}$/, "Expected the id of a channel, such as C0123456789."),
    api: z.string().default(API),
    people: z.literal(OPEN, "Write yes, or leave it out.").optional(),
  }),
  problems: ({ api }, { token }) => ({
    ...httpAddress("api", api),
    ...(token !== undefined && !/^xox[a-z]-[\w-]+$/.test(token)
      ? { token: "Expected a token that begins with xoxb-." }
      : {}),
  }),
  seen: slackSeen,
  preview: (message, { channel }) => JSON.stringify({ channel, ...slackBody(message) }, null, 2),
  send: (message, { channel, api }, { token = "" }, { post }) =>
    attempt(() => posted(message, sayTo(post, api, token, channel)), botOutcome),
  direct: {
    isOpen: ({ people }) => people === OPEN,
    send: (message, email, { api }, { token = "" }, { post }) => sendToPerson(message, email, api, token, post),
  },
});
