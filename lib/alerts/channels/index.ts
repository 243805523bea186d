import { AppError } from "@/lib/errors.ts";
import { alertmanager } from "./alertmanager/index.ts";
import type { ChannelDefinition } from "./channel.ts";
import { email } from "./email/index.ts";
import { pagerduty } from "./pagerduty/index.ts";
import { slackBot } from "./slack/bot.ts";
import { slackWebhook } from "./slack/index.ts";
import { teams } from "./teams/index.ts";
import { webhook } from "./webhook/index.ts";

/** Every kind of channel, in the order of the list that people choose from. */
export const CHANNELS: readonly ChannelDefinition[] = [
  email,
  slackWebhook,
  slackBot,
  teams,
  pagerduty,
  alertmanager,
  webhook,
];

/** The channel of people's own e-mail: not in the list of channels, its places are addresses. */
export const PERSONAL_CHANNEL = 0;

/** @throws AppError `not_found`. */
export function getChannelKind(kind: string): ChannelDefinition {
  const found = CHANNELS.find((channel) => channel.kind === kind);
  if (!found)
    throw new AppError(
      "not_found",
      `"${kind}" is not a kind of channel. It is one of ${CHANNELS.map((c) => c.kind).join(", ")}.`,
    );
  return found;
}

export {
  type ChannelDefinition,
  type ChannelField,
  defineChannel,
  type Means,
  type Outcome,
  type Secrets,
} from "./channel.ts";
export { createPost, type Post } from "./post.ts";
