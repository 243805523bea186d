import { z } from "zod";
import { httpAddress } from "@/lib/alerts/channels/address.ts";
import { defineChannel, type Outcome } from "@/lib/alerts/channels/channel.ts";
import type { Reply } from "@/lib/alerts/channels/post.ts";
import { attempt, inOtherWords, outcomeOf } from "@/lib/alerts/channels/reply.ts";
import type { Message } from "@/lib/alerts/types.ts";
import { pagerdutyEvent, pagerdutySeen } from "./event.ts";

const API = "https://events.pagerduty.com";

const success = z.looseObject({ status: z.literal("success") });

/** The API answers a success in its body, too; a gateway may answer in words of its own. */
function enqueued(reply: Reply): Outcome {
  const base = outcomeOf(reply);
  if (base.result !== "sent") return base;
  try {
    if (success.safeParse(JSON.parse(reply.text)).success) return base;
  } catch {
    // Not JSON: as any other answer that is not the API's.
  }
  return inOtherWords(reply, base);
}

export const pagerduty = defineChannel({
  kind: "pagerduty",
  title: "PagerDuty",
  help: "A service with an Events API v2 integration. An alert opens an incident, acknowledges and resolves it; a test opens one and resolves it. Digests are no incidents, so it takes none.",
  fields: [
    { name: "routingKey", label: "Integration key", hint: "32 letters and digits", secret: true, required: true },
    {
      name: "api",
      label: "API address",
      hint: "https://events.eu.pagerduty.com in the EU",
      placeholder: API,
      receives: true,
    },
  ],
  settings: z.object({ api: z.string().default(API) }),
  problems: ({ api }, { routingKey }) => ({
    ...httpAddress("api", api),
    ...(routingKey !== undefined && !/^[A-Za-z0-9]{32}$/.test(routingKey)
      ? { routingKey: "Expected 32 letters and digits." }
      : {}),
  }),
  // An incident that is open needs no reminder, and a digest is not an incident.
  takesNoDigests: true,
  skips: ({ change }) => change === "repeat" || change === "digest",
  seen: pagerdutySeen,
  preview: (message) => JSON.stringify(pagerdutyEvent(message), null, 2),
  async send(message, { api }, { routingKey = "" }, { post }) {
    const enqueue = (one: Message) =>
      attempt(
        () => post(`${api}/v2/enqueue`, JSON.stringify({ routing_key: routingKey, ...pagerdutyEvent(one) })),
        enqueued,
      );
    const outcome = await enqueue(message);
    // Nobody is to find an incident in the morning that a test opened.
    return message.change === "test" && outcome.result === "sent"
      ? enqueue({ ...message, change: "resolve" })
      : outcome;
  },
});
