import { listTeams } from "@/lib/attribution/team-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { errorText } from "@/lib/errors.ts";
import { MINUTE } from "@/lib/time.ts";
import { type ChannelRow, listChannels } from "./channel-store.ts";
import { getChannelKind } from "./channels/index.ts";
import { listOpen } from "./event-store.ts";
import { messageOf } from "./message.ts";
import { type Sending, secretsOf } from "./outbox/deliver.ts";
import { type AlertRule, listRoutes, listRules } from "./rule-store.ts";
import type { AlertSettings } from "./settings.ts";
import type { Message } from "./types.ts";

const EVERY_MINUTES = 10;

/**
 * Sends what is open again to receivers that forget it otherwise, as an Alertmanager does when it restarts or an alert's end passes. Past the
 * outbox: nothing is lost by one that fails, for the next follows. Runs after the evaluation, which a receiver that does not answer must not
 * hold up; what that resolved is not among it. @returns how many were sent.
 */
export async function renewOpen(
  ctx: Ctx,
  settings: AlertSettings,
  sending: Sending,
  signal?: AbortSignal,
): Promise<number> {
  if (signal?.aborted || Math.floor(ctx.now() / MINUTE) % EVERY_MINUTES !== 0) return 0;
  const channels = (await listChannels(ctx.db)).filter(
    ({ kind, disabledAt }) => disabledAt === null && getChannelKind(kind).renew,
  );
  if (!channels.length) return 0;
  const [rules, routes, teams] = await Promise.all([listRules(ctx.db), listRoutes(ctx.db), listTeams(ctx.db)]);
  const teamName = (teamKey: number) => teams.find(({ key }) => key === teamKey)?.name ?? "";
  const post: Sending["post"] = (url, body, headers) => sending.post(url, body, headers, signal);
  const sent = channels.map(async (channel) => {
    try {
      const own = rules.filter(({ key }) => routes.some((r) => r.ruleKey === key && r.channelKey === channel.key));
      const messages = await messagesOf(ctx, settings, own, teamName);
      return await renewChannel(ctx, { ...sending, post }, channel, messages);
    } catch (error) {
      ctx.log.warn({ channel: channel.key, error: errorText(error) }, "open alerts could not be sent again");
      return 0;
    }
  });
  return (await Promise.all(sent)).reduce((sum, count) => sum + count, 0);
}

async function messagesOf(
  ctx: Ctx,
  { url }: AlertSettings,
  rules: readonly AlertRule[],
  teamName: (key: number) => string,
): Promise<Message[]> {
  const messages: Message[] = [];
  for (const rule of rules)
    for (const event of await listOpen(ctx.db, rule.key)) {
      if (event.state !== "firing" || event.sequence === 0) continue;
      const notice = { event, change: "repeat" as const, notBefore: ctx.now() };
      messages.push(messageOf(notice, ctx.now(), { rule, team: teamName(event.teamKey), url }));
    }
  return messages;
}

async function renewChannel(
  ctx: Ctx,
  { post, keys }: Sending,
  channel: ChannelRow,
  messages: readonly Message[],
): Promise<number> {
  const kind = getChannelKind(channel.kind);
  if (!kind.renew || !messages.length) return 0;
  const secrets = await secretsOf(ctx.db, keys, channel);
  const parsed = kind.settings.parse(JSON.parse(channel.settings));
  const { result, excerpt } = await kind.renew(messages, parsed, secrets, {
    post,
    mailer: null,
    now: ctx.now(),
    target: "",
  });
  if (result === "sent") return messages.length;
  ctx.log.warn({ channel: channel.key, error: excerpt }, "open alerts could not be sent again");
  return 0;
}
