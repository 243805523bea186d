import { z } from "zod";
import { listVisibleEvents } from "@/lib/alerts/list.ts";
import { alertSchema, receiveAlerts, webhookSchema } from "@/lib/alerts/received/receive.ts";
import { outlooksAnswer } from "@/lib/api/budget-answer.ts";
import { budgetsBody, putBudgets } from "@/lib/api/budget-put.ts";
import { defineGet, type Endpoint } from "@/lib/api/endpoint.ts";
import { parseFormat } from "@/lib/api/report-request.ts";
import {
  amountOrNull,
  daySchema,
  FORMAT_QUERY,
  instantOf,
  instantOrNullOf,
  instantSchema,
  rowSchema,
} from "@/lib/api/schemas.ts";
import { BUDGET_SPANS } from "@/lib/budgets/types.ts";
import { EVENT_COLUMNS, eventRow } from "@/lib/exports/alert-rows.ts";
import { FORECAST_COLUMNS, forecastRows, OUTLOOK_COLUMNS, outlookRow } from "@/lib/exports/budget-rows.ts";
import { csvChunks } from "@/lib/exports/csv.ts";

const OUTLOOK_QUERY = {
  scope: {
    description: "Only this scope: `all`, `team:11`, `cost-centre:CC-7100`, `department:research` or `project:3`.",
  },
  span: { description: "The period to look at; that of each budget where absent.", schema: z.enum(BUDGET_SPANS) },
  ...FORMAT_QUERY,
} as const;

const budgetsAt = (path: string, summary: string) =>
  defineGet({
    path,
    action: "budgets.read",
    tag: "budgets",
    summary,
    description:
      "Every budget that you may see, and scopes without one: spent, expected with its band, chance and dates of a breach.",
    query: OUTLOOK_QUERY,
    json: z.object({ rows: z.array(rowSchema(OUTLOOK_COLUMNS)) }),
    files: ["csv"],
    answer: (ctx, { query }) =>
      outlooksAnswer(ctx, query, "budgets", OUTLOOK_COLUMNS, (o, currency) => [outlookRow(o, currency)]),
  });

export const budgets = budgetsAt("/api/v1/budgets", "How budgets stand");
export const budgetForecast = budgetsAt(
  "/api/v1/budget/forecast",
  "How budgets stand, under the name of earlier platforms",
);

export const forecast = defineGet({
  path: "/api/v1/forecast",
  action: "budgets.read",
  tag: "budgets",
  summary: "What is spent and expected by each day of a period",
  query: OUTLOOK_QUERY,
  json: z.object({ rows: z.array(rowSchema(FORECAST_COLUMNS)) }),
  files: ["csv"],
  answer: (ctx, { query }) => outlooksAnswer(ctx, query, "forecast", FORECAST_COLUMNS, forecastRows),
});

export const budgetAlerts = defineGet({
  path: "/api/v1/budget/alerts",
  action: "budgets.read",
  tag: "budgets",
  summary: "Budgets that are in warning, critical or exceeded",
  query: OUTLOOK_QUERY,
  json: z.object({ rows: z.array(rowSchema(OUTLOOK_COLUMNS)) }),
  files: ["csv"],
  answer: (ctx, { query }) =>
    outlooksAnswer(ctx, query, "budget-alerts", OUTLOOK_COLUMNS, (o, currency) =>
      o.budget && o.budget.status !== "on_track" ? [outlookRow(o, currency)] : [],
    ),
});

const putSchema = z.object({
  scope: z.string(),
  from: daySchema,
  span: z.enum(BUDGET_SPANS),
  amount: amountOrNull.meta({ description: "Of each span; null: no budget from this day on." }),
  ...{ carry_over: z.boolean(), warning_percent: z.number(), critical_percent: z.number(), note: z.string() },
});

export const setBudgetsByApi: Endpoint = {
  method: "PUT",
  path: "/api/v1/budgets",
  action: "budgets.edit",
  tag: "budgets",
  summary: "Sets budgets, all or none",
  description:
    "The same again changes nothing. Answers those that were set, and how many of them were added, replaced or unchanged. A refusal lists everything that is wrong.",
  parts: {},
  query: {},
  body: { description: "At most 1000 budgets, with a reason for the audit log.", schema: budgetsBody },
  json: z.object({
    budgets: z.array(putSchema),
    ...{ added: z.number().int(), replaced: z.number().int(), unchanged: z.number().int() },
  }),
  answer: async (ctx, { body }) => ({ body: await putBudgets(ctx, body) }),
};

const MOST_ALERTS = 500;

export const alerts = defineGet({
  path: "/api/v1/alerts",
  action: "alerts.read",
  tag: "budgets",
  summary: "Alerts: those that hold first, then the newest",
  description: `At most ${MOST_ALERTS}.`,
  query: FORMAT_QUERY,
  files: ["csv"],
  json: z.object({
    alerts: z.array(
      z.object({
        ...{ id: z.string(), rule: z.number().int(), subject: z.string(), team: z.number().int().nullable() },
        ...{
          state: z.string(),
          severity: z.enum(["info", "warning", "critical"]),
          title: z.string(),
          summary: z.string(),
        },
        facts: z.record(z.string(), z.string()),
        ...{ started_at: instantSchema, resolved_at: instantSchema.nullable() },
        ...{ acknowledged_at: instantSchema.nullable(), acknowledged_by: z.string().nullable() },
      }),
    ),
  }),
  async answer(ctx, { query }) {
    const format = parseFormat(query.format ?? "json");
    const events = await listVisibleEvents(ctx, MOST_ALERTS);
    if (format === "csv")
      return { file: csvChunks(EVENT_COLUMNS, onePage(events.map(eventRow))), format, name: "alerts.csv" };
    return {
      body: {
        alerts: events.map((event) => ({
          ...{ id: event.id, rule: event.ruleKey, subject: event.subject, team: event.teamKey || null },
          ...{ state: event.state, severity: event.severity, title: event.title, summary: event.detail.summary },
          facts: Object.fromEntries(event.detail.facts.map((fact) => [fact.label, fact.value])),
          ...{ started_at: instantOf(event.startedAt), resolved_at: instantOrNullOf(event.resolvedAt) },
          ...{ acknowledged_at: instantOrNullOf(event.acknowledgedAt), acknowledged_by: event.acknowledgedBy || null },
        })),
      },
    };
  },
});

async function* onePage<T>(rows: T): AsyncGenerator<T> {
  yield rows;
}

/** An Alertmanager repeats what is answered by 5xx alone, so it never gets the answer to come back later. */
export const receiveAlert: Endpoint = {
  method: "POST",
  path: "/api/v1/alerts",
  action: "alerts.receive",
  tag: "budgets",
  summary: "Takes the webhook of an Alertmanager",
  parts: {},
  query: {},
  unlimited: true,
  body: {
    description: "The webhook of Alertmanager, version 4; at most 4 MiB.",
    schema: webhookSchema.extend({ alerts: z.array(alertSchema) }),
  },
  json: z.object({ changed: z.number().int().meta({ description: "Events that it opened, changed or resolved." }) }),
  answer: async (ctx, { body }) => ({ body: { changed: await receiveAlerts(ctx, body) } }),
};
