import { z } from "zod";
import { acknowledge, alertSettingsOf, muteRule } from "@/lib/alerts/index.ts";
import type { Endpoint } from "@/lib/api/endpoint.ts";
import { keyOf, keySchema } from "@/lib/api/schemas.ts";
import { env } from "@/lib/env.ts";
import { parseInput } from "@/lib/input.ts";
import { muteOf, ruleNow, ruleSchema } from "./alerts.ts";

const reason = z.string().max(500, "A reason has at most 500 characters.").default("");

const ALERT = { alert: { description: "The id of an alert, as the list of alerts shows it." } } as const;
const acknowledgement = z.strictObject({ reason: reason.meta({ description: "For the audit log." }) });

export const acknowledgeAlert: Endpoint<typeof ALERT> = {
  method: "POST",
  path: "/api/v1/alerts/{alert}/acknowledge",
  action: "alerts.manage",
  tag: "budgets",
  summary: "Says that somebody takes care of an alert",
  description:
    "It is not repeated or escalated until it gets worse, and everybody who heard of it hears of this. Refused with 409 where it is over, or acknowledged already.",
  parts: ALERT,
  query: {},
  body: { description: "An empty object, or a reason.", schema: acknowledgement },
  json: z.object({ acknowledged: z.literal(true) }),
  async answer(ctx, { path, body }) {
    const given = parseInput(acknowledgement, body);
    await acknowledge(ctx, alertSettingsOf(env()), path.alert, given.reason);
    return { body: { acknowledged: true } };
  },
};

const RULE = { rule: { description: "The key of a rule.", schema: keySchema } } as const;
const mute = z.strictObject({
  until: z
    .string("Until when? Write an instant, or null to end the mute.")
    .nullable()
    .meta({ description: "An instant within 90 days; null ends the mute." }),
  reason: reason.meta({ description: "Beside the rule, and for the audit log." }),
});

export const muteAlertRule: Endpoint<typeof RULE> = {
  method: "POST",
  path: "/api/v1/alerts/rules/{rule}/mute",
  action: "alerts.manage",
  tag: "budgets",
  summary: "Mutes an alert rule, or ends its mute",
  description: "Nobody is notified until then. What still holds then is notified then.",
  parts: RULE,
  query: {},
  body: { description: "Until when, and why.", schema: mute },
  json: ruleSchema,
  async answer(ctx, { path, body }) {
    const given = parseInput(mute, body);
    const key = keyOf(path.rule, "alert rule");
    await muteRule(ctx, key, muteOf(given.until, "until"), given.reason);
    return ruleNow(ctx, key);
  },
};
