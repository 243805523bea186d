import { z } from "zod";
import { defineGet } from "@/lib/api/endpoint.ts";
import {
  amountOf,
  amountOrNull,
  amountOrNullOf,
  amountSchema,
  currencySchema,
  dayOrNullOf,
  daySchema,
  PERIOD_QUERY,
  periodJson,
  periodOf,
  periodSchema,
  todayOf,
} from "@/lib/api/schemas.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { loadSpend, type SpendPart, type SpendView, UNSEEN_PROJECTS } from "@/lib/pages/spend.ts";
import { GRAINS, readTrend } from "@/lib/reports/cost/cost-trend.ts";
import { type Days, findCostScope, wholeDaysOf } from "@/lib/reports/read/cost-scope.ts";
import { exactIdleOf, exactTotalOf } from "@/lib/reports/read/spend.ts";
import type { Period } from "@/lib/reports/report.ts";
import { addDays, dateOfKey, dayOfKey } from "@/lib/time.ts";
import { gpuHoursDecimal } from "@/lib/units.ts";

const CLUSTER = { description: "Only this cluster: its name or id." } as const;
const gpuHours = z.string().meta({ description: "GPU-hours, a decimal with six places." });

const partSchema = z.object({
  name: z.string().meta({ description: "Empty: of no project, or of projects that you see as a sum alone." }),
  amount: amountSchema,
  idle_amount: amountSchema,
  gpu_hours: gpuHours,
  change: amountOrNull.meta({
    description: "Against the period before, over complete days; null: there is nothing to compare.",
  }),
});
const totalsSchema = z.object({
  period: periodSchema,
  currency: currencySchema,
  amount: amountOrNull.meta({
    description: "Usage, shares, imported cost and corrections together; null: nothing is charged.",
  }),
  usage_amount: amountOrNull,
  shared_amount: amountOrNull,
  imported_amount: amountOrNull,
  correction_amount: amountOrNull,
  idle_amount: amountOrNull,
  gpu_hours: gpuHours.nullable(),
  gpu_hours_unpriced: gpuHours.nullable(),
  change: amountOrNull,
  compared: z
    .object({ from: daySchema, to: daySchema, before_from: daySchema, before_to: daySchema })
    .nullable()
    .meta({ description: "The complete days that `change` compares, and those before; `to` no longer counts." }),
});

const partOf = (part: SpendPart) => ({
  name: part.key === 0 || part.key === UNSEEN_PROJECTS ? "" : part.name,
  amount: amountOf(part.exact.micros),
  idle_amount: amountOf(part.exact.idleMicros),
  gpu_hours: gpuHoursDecimal(part.gpuMilli),
  change: amountOrNullOf(part.exact.changeMicros),
});

function totalsOf(spend: SpendView, period: Period): z.output<typeof totalsSchema> {
  const { pair } = spend;
  const { exact } = spend.sums;
  // Of what was never charged nothing is known: not that it cost nothing.
  const known = spend.totalMicros !== null;
  const part = (micros: bigint) => amountOrNullOf(known ? micros : null);
  return {
    period: periodJson(period),
    currency: spend.currency,
    amount: part(exactTotalOf(spend.sums)),
    usage_amount: part(exact.usageMicros),
    shared_amount: part(exact.shareMicros),
    imported_amount: part(exact.costMicros),
    correction_amount: part(exact.correctionMicros),
    idle_amount: part(exactIdleOf(spend.sums)),
    gpu_hours: known ? gpuHoursDecimal(spend.sums.gpuMilli) : null,
    gpu_hours_unpriced: spend.unpricedMilli === null ? null : gpuHoursDecimal(spend.unpricedMilli),
    change: amountOrNullOf(spend.exactChangeMicros),
    compared: pair && {
      ...{ from: dateOfKey(pair.now.from), to: dateOfKey(pair.now.until) },
      ...{ before_from: dateOfKey(pair.before.from), before_to: dateOfKey(pair.before.until) },
    },
  };
}

