import { z } from "zod";
import { defineGet, type Endpoint } from "@/lib/api/endpoint.ts";
import {
  daySchema,
  instantOf,
  instantSchema,
  PERIOD_QUERY,
  periodJson,
  periodOf,
  periodSchema,
} from "@/lib/api/schemas.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError, errorText } from "@/lib/errors.ts";
import { RequestRefused, readEvents } from "@/lib/events/received/read-request.ts";
import { listReceivedDays, receiveEvents } from "@/lib/events/received/receive.ts";
import { wholeDaysOf } from "@/lib/reports/read/cost-scope.ts";
import { dateOfKey } from "@/lib/time.ts";

const SAFE = { "x-content-type-options": "nosniff", "cache-control": "no-store" };
const TITLES: Readonly<Record<number, string>> = {
  400: "Bad Request",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  503: "Service Unavailable",
};

/** An error as OpenMeter sends it (RFC 9457). */
const problem = (status: number, detail: string): Response =>
  new Response(`${JSON.stringify({ type: "about:blank", title: TITLES[status], status, detail })}\n`, {
    status,
    headers: { ...SAFE, "content-type": "application/problem+json", ...(status === 503 ? { "retry-after": "5" } : {}) },
  });

/**
 * Takes events as OpenMeter does, with one difference: a request of which some events are refused loses none of the others, for collectors
 * drop what is answered with 400. What could not be written is 503, so that it is sent again.
 */
async function receive(ctx: Ctx, request: Request, accepted: 202 | 204): Promise<Response> {
  try {
    const events = await readEvents(request);
    const { taken, refused } = await receiveEvents(ctx, events);
    if (events.length > 0 && taken === 0) return problem(400, `No event was taken: ${refused[0]}.`);
    return new Response(null, { status: accepted, headers: SAFE });
  } catch (error) {
    if (error instanceof RequestRefused) return problem(error.status, error.message);
    if (error instanceof AppError && error.code !== "internal") throw error;
    ctx.log.error({ error: errorText(error) }, "events could not be written");
    return problem(503, "The events could not be written: send them again.");
  }
}

const eventSchema = z.looseObject({
  specversion: z.literal("1.0"),
  ...{ id: z.string(), source: z.string(), type: z.string(), subject: z.string() },
  time: instantSchema.optional().meta({ description: "The end of the usage; the time of arrival where it is absent." }),
  data: z.looseObject({}).meta({
    description:
      "`gpuAllocationMinutes` or `gpu_allocation_minutes`, also in seconds or hours; and how long the usage took: `durationSeconds`, `intervalStart`, or `workloadMinutes`.",
  }),
});

const received = {
  action: "events.receive",
  tag: "usage",
  summary: "Takes usage of a collector as CloudEvents",
  description:
    "Events that cannot be taken are refused one by one and listed on the page Usage events; the others count, each once by source and id and by the time of its workload. 400 only where no event was taken. At most 1,000 events and 1 MiB, also packed with gzip.",
  parts: {},
  query: {},
  body: {
    description: "One event, or an array of events.",
    schema: z.union([eventSchema, z.array(eventSchema)]),
    types: ["application/cloudevents-batch+json", "application/cloudevents+json", "application/json"],
  },
  answer: () => Promise.reject(new AppError("internal", "Events are received.")),
} as const satisfies Partial<Endpoint>;

export const sendUsageEvents: Endpoint = {
  ...received,
  ...{ method: "POST", path: "/api/v1/events", empty: 204 },
  receive: (ctx, request) => receive(ctx, request, 204),
};

/** The same as OpenMeter 3 and Konnect have it; not part of our document. */
export const sendUsageEventsToV3: Endpoint = {
  ...received,
  ...{ method: "POST", path: "/api/v3/openmeter/events", empty: 202 },
  receive: (ctx, request) => receive(ctx, request, 202),
};

const MOST_DAYS = 1000;

export const usageEvents = defineGet({
  path: "/api/v1/events",
  action: "events.read",
  tag: "usage",
  summary: "Usage that collectors sent, by day and workload",
  description: `At most ${MOST_DAYS}, the newest first. It is shown beside what the ledger meters, and charged to nobody.`,
  query: PERIOD_QUERY,
  json: z.object({
    period: periodSchema,
    days: z.array(
      z.object({
        ...{ date: daySchema, source: z.string(), subject: z.string(), events: z.int() },
        repeats: z.int().meta({ description: "Events that said again, under another id, what was counted." }),
        unmeasured: z.int().meta({ description: "Events that do not say how long their usage took." }),
        gpu_hours: z.number(),
        utilization: z.number().nullable().meta({ description: "0 to 1; null: the events do not say it." }),
        covered_hours: z.number(),
        coverage: z.number().nullable().meta({
          description: "Share of the time between the first and the last event that events cover; null: unknown.",
        }),
        ...{ first_at: instantSchema, last_at: instantSchema },
      }),
    ),
  }),
  async answer(ctx, { query }) {
    const period = periodOf(ctx, query);
    const { from: fromDay, until: untilDay } = wholeDaysOf(period);
    const days = await listReceivedDays(ctx, { fromDay, untilDay }, MOST_DAYS);
    return {
      body: {
        period: periodJson(period),
        days: days.map((d) => ({
          ...{ date: dateOfKey(d.day), source: d.source, subject: d.subject, events: d.events, repeats: d.repeats },
          ...{ unmeasured: d.unmeasured, gpu_hours: d.gpuMilliSeconds / 3_600_000, utilization: d.utilisation },
          ...{ covered_hours: d.coveredSeconds / 3600, coverage: d.coverage },
          ...{ first_at: instantOf(d.firstAt), last_at: instantOf(d.lastAt) },
        })),
      },
    };
  },
});
