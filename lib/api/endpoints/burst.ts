import { z } from "zod";
import { burstAnswer, switchOf } from "@/lib/api/burst-answer.ts";
import { defineGet, type Endpoint } from "@/lib/api/endpoint.ts";
import { amountOrNull, currencySchema, FORMAT_QUERY, instantSchema, rowSchema } from "@/lib/api/schemas.ts";
import { switchBurst } from "@/lib/burst/changes.ts";
import { BURST_COLUMNS } from "@/lib/exports/burst-rows.ts";

export const burst = defineGet({
  path: "/api/v1/burst",
  action: "burst.read",
  tag: "costs",
  summary: "How burst capacity stands, and what it cost by day",
  query: {
    from: { description: "First day; 30 days before `to` where absent.", example: "2026-11-01" },
    to: { description: "The first day that no longer counts; tomorrow where absent." },
    ...FORMAT_QUERY,
  },
  json: z.object({
    ...{ on: z.boolean(), since: instantSchema.nullable(), currency: currencySchema },
    ...{ rate_per_hour: amountOrNull, today: amountOrNull, month: amountOrNull },
    rows: z.array(rowSchema(BURST_COLUMNS)),
  }),
  files: ["csv"],
  answer: (ctx, { query }) => burstAnswer(ctx, query),
});

export const burstSwitch: Endpoint = {
  method: "POST",
  path: "/api/v1/burst",
  action: "burst.switch",
  tag: "costs",
  summary: "Switches burst capacity on or off",
  description:
    "Saying it again changes nothing. `on` is whether it is on now, which an earlier `at` does not change where it was switched since.",
  parts: {},
  query: {},
  body: {
    description: "What it is from now on, or from an instant.",
    schema: z.object({ on: z.boolean(), at: z.string().optional(), note: z.string().optional() }),
  },
  json: z.object({ changed: z.boolean(), on: z.boolean() }),
  async answer(ctx, { body }) {
    const given = switchOf(body, ctx.ledger.zone);
    const { changed, isOn } = await switchBurst(ctx, given, "api");
    return { body: { changed, on: isOn } };
  },
};
