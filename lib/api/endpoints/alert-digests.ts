import { z } from "zod";
import { DIGEST_MODES, listVisibleDigests, setTeamDigest } from "@/lib/alerts/digest/choose.ts";
import { defineGet, type Endpoint } from "@/lib/api/endpoint.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { parseInput } from "@/lib/input.ts";

const digestSchema = z.object({
  team: z.int().positive().meta({ description: "The key of the team." }),
  channel: z.int().positive().nullable().meta({ description: "Null: the lead and the managers of the team." }),
  every: z.enum(["daily", "weekly"]),
});
const answerSchema = z.object({ digests: z.array(digestSchema) });

const digestBody = z.strictObject({
  team: digestSchema.shape.team,
  channel: digestSchema.shape.channel.default(null),
  every: z.enum(DIGEST_MODES),
});

const digestsNow = async (ctx: Ctx) => ({
  body: {
    digests: (await listVisibleDigests(ctx)).map(({ teamKey, channelKey, mode }) => ({
      ...{ team: teamKey, channel: channelKey || null, every: mode },
    })),
  },
});

export const alertDigests = defineGet({
  path: "/api/v1/alerts/digests",
  action: "alerts.read",
  tag: "budgets",
  summary: "Digests whose receiver is a team",
  json: answerSchema,
  answer: digestsNow,
});

export const setAlertDigest: Endpoint = {
  method: "PUT",
  path: "/api/v1/alerts/digests",
  action: "alerts.manage",
  tag: "budgets",
  summary: "Has the alerts of a team summed up for its people or a channel, or ends that",
  parts: {},
  query: {},
  body: { description: "One digest; `never` ends it.", schema: digestBody },
  json: answerSchema,
  async answer(ctx, { body }) {
    const { team, channel, every } = parseInput(digestBody, body);
    await setTeamDigest(ctx, { teamKey: team, channelKey: channel ?? 0, mode: every });
    return digestsNow(ctx);
  },
};
