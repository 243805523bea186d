import { z } from "zod";
import { addChannel, archiveChannel, changeChannel } from "@/lib/alerts/change-channel.ts";
import { CHANNELS } from "@/lib/alerts/channels/index.ts";
import { listManagedChannels, type ManagedChannel } from "@/lib/alerts/list.ts";
import { defineGet, type Endpoint } from "@/lib/api/endpoint.ts";
import { keyOf, keySchema, REASON_QUERY } from "@/lib/api/schemas.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import { secretKeys } from "@/lib/secrets/index.ts";

const definition = {
  kind: z.enum(CHANNELS.map(({ kind }) => kind) as [string, ...string[]]),
  name: z.string(),
  rate_per_minute: z.int().meta({ description: "Messages a minute at most." }),
};
const channelSchema = z.object({
  key: z.int(),
  ...definition,
  fields: z.record(z.string(), z.string()).meta({ description: "What is not secret, by the names of the kind." }),
  secrets: z.array(z.string()).meta({ description: "Names of stored secrets; a value is never answered." }),
  enabled: z.boolean().meta({ description: "False: nothing is sent until the channel is changed." }),
  disabled_reason: z.string(),
});

const channelBody = z.strictObject({
  kind: definition.kind,
  name: definition.name,
  rate_per_minute: definition.rate_per_minute.optional(),
  fields: z.record(z.string(), z.string()).default({}).meta({
    description:
      "By the names of the kind, secrets too. A secret that is left out stays as it is; where the address that receives it changes, it is sent again.",
  }),
});

function inputOf(body: unknown) {
  const { rate_per_minute: ratePerMinute, ...given } = parseInput(channelBody, body);
  return { ...given, ...(ratePerMinute === undefined ? {} : { ratePerMinute }) };
}

const answerOf = (channel: ManagedChannel): z.output<typeof channelSchema> => ({
  ...{ key: channel.key, kind: channel.kind, name: channel.name, rate_per_minute: channel.ratePerMinute },
  ...{ fields: JSON.parse(channel.settings), secrets: [...channel.stored] },
  ...{ enabled: channel.disabledAt === null, disabled_reason: channel.disabledReason },
});

async function channelNow(ctx: Ctx, key: number) {
  const channel = (await listManagedChannels(ctx)).find((one) => one.key === key);
  if (!channel) throw new AppError("not_found", `There is no channel ${key}.`);
  return { body: answerOf(channel) };
}

export const alertChannels = defineGet({
  path: "/api/v1/alerts/channels",
  action: "channels.read",
  tag: "budgets",
  summary: "Alert channels, without their secrets",
  json: z.object({ channels: z.array(channelSchema) }),
  answer: async (ctx) => ({ body: { channels: (await listManagedChannels(ctx)).map(answerOf) } }),
});

export const addAlertChannel: Endpoint = {
  method: "POST",
  path: "/api/v1/alerts/channels",
  action: "channels.manage",
  tag: "budgets",
  summary: "Adds an alert channel",
  description: "Nothing is sent there before a rule names it.",
  parts: {},
  query: {},
  body: { description: "The channel.", schema: channelBody },
  json: channelSchema,
  answer: async (ctx, { body }) => channelNow(ctx, await addChannel(ctx, secretKeys(env()), inputOf(body))),
};

const CHANNEL = { channel: { description: "The key of a channel.", schema: keySchema } } as const;

export const changeAlertChannel: Endpoint<typeof CHANNEL> = {
  method: "PUT",
  path: "/api/v1/alerts/channels/{channel}",
  action: "channels.manage",
  tag: "budgets",
  summary: "Changes an alert channel",
  description: "Its kind stays. A channel that was disabled is in use again.",
  parts: CHANNEL,
  query: {},
  body: { description: "The channel.", schema: channelBody },
  json: channelSchema,
  async answer(ctx, { path, body }) {
    const key = keyOf(path.channel, "channel");
    await changeChannel(ctx, secretKeys(env()), key, inputOf(body));
    return channelNow(ctx, key);
  },
};

export const deleteAlertChannel: Endpoint<typeof CHANNEL, typeof REASON_QUERY> = {
  method: "DELETE",
  path: "/api/v1/alerts/channels/{channel}",
  action: "channels.manage",
  tag: "budgets",
  summary: "Deletes an alert channel",
  description: "With its secrets. Rules no longer send there; its messages stay in their list.",
  parts: CHANNEL,
  query: REASON_QUERY,
  json: z.object({ deleted: z.literal(true) }),
  async answer(ctx, { path, query }) {
    await archiveChannel(ctx, keyOf(path.channel, "channel"), query.reason ?? "");
    return { body: { deleted: true } };
  },
};
