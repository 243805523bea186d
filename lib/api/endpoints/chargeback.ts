import { z } from "zod";
import { defineGet } from "@/lib/api/endpoint.ts";
import {
  amountOf,
  amountOrNull,
  amountOrNullOf,
  amountSchema,
  currencySchema,
  daySchema,
  instantSchema,
  todayOf,
} from "@/lib/api/schemas.ts";
import { PERIOD_FORMATS, periodFile, STATEMENT_FORMATS, statementFile } from "@/lib/api/statement-files.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { env } from "@/lib/env.ts";
import { AppError } from "@/lib/errors.ts";
import { sumMicros } from "@/lib/money.ts";
import { loadPeriods } from "@/lib/periods/load.ts";
import { closeSettingsOf, fileSettingsOf } from "@/lib/periods/settings.ts";
import { PERIOD_STATES } from "@/lib/periods/types.ts";
import { loadStatements } from "@/lib/statements/load.ts";
import { dateOfKey } from "@/lib/time.ts";
import { gpuHoursDecimal, percentOf } from "@/lib/units.ts";

const keysOf = (formats: Readonly<Record<string, unknown>>) => z.enum(Object.keys(formats) as [string, ...string[]]);
const COST_CENTRE = { cost_centre: { description: "Only teams of this cost centre; empty: those without." } } as const;

export const periods = defineGet({
  path: "/api/v1/periods",
  action: "statements.read",
  tag: "chargeback",
  summary: "The billing periods with their state, oldest first",
  json: z.object({
    periods: z.array(
      z.object({
        ...{
          id: z.string(),
          state: z.enum(PERIOD_STATES),
          fiscal_year: z.number().int(),
          from: daySchema,
          until: daySchema,
        },
        closed_at: z.number().int().nullable().meta({ description: "Seconds since 1970; null: it is not closed." }),
        hash: z.string().nullable().meta({ description: "The seal of a closed period." }),
      }),
    ),
  }),
  async answer(ctx) {
    const all = await loadPeriods(ctx.db, closeSettingsOf(env()), ctx.now());
    return {
      body: {
        periods: all.map(({ period, state, close }) => ({
          id: period.id,
          state,
          fiscal_year: period.fiscalYear,
          from: dateOfKey(period.fromDay),
          until: dateOfKey(period.untilDay),
          closed_at: close?.closedAt ?? null,
          hash: close?.hash ?? null,
        })),
      },
    };
  },
});

async function filesOf(ctx: Ctx, period: string, format: string, costCentre: string | undefined) {
  const settings = env();
  const file = await periodFile(ctx, closeSettingsOf(settings), fileSettingsOf(settings), period, format, costCentre);
  return { file: file.chunks, format: file.extension, name: file.name };
}

export const periodFiles = defineGet({
  path: "/api/v1/periods/{period}/{format}",
  action: "statements.read",
  tag: "chargeback",
  summary: "Every statement of a period in one file",
  parts: {
    period: { description: "The id of a billing period.", example: "2026-10" },
    format: { description: "What kind of file.", schema: keysOf(PERIOD_FORMATS) },
  },
  query: COST_CENTRE,
  files: ["csv", "json", "xlsx", "pdf", "zip"],
  answer: (ctx, { path, query }) => filesOf(ctx, path.period, path.format, query.cost_centre),
});

export const statementFiles = defineGet({
  path: "/api/v1/statements/{period}/{team}/{format}",
  action: "statements.read",
  tag: "chargeback",
  summary: "One team's statement as a file",
  description: "A draft of what there is now, or as it was closed.",
  parts: {
    period: { description: "The id of a billing period.", example: "2026-10" },
    team: { description: "The key of a team: a whole number.", schema: z.string().regex(/^[1-9]\d{0,14}$/) },
    format: { description: "What kind of file.", schema: keysOf(STATEMENT_FORMATS) },
  },
  files: ["csv", "json", "xlsx", "pdf"],
  async answer(ctx, { path: { period, team, format } }) {
    if (!/^[1-9]\d{0,14}$/.test(team)) throw new AppError("not_found", `"${team}" is not the key of a team.`);
    const settings = env();
    const page = fileSettingsOf(settings);
    const file = await statementFile(ctx, closeSettingsOf(settings), period, Number(team), format, page);
    return { file: file.chunks, format: file.extension, name: file.name };
  },
});

