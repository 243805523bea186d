import { z } from "zod";
import { httpAddress } from "@/lib/alerts/channels/address.ts";
import { defineChannel } from "@/lib/alerts/channels/channel.ts";
import { attempt } from "@/lib/alerts/channels/reply.ts";
import { webhookBody } from "./body.ts";
import { secretProblem, signatureHeaders } from "./sign.ts";

export const webhook = defineChannel({
  kind: "webhook",
  title: "Webhook",
  help: "Sends JSON, signed as Standard Webhooks specify: the receiver verifies webhook-signature with the same secret, and drops a webhook-id that it has.",
  fields: [
    { name: "url", label: "Address", placeholder: "https://example.com/hooks/gpu", secret: true, required: true },
    {
      name: "secret",
      label: "Signing secret",
      hint: "whsec_ and base64 of 24 to 64 random bytes: echo whsec_$(openssl rand -base64 32)",
      secret: true,
      required: true,
    },
  ],
  settings: z.object({}),
  problems: (_, { url, secret }) => ({
    ...httpAddress("url", url),
    ...(secret !== undefined && secretProblem(secret) ? { secret: secretProblem(secret) as string } : {}),
  }),
  seen: ({ title, summary }) => ({ title, text: summary }),
  preview: (message) => JSON.stringify(webhookBody(message), null, 2),
  send: (message, _, { url = "", secret = "" }, { post, now }) => {
    const body = JSON.stringify(webhookBody(message));
    return attempt(() => post(url, body, signatureHeaders(secret, { id: message.messageId, timestamp: now, body })));
  },
});
