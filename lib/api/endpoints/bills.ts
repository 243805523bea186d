import { z } from "zod";
import { defineGet } from "@/lib/api/endpoint.ts";
import {
  amountOf,
  amountSchema,
  currencySchema,
  daySchema,
  PERIOD_QUERY,
  periodJson,
  periodOf,
  periodSchema,
} from "@/lib/api/schemas.ts";
import type { Comparison } from "@/lib/bills/compare.ts";
import { BASES, type Basis } from "@/lib/bills/types.ts";
import { changeMicros } from "@/lib/money.ts";
import { loadBillComparison, loadBilled } from "@/lib/pages/bills/comparison.ts";
import { wholeDaysOf } from "@/lib/reports/read/cost-scope.ts";
import { dateOfKey } from "@/lib/time.ts";

const BASIS_QUERY = {
  basis: {
    description:
      "`effective`: commitments spread over what they cover, as AWS' amortised cost; `billed`: as invoiced. `effective` where absent.",
    schema: z.enum(BASES),
    example: "effective",
  },
} as const;
const basisOf = (text: string | undefined): Basis => BASES.find((basis) => basis === text) ?? "effective";

const head = z.object({ period: periodSchema, currency: currencySchema, basis: z.enum(BASES) });

export const billingActual = defineGet({
  path: "/api/v1/billing/actual",
  action: "costs.read",
  tag: "costs",
  summary: "What clouds billed, by day",
  description:
    "From imported bills (FOCUS files, AWS Cost and Usage Reports). They are compared, and charged to nobody.",
  query: { ...PERIOD_QUERY, ...BASIS_QUERY },
  json: head.extend({
    rows: z.array(
      z.object({
        date: daySchema,
        team: z.string().meta({ description: "Empty: no tag names a team." }),
        gpu: z.string().meta({ description: "The GPU that the bill names; empty: something else." }),
        service: z.string(),
        category: z.string(),
        amount: amountSchema,
      }),
    ),
  }),
  async answer(ctx, { query }) {
    const [period, basis] = [periodOf(ctx, query), basisOf(query.basis)];
    const { rows, teamName } = await loadBilled(ctx, wholeDaysOf(period), basis);
    return {
      body: {
        ...{ period: periodJson(period), currency: ctx.ledger.currency, basis },
        rows: rows.map(({ day, teamKey, gpu, service, category, micros }) => ({
          ...{ date: dateOfKey(day), team: teamName(teamKey), gpu, service, category, amount: amountOf(micros) },
        })),
      },
    };
  },
});

const comparedSchema = z.object({
  actual_amount: amountSchema,
  estimated_amount: amountSchema.meta({ description: "What the ledger charged: usage and shares." }),
  variance_amount: amountSchema.meta({ description: "Actual less estimated." }),
  volume_amount: amountSchema.nullable().meta({ description: "Of the variance: by other GPU-hours; null: not known." }),
  price_amount: amountSchema.nullable().meta({ description: "Of the variance: by another price; null: not known." }),
  variance_percent: z.number().nullable().meta({ description: "Of the estimated amount; null where that is 0." }),
});

type Compared = Pick<Comparison, "actualMicros" | "estimatedMicros" | "parts">;
const compared = ({
  actualMicros: actual,
  estimatedMicros: estimated,
  parts,
}: Compared): z.output<typeof comparedSchema> => ({
  ...{
    actual_amount: amountOf(actual),
    estimated_amount: amountOf(estimated),
    variance_amount: amountOf(changeMicros(actual, estimated)),
    volume_amount: parts && amountOf(parts.volumeMicros),
    price_amount: parts && amountOf(parts.priceMicros),
  },
  variance_percent:
    estimated === 0 ? null : Math.round((Number(changeMicros(actual, estimated)) / Number(estimated)) * 10_000) / 100,
});

export const billingComparison = defineGet({
  path: "/api/v1/billing/comparison",
  action: "costs.read",
  tag: "costs",
  summary: "What clouds billed for GPUs against what the ledger charged, by team",
  description: "Only days that have a bill and charges are compared; the others are named.",
  query: { ...PERIOD_QUERY, ...BASIS_QUERY },
  json: head.extend({
    ...comparedSchema.shape,
    other_amount: amountSchema.meta({
      description: "Billed on these days for something else than GPUs; not compared.",
    }),
    compared_days: z.number().int(),
    days_without_bill: z.array(daySchema),
    days_without_charges: z.array(daySchema),
    days_not_final: z
      .array(daySchema)
      .meta({ description: "Days of which the cloud says that the bill may still change." }),
    teams: z.array(comparedSchema.extend({ team: z.string().meta({ description: "Empty: no tag names a team." }) })),
  }),
  async answer(ctx, { query }) {
    const [period, basis] = [periodOf(ctx, query), basisOf(query.basis)];
    const found = await loadBillComparison(ctx, wholeDaysOf(period), basis);
    return {
      body: {
        ...{ period: periodJson(period), currency: ctx.ledger.currency, basis },
        ...compared(found),
        ...{ other_amount: amountOf(found.otherMicros), compared_days: found.days.length },
        days_without_bill: found.withoutBill.map(dateOfKey),
        days_without_charges: found.withoutCharges.map(dateOfKey),
        days_not_final: found.notFinal.map(dateOfKey),
        teams: found.teams.map((team) => ({
          team: found.teamName(team.teamKey),
          ...compared(team),
        })),
      },
    };
  },
});