const PERIOD = {
  period: { description: "The id of a billing period; the last one that is over where absent.", example: "2026-10" },
} as const;

/** The period asked for, or the last that is over, or the first. @throws AppError `not_found` without periods. */
async function periodIdOf(ctx: Ctx, given: string | undefined): Promise<string> {
  if (given !== undefined) return given;
  const all = await loadPeriods(ctx.db, closeSettingsOf(env()), ctx.now());
  const today = todayOf(ctx);
  const last = all.findLast(({ period }) => period.untilDay <= today) ?? all.at(0);
  if (!last) throw new AppError("not_found", "There is no billing period yet: it begins with the first metered day.");
  return last.period.id;
}

export const chargeback = defineGet({
  path: "/api/v1/reports/chargeback",
  action: "statements.read",
  tag: "chargeback",
  summary: "The statements of a period in one file",
  query: {
    ...PERIOD,
    format: { description: "What kind of file; `csv` where absent.", schema: keysOf(PERIOD_FORMATS) },
    ...COST_CENTRE,
  },
  files: ["csv", "json", "xlsx", "pdf", "zip"],
  answer: async (ctx, { query }) =>
    filesOf(ctx, await periodIdOf(ctx, query.period), query.format ?? "csv", query.cost_centre),
});

export const chargebackPreview = defineGet({
  path: "/api/v1/reports/chargeback/preview",
  action: "statements.read",
  tag: "chargeback",
  summary: "What each team is charged in a period",
  description: "The totals of the statements that you may see: drafts of what there is now, or as they were closed.",
  query: PERIOD,
  json: z.object({
    period: z.object({ id: z.string(), state: z.enum(PERIOD_STATES), from: daySchema, until: daySchema }),
    generated_at: instantSchema,
    currency: currencySchema,
    total: amountSchema.meta({ description: "Of these statements, each rounded to the minor unit." }),
    statements: z.array(
      z.object({
        ...{ team: z.string(), team_key: z.number().int(), cost_centre: z.string(), number: z.string().nullable() },
        ...{
          total: amountSchema,
          usage: amountSchema,
          shares: amountSchema,
          imported: amountSchema,
          corrections: amountSchema,
        },
        ...{ idle: amountSchema, idle_gpu_hours: z.string(), previous_total: amountOrNull, budget: amountOrNull },
        coverage_percent: z.number().nullable(),
      }),
    ),
  }),
  async answer(ctx, { query }) {
    const { view, statements } = await loadStatements(ctx, closeSettingsOf(env()), await periodIdOf(ctx, query.period));
    const { id, fromDay, untilDay } = view.period;
    return {
      body: {
        period: { id, state: view.state, from: dateOfKey(fromDay), until: dateOfKey(untilDay) },
        generated_at: new Date(ctx.now() * 1000).toISOString().replace(".000Z", "Z"),
        currency: ctx.ledger.currency,
        total: amountOf(sumMicros(statements.map((s) => s.header.roundedMicros))),
        statements: statements.map(({ number, header: h }) => ({
          ...{ team: h.team.name, team_key: h.team.key, cost_centre: h.team.costCentre, number },
          ...{ total: amountOf(h.roundedMicros), usage: amountOf(h.usageMicros), shares: amountOf(h.shareMicros) },
          ...{
            imported: amountOf(h.costMicros),
            corrections: amountOf(h.correctionMicros),
            idle: amountOf(h.idleMicros),
          },
          idle_gpu_hours: gpuHoursDecimal(h.idleQuantity),
          previous_total: amountOrNullOf(h.previousMicros),
          budget: amountOrNullOf(h.budgetMicros ?? null),
          coverage_percent: percentOf(h.observedMilli, h.expectedMilli),
        })),
      },
    };
  },
});
