import { z } from "zod";
import { defineDestination } from "@/lib/events/destinations/destination.ts";
import { bearer, JSON_BATCH, readReply } from "@/lib/events/destinations/reply.ts";

/** Anything that takes batches of CloudEvents by HTTP: a collector, a queue, a program of one's own. */
export const http = defineDestination({
  kind: "http",
  title: "CloudEvents by HTTP",
  help: "A POST with a JSON array (application/cloudevents-batch+json). Answer 2xx once the events are stored; the same id may come again.",
  fields: [
    {
      name: "url",
      label: "Address",
      required: true,
      receives: true,
      placeholder: "https://collector.example.com/events",
    },
    { name: "token", label: "Bearer token", hint: "Empty: none is needed.", secret: true },
  ],
  settings: z.object({ url: z.url({ protocol: /^https?$/, error: "Enter an http:// or https:// address." }) }),
  batch: 100,
  request: (events, { url }, { token }) => ({
    url,
    body: JSON.stringify(events),
    headers: { "content-type": JSON_BATCH, ...bearer(token) },
  }),
  read: readReply,
});
