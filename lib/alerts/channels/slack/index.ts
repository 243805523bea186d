import { z } from "zod";
import { httpAddress } from "@/lib/alerts/channels/address.ts";
import { defineChannel, type Outcome } from "@/lib/alerts/channels/channel.ts";
import type { Reply } from "@/lib/alerts/channels/post.ts";
import { attempt, inOtherWords, outcomeOf } from "@/lib/alerts/channels/reply.ts";
import { slackBody, slackSeen, slackText } from "./blocks.ts";

/** Words with which Slack says that nothing will ever arrive there. */
const CLOSED = /^(channel_is_archived|no_service|no_team|channel_not_found|action_prohibited|invalid_token)$/;

/** Words with which Slack refuses blocks, and takes nothing of the message: it is sent again as text. */
export const refusesBlocks = (word: string): boolean =>
  /^(invalid_blocks|invalid_blocks_format|msg_blocks_too_long)$/.test(word);

/** Slack answers 200 with `ok`, or an error in one word; receivers that take the same messages answer a success in words of their own. */
export function webhookOutcome(reply: Reply): Outcome {
  const base = outcomeOf(reply);
  const word = reply.text.trim();
  if (reply.status === 200 && word === "ok") return base;
  if (CLOSED.test(word) || reply.status === 410) return { ...base, result: "closed" };
  return base.result === "sent" ? inOtherWords(reply, base) : base;
}

export const slackWebhook = defineChannel({
  kind: "slack",
  title: "Slack (webhook)",
  help: "An incoming webhook of a Slack app: it posts to the one channel that it was created for.",
  fields: [
    {
      name: "url",
      label: "Webhook address",
      placeholder: "https://hooks.slack.com/services/T…/B…/…",
      secret: true,
      required: true,
    },
  ],
  settings: z.object({}),
  problems: (_, { url }) => httpAddress("url", url),
  seen: slackSeen,
  preview: (message) => JSON.stringify(slackBody(message), null, 2),
  send: (message, _, { url = "" }, { post }) =>
    attempt(async () => {
      const reply = await post(url, JSON.stringify(slackBody(message)));
      return refusesBlocks(reply.text.trim()) ? post(url, JSON.stringify(slackText(message))) : reply;
    }, webhookOutcome),
});
