import { z } from "zod";
import { scopeOf } from "@/lib/api/budget-answer.ts";
import { defineGet, type Endpoint } from "@/lib/api/endpoint.ts";
import { parseFormat } from "@/lib/api/report-request.ts";
import { rowsAnswer } from "@/lib/api/rows-answer.ts";
import { daySchema, FORMAT_QUERY, REASON_QUERY } from "@/lib/api/schemas.ts";
import { planEvent, removeEvent, withdrawBudget } from "@/lib/budgets/changes.ts";
import { listVisibleEvents, type VisibleEvent } from "@/lib/budgets/planned.ts";
import { scopeId } from "@/lib/budgets/types.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { PLANNED_COLUMNS, plannedRow } from "@/lib/exports/budget-rows.ts";
import { parseInput } from "@/lib/input.ts";
import { formatMicros, parseMicros } from "@/lib/money.ts";
import { dateOfKey, parseDay } from "@/lib/time.ts";

const amount = z.union([z.string(), z.number()]);
const scope = z.string("For what? Write all, team:11, cost-centre:CC-7100, department:research or project:3.");

const eventJson = z.object({
  ...{ event: z.string(), scope, name: z.string(), from: daySchema },
  until: daySchema.nullable().meta({ description: "The first day after it; null: it stays." }),
  change_percent: z.int(),
  per_day: z.string().meta({ description: "An amount that is added to each day; may be negative." }),
  ...{ note: z.string(), recorded_by: z.string() },
});

const answerOf = ({ id, scope: of, name, fromDay, untilDay, recordedBy, ...event }: VisibleEvent) => ({
  ...{ event: id, scope: scopeId(of), name, from: dateOfKey(fromDay) },
  until: untilDay === null ? null : dateOfKey(untilDay),
  ...{ change_percent: event.changePercent, per_day: formatMicros(event.perDayMicros) },
  ...{ note: event.note, recorded_by: recordedBy },
});

export const plannedEvents = defineGet({
  path: "/api/v1/forecast/events",
  action: "budgets.read",
  tag: "budgets",
  summary: "What is planned and changes forecasts",
  query: FORMAT_QUERY,
  files: ["csv"],
  json: z.object({ events: z.array(eventJson) }),
  async answer(ctx, { query }) {
    const events = await listVisibleEvents(ctx);
    if (parseFormat(query.format ?? "json") === "csv")
      return rowsAnswer(PLANNED_COLUMNS, events.map(plannedRow), "csv", "planned-events");
    return { body: { events: events.map(answerOf) } };
  },
});

const eventBody = z.strictObject({
  scope,
  from: z.string("From which day? Write it as YYYY-MM-DD."),
  until: z.string().nullable().optional().meta({ description: "The first day after it; null or absent: it stays." }),
  change_percent: z.number().optional().meta({ description: "Changes the forecast by so many per cent, such as -30." }),
  per_day: amount.optional().meta({ description: "Adds so much to each day." }),
  note: z.string("What is planned? A word or two."),
  reason: z.string().max(500).default(""),
});

async function eventNow(ctx: Ctx, id: string) {
  const found = (await listVisibleEvents(ctx)).find((event) => event.id === id);
  if (!found) throw new AppError("not_found", "There is no such planned event.");
  return answerOf(found);
}

export const addPlannedEvent: Endpoint = {
  method: "POST",
  path: "/api/v1/forecast/events",
  action: "budgets.edit",
  tag: "budgets",
  summary: "Plans something that the past does not show",
  description: "A node pool, a holiday, the end of a project: the forecast of its scope takes it into account.",
  parts: {},
  query: {},
  body: { description: "A change in per cent, an amount for each day, or both.", schema: eventBody },
  json: eventJson,
  async answer(ctx, { body }) {
    const given = parseInput(eventBody, body);
    const perDayMicros = given.per_day === undefined ? 0 : parseMicros(String(given.per_day));
    if (perDayMicros === null)
      throw new AppError("invalid", `per_day: "${given.per_day}" is not an amount: write it plainly, such as 250.50.`);
    const event = {
      ...{ scope: scopeOf(given.scope), fromDay: parseDay(given.from), note: given.note, perDayMicros },
      untilDay: given.until === undefined || given.until === null ? null : parseDay(given.until),
      changePercent: given.change_percent ?? 0,
    };
    return { body: await eventNow(ctx, await planEvent(ctx, event, given.reason)) };
  },
};

const EVENT = { event: { description: "The id of a planned event." } } as const;

export const removePlannedEvent: Endpoint<typeof EVENT, typeof REASON_QUERY> = {
  method: "DELETE",
  path: "/api/v1/forecast/events/{event}",
  action: "budgets.edit",
  tag: "budgets",
  summary: "Withdraws a planned event",
  description: "The forecast no longer takes it into account; the audit log keeps it.",
  parts: EVENT,
  query: REASON_QUERY,
  json: z.object({ withdrawn: z.literal(true) }),
  async answer(ctx, { path, query }) {
    await removeEvent(ctx, path.event, query.reason);
    return { body: { withdrawn: true } };
  },
};

const BUDGET = {
  scope: { description: "`all`, `team:11`, `cost-centre:CC-7100`, `department:research` or `project:3`." },
  from: { description: "The day from which it was set.", schema: daySchema },
} as const;

export const withdrawBudgetByApi: Endpoint<typeof BUDGET, typeof REASON_QUERY> = {
  method: "DELETE",
  path: "/api/v1/budgets/{scope}/{from}",
  action: "budgets.edit",
  tag: "budgets",
  summary: "Withdraws what was set from a day on",
  description:
    "As if nothing had been set from that day on: the budget before it is in force again. Earlier versions stay on record. To end a budget, set an amount of null.",
  parts: BUDGET,
  query: REASON_QUERY,
  json: z.object({ withdrawn: z.literal(true) }),
  async answer(ctx, { path, query }) {
    await withdrawBudget(ctx, scopeOf(path.scope), parseDay(path.from), query.reason);
    return { body: { withdrawn: true } };
  },
};