export const costsSummary = defineGet({
  path: "/api/v1/costs/summary",
  action: "usage.read",
  tag: "costs",
  summary: "Cost of a period, by team",
  description: "The figures of the page Spend and of the report cost-by-team, of the teams whose cost you may see.",
  query: { ...PERIOD_QUERY, cluster: CLUSTER },
  json: totalsSchema.extend({ teams: z.array(partSchema) }),
  async answer(ctx, { query }) {
    const period = periodOf(ctx, query);
    const days = wholeDaysOf(period);
    const spend = await loadSpend(ctx, { days, today: todayOf(ctx), grain: "month", cluster: query.cluster });
    return { body: { ...totalsOf(spend, period), teams: spend.teams.map(partOf) } };
  },
});

export const costsTeam = defineGet({
  path: "/api/v1/costs/team/{team}",
  action: "usage.read",
  tag: "costs",
  summary: "Cost of one team, by project",
  parts: { team: { description: "The name or the key of a team that you may see." } },
  query: { ...PERIOD_QUERY, cluster: CLUSTER },
  json: totalsSchema.extend({ team: z.string(), projects: z.array(partSchema) }),
  async answer(ctx, { path: { team }, query }) {
    const period = periodOf(ctx, query);
    const input = {
      days: wholeDaysOf(period),
      today: todayOf(ctx),
      grain: "month",
      cluster: query.cluster,
      team,
    } as const;
    const spend = await loadSpend(ctx, input);
    const projects = spend.teams.flatMap((t) => t.projects).map(partOf);
    return { body: { team: spend.team?.name ?? team, ...totalsOf(spend, period), projects } };
  },
});

export const trendsCosts = defineGet({
  path: "/api/v1/trends/costs",
  action: "usage.read",
  tag: "costs",
  summary: "Cost over time, by team",
  description: "Rows in order of days and teams. `days=7`, `30` or `90` is the time up to today; or give a period.",
  query: {
    ...PERIOD_QUERY,
    days: {
      description: "As many days up to today, instead of a period.",
      schema: z.enum(["7", "30", "90"]),
      example: "30",
    },
    grain: { description: "The span of a row; `day` where absent.", schema: z.enum(GRAINS) },
    team: { description: "Only this team: its name or key." },
    cluster: CLUSTER,
  },
  json: z.object({
    period: periodSchema,
    currency: currencySchema,
    rows: z.array(
      z.object({
        from: daySchema,
        to: daySchema,
        team: z.string(),
        amount: amountSchema,
        idle_amount: amountSchema,
        gpu_hours: gpuHours,
      }),
    ),
  }),
  async answer(ctx, { query }) {
    const { days: count, grain, team, cluster, ...asked } = query;
    if (count !== undefined && Object.values(asked).some((value) => value !== undefined))
      throw new AppError("invalid", "More than one period is given: use days, or a period.");
    const period = count === undefined ? periodOf(ctx, asked) : lastDays(ctx, Number(count));
    const days = wholeDaysOf(period);
    const scope = await findCostScope(ctx, { team, cluster }, "team");
    const rows = await readTrend(ctx, scope, days, GRAINS.find((g) => g === grain) ?? "day");
    return {
      body: {
        period: periodJson(period),
        currency: ctx.ledger.currency,
        rows: rows.map((row) => ({
          ...{ from: dateOfKey(row.fromDay), to: dateOfKey(row.untilDay), team: scope.teamName(row.teamKey).name },
          ...{
            amount: amountOf(exactTotalOf(row)),
            idle_amount: amountOf(exactIdleOf(row)),
            gpu_hours: gpuHoursDecimal(row.gpuMilli),
          },
        })),
      },
    };
  },
});

/** The days up to today, today included. */
function lastDays(ctx: Ctx, count: number): Period {
  const until = addDays(todayOf(ctx), 1);
  const days: Days = { from: addDays(until, -count), until };
  const [from, to] = [dayOrNullOf(days.from), dayOrNullOf(days.until)];
  const { zone } = ctx.ledger;
  return { label: `${from} to ${to}`, days, start: dayOfKey(days.from, zone).start, end: dayOfKey(until, zone).start };
}
