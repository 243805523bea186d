import { z } from "zod";
import { defineDestination } from "@/lib/events/destinations/destination.ts";
import { bearer, JSON_BATCH, readReply, trimmed } from "@/lib/events/destinations/reply.ts";

/** Konnect metering and billing (OpenMeter v3). 202 is success; 200 in some of its documents. */
export const konnect = defineDestination({
  kind: "konnect",
  title: "Kong Konnect",
  help: "Konnect Metering & Billing, or OpenMeter's v3 API on a server of your own.",
  fields: [
    {
      ...{
        name: "region",
        label: "Region",
        receives: true,
        placeholder: "us",
        hint: "As in its address: us, eu, au, …",
      },
    },
    {
      ...{ name: "url", label: "Own server", receives: true, placeholder: "https://openmeter.example.com" },
      hint: "Instead of a region: the address without /api/v3.",
    },
    {
      name: "token",
      label: "Token",
      hint: "kpat_… of a person or spat_… of a system account.",
      secret: true,
      required: true,
    },
  ],
  settings: z
    .object({
      region: z
        .string()
        .regex(/^[a-z]{2,10}$/, "A region is a word such as us or eu.")
        .optional(),
      url: z.url({ protocol: /^https?$/, error: "Enter an http:// or https:// address." }).optional(),
    })
    .refine(({ region, url }) => (region === undefined) !== (url === undefined), {
      path: ["region"],
      message: "Enter a region, or the address of a server of your own.",
    }),
  batch: 100,
  request: (events, { region, url }, { token }) => ({
    url:
      url === undefined
        ? `https://${region}.api.konghq.com/v3/openmeter/events`
        : `${trimmed(url)}/api/v3/openmeter/events`,
    body: JSON.stringify(events),
    headers: { "content-type": JSON_BATCH, ...bearer(token) },
  }),
  read: readReply,
});
