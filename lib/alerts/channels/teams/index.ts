import { z } from "zod";
import { httpAddress } from "@/lib/alerts/channels/address.ts";
import { defineChannel, type Outcome } from "@/lib/alerts/channels/channel.ts";
import type { Reply } from "@/lib/alerts/channels/post.ts";
import { attempt, outcomeOf } from "@/lib/alerts/channels/reply.ts";
import { teamsBody, teamsSeen } from "./card.ts";

/** A workflow answers 202 before it runs: accepted, not shown. 401: its trigger is not open to anyone. */
function teamsOutcome(reply: Reply): Outcome {
  const base = outcomeOf(reply);
  if (base.result === "sent") return { ...base, result: "accepted" };
  if (reply.status === 401)
    return { ...base, excerpt: `The workflow's trigger must allow "Anyone". ${base.excerpt}`.trim() };
  return base;
}

export const teams = defineChannel({
  kind: "teams",
  title: "Microsoft Teams",
  help: 'A workflow with the trigger "When a Teams webhook request is received". Set who can trigger it to "Anyone": the address is the secret.',
  fields: [
    {
      name: "url",
      label: "Workflow address",
      placeholder: "https://….environment.api.powerplatform.com:443/powerautomate/…",
      secret: true,
      required: true,
    },
  ],
  settings: z.object({}),
  problems: (_, { url }) => httpAddress("url", url),
  seen: teamsSeen,
  preview: (message) => JSON.stringify(teamsBody(message), null, 2),
  send: (message, _, { url = "" }, { post }) =>
    attempt(() => post(url, JSON.stringify(teamsBody(message))), teamsOutcome),
});
