import { z } from "zod";
import { defineDestination } from "@/lib/events/destinations/destination.ts";
import { bearer, JSON_BATCH, readReply, trimmed } from "@/lib/events/destinations/reply.ts";

/** OpenMeter, self-hosted or its cloud: `POST /api/v1/events`. It takes the content type exactly as it is here. */
export const openmeter = defineDestination({
  kind: "openmeter",
  title: "OpenMeter",
  help: "OpenMeter's own server or cloud. It counts an event once by its source and id, for 32 days.",
  fields: [
    {
      ...{ name: "url", label: "Address", required: true, receives: true },
      ...{ placeholder: "https://openmeter.example.com", hint: "Without /api/v1/events." },
    },
    { name: "token", label: "API key", hint: "Empty: none is needed.", secret: true },
  ],
  settings: z.object({ url: z.url({ protocol: /^https?$/, error: "Enter an http:// or https:// address." }) }),
  batch: 100,
  request: (events, { url }, { token }) => ({
    url: `${trimmed(url)}/api/v1/events`,
    body: JSON.stringify(events),
    headers: { "content-type": JSON_BATCH, ...bearer(token) },
  }),
  read: readReply,
});
