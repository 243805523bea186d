import { z } from "zod";
import { defineGet, type Endpoint } from "@/lib/api/endpoint.ts";
import { daySchema, FORMAT_QUERY, rowSchema } from "@/lib/api/schemas.ts";
import { countsOf, unitsAnswer } from "@/lib/api/unit-answer.ts";
import { AppError } from "@/lib/errors.ts";
import { UNIT_COLUMNS, UNIT_DAY_COLUMNS, unitDayRows, unitRow } from "@/lib/exports/unit-rows.ts";
import { recordCounts } from "@/lib/unit-costs/changes.ts";

const DAYS_QUERY = {
  from: { description: "First day; 30 days before `to` where absent.", example: "2026-11-01" },
  to: { description: "The first day that no longer counts; today where absent.", example: "2026-11-30" },
  ...FORMAT_QUERY,
} as const;
const UNIT = {
  unit: { description: "The key of a unit: a whole number.", schema: z.string().regex(/^\d{1,15}$/) },
} as const;

function keyOf(unit: string): number {
  if (/^\d{1,15}$/.test(unit)) return Number(unit);
  throw new AppError("not_found", `There is no unit "${unit}" that you may see: use its key.`);
}

export const units = defineGet({
  path: "/api/v1/units",
  action: "units.read",
  tag: "costs",
  summary: "What every unit costs: a request, a token, a lead",
  query: DAYS_QUERY,
  json: z.object({ rows: z.array(rowSchema(UNIT_COLUMNS)) }),
  files: ["csv"],
  answer: (ctx, { query }) =>
    unitsAnswer(ctx, query, "unit-costs", UNIT_COLUMNS, (view, currency) => [unitRow(view, currency)]),
});

export const unit = defineGet({
  path: "/api/v1/units/{unit}",
  action: "units.read",
  tag: "costs",
  summary: "The days of a unit: count, cost and unit cost",
  parts: UNIT,
  query: DAYS_QUERY,
  json: z.object({ rows: z.array(rowSchema(UNIT_DAY_COLUMNS)) }),
  files: ["csv"],
  async answer(ctx, { path, query }) {
    const key = keyOf(path.unit);
    return unitsAnswer(ctx, query, `unit-${key}`, UNIT_DAY_COLUMNS, unitDayRows, key);
  },
});

const countSchema = z.object({
  id: z.string().meta({ description: "Sending the same again changes nothing." }),
  count: z
    .union([z.number(), z.string(), z.null()])
    .meta({ description: "At most three decimals; null withdraws it." }),
  day: daySchema.optional(),
  at: z.iso.datetime().optional().meta({ description: "An instant of the day, instead of it." }),
});

export const recordUnitCounts: Endpoint<typeof UNIT> = {
  method: "POST",
  path: "/api/v1/units/{unit}",
  action: "units.count",
  tag: "costs",
  summary: "Records counts of a unit",
  parts: UNIT,
  query: {},
  body: {
    description: "One count, or several; at most 4 MiB.",
    schema: z.union([z.object({ counts: z.array(countSchema) }), countSchema]),
  },
  json: z.object(
    Object.fromEntries(["added", "changed", "withdrawn", "unchanged"].map((what) => [what, z.number().int()])),
  ),
  async answer(ctx, { path, body }) {
    return { body: await recordCounts(ctx, keyOf(path.unit), countsOf(body, ctx.ledger.zone)) };
  },
};
