import { listTeams } from "@/lib/attribution/team-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { errorText } from "@/lib/errors.ts";
import { MINUTE } from "@/lib/time.ts";
import { listChannels } from "./channel-store.ts";
import { getChannelKind } from "./channels/index.ts";
import { listOpen } from "./event-store.ts";
import { messageOf } from "./message.ts";
import { type Sending, secretsOf } from "./outbox/deliver.ts";
import { listRoutes, listRules } from "./rule-store.ts";
import type { AlertSettings } from "./settings.ts";

const EVERY_MINUTES = 10;

/**
 * Sends what is open again to receivers that forget it otherwise, as an Alertmanager does when it restarts or an alert's end passes. Past the
 * outbox: nothing is lost by one that fails, for the next follows. Runs before the evaluation, so that it never comes after a resolve.
 * @returns how many were sent.
 */
export async function renewOpen(ctx: Ctx, settings: AlertSettings, sending: Sending): Promise<number> {
  if (Math.floor(ctx.now() / MINUTE) % EVERY_MINUTES !== 0) return 0;
  const channels = (await listChannels(ctx.db)).filter(
    ({ kind, disabledAt }) => disabledAt === null && getChannelKind(kind).forgets,
  );
  if (!channels.length) return 0;
  const [rules, routes, teams] = await Promise.all([listRules(ctx.db), listRoutes(ctx.db), listTeams(ctx.db)]);
  let sent = 0;
  for (const channel of channels) {
    const kind = getChannelKind(channel.kind);
    const secrets = await secretsOf(ctx.db, sending.keys, channel);
    const parsed = kind.settings.parse(JSON.parse(channel.settings));
    for (const rule of rules.filter(({ key }) => routes.some((r) => r.ruleKey === key && r.channelKey === channel.key)))
      for (const event of await listOpen(ctx.db, rule.key)) {
        if (event.state !== "firing" || event.sequence === 0) continue;
        const team = teams.find(({ key }) => key === event.teamKey)?.name ?? "";
        const notice = { event, change: "repeat" as const, notBefore: ctx.now() };
        const message = messageOf(notice, ctx.now(), { rule, team, url: settings.url });
        const means = { post: sending.post, mailer: null, now: ctx.now(), target: "" };
        const outcome = await kind.send(message, parsed, secrets, means).catch((error: unknown) => {
          ctx.log.warn({ channel: channel.key, error: errorText(error) }, "an open alert could not be sent again");
          return null;
        });
        if (outcome?.result === "sent") sent++;
      }
  }
  return sent;
}
