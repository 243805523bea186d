import { z } from "zod";
import { defineGet } from "@/lib/api/endpoint.ts";
import {
  amountOf,
  amountSchema,
  currencySchema,
  PERIOD_QUERY,
  periodJson,
  periodOf,
  periodSchema,
} from "@/lib/api/schemas.ts";
import { formatDecimal } from "@/lib/money.ts";
import { loadOpencost } from "@/lib/pages/opencost.ts";
import { wholeDaysOf } from "@/lib/reports/read/cost-scope.ts";

const hoursSchema = z.string().regex(/^-?\d+(\.\d+)?$/);
const hoursOf = (milliHours: number): string => formatDecimal(milliHours, 3);
const orNull = <V, T>(value: V | null, of: (value: V) => T): T | null => (value === null ? null : of(value));

export const billingOpencost = defineGet({
  path: "/api/v1/billing/opencost",
  action: "costs.read",
  tag: "costs",
  summary: "GPU cost by namespace: OpenCost's against the ledger's",
  description: "On days of a cluster that OpenCost was read of and the ledger charged. Null: not known.",
  query: PERIOD_QUERY,
  json: z.object({
    ...{
      period: periodSchema,
      currency: currencySchema,
      compared_days: z.number().int(),
      days_left_out: z.number().int(),
    },
    rows: z.array(
      z.object({
        cluster: z.string(),
        namespace: z.string().meta({ description: "Empty: what OpenCost allocates to no namespace." }),
        their_gpu_hours: hoursSchema.nullable(),
        our_gpu_hours: hoursSchema,
        their_amount: amountSchema.nullable(),
        our_amount: amountSchema,
        volume_amount: amountSchema.nullable().meta({ description: "Of the difference: by other GPU-hours." }),
        price_amount: amountSchema.nullable().meta({ description: "Of the difference: by another price." }),
        reasons: z.array(z.string()),
      }),
    ),
  }),
  async answer(ctx, { query }) {
    const period = periodOf(ctx, query);
    const found = await loadOpencost(ctx, wholeDaysOf(period));
    return {
      body: {
        ...{ period: periodJson(period), currency: ctx.ledger.currency },
        ...{ compared_days: found.days, days_left_out: found.leftOut },
        rows: found.rows.map((row) => ({
          ...{ cluster: found.clusterName(row.clusterId), namespace: row.namespace },
          their_gpu_hours: orNull(row.theirMilliHours, hoursOf),
          our_gpu_hours: hoursOf(row.ourMilliHours),
          their_amount: orNull(row.theirMicros, amountOf),
          our_amount: amountOf(row.ourMicros),
          volume_amount: orNull(row.parts?.volumeMicros ?? null, amountOf),
          price_amount: orNull(row.parts?.priceMicros ?? null, amountOf),
          reasons: [...row.reasons],
        })),
      },
    };
  },
});
