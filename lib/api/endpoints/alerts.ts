import { z } from "zod";
import { retryDelivery } from "@/lib/alerts/answer.ts";
import { addRule, archiveRule, changeRule, muteRule, needMute, setRuleEnabled } from "@/lib/alerts/change-rule.ts";
import { type ListedRule, listVisibleDeliveries, listVisibleRules } from "@/lib/alerts/list.ts";
import { personAt } from "@/lib/alerts/preferences/place.ts";
import { formatMinute, parseMinute } from "@/lib/alerts/quiet.ts";
import { getRuleKind, RULE_KINDS } from "@/lib/alerts/rules/index.ts";
import { DELIVERY_STATES, MODES, readMessage, SEVERITIES } from "@/lib/alerts/types.ts";
import { defineGet, type Endpoint } from "@/lib/api/endpoint.ts";
import { parseFormat } from "@/lib/api/report-request.ts";
import { rowsAnswer } from "@/lib/api/rows-answer.ts";
import {
  FORMAT_QUERY,
  instantOf,
  instantOrNullOf,
  instantSchema,
  keyOf,
  keySchema,
  REASON_QUERY,
} from "@/lib/api/schemas.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { MESSAGE_COLUMNS, messageRow, RULE_COLUMNS, ruleRow, thresholdCell } from "@/lib/exports/alert-rows.ts";
import { parseInput } from "@/lib/input.ts";
import { parseMicros } from "@/lib/money.ts";
import { parseInstant } from "@/lib/time.ts";

const KIND_NAMES = RULE_KINDS.map(({ kind }) => kind) as [string, ...string[]];
const clock = z
  .string()
  .meta({ description: "A time of day of the billing time zone, such as 22:00; null: no quiet hours." });
const threshold = z.string().nullable().meta({
  description:
    "An amount as a decimal, else a whole number: seconds, per cent, watts, degrees; null: the kind takes none.",
});
const route = z.strictObject({ channel: z.int().positive(), mode: z.enum(MODES) });

const definition = {
  kind: z.enum(KIND_NAMES),
  name: z.string(),
  team: z.int().positive().nullable().meta({ description: "The key of a team; null: everything." }),
  threshold,
  severity: z.enum(SEVERITIES),
  ...{ hold_seconds: z.int(), repeat_seconds: z.int(), escalate_seconds: z.int() },
  ...{ quiet_from: clock.nullable(), quiet_until: clock.nullable() },
  people: z.boolean().meta({ description: "Whether the people whom it concerns are notified, too." }),
  channels: z.array(route),
  title_template: z.string().meta({ description: "Empty: the usual title. `{title}` and others stand for its parts." }),
  summary_template: z.string(),
  enabled: z.boolean(),
  muted_until: instantSchema.nullable(),
};
export const ruleSchema = z.object({
  key: z.int(),
  ...definition,
  checked_at: instantSchema.nullable().meta({ description: "When it was evaluated last; null: not yet." }),
  error: z.string().meta({ description: "Why it could not be; empty: it could." }),
});

/** What a program sends: the kind, and what differs from its usual values. */
const ruleBody = z.strictObject({
  kind: definition.kind,
  name: definition.name.optional(),
  team: definition.team.optional(),
  threshold: z.union([z.string(), z.number(), z.null()]).optional().meta({ description: "As it is answered." }),
  severity: definition.severity.optional(),
  hold_seconds: z.int().optional(),
  repeat_seconds: z.int().optional(),
  escalate_seconds: z.int().optional(),
  quiet_from: clock.nullable().optional(),
  quiet_until: clock.nullable().optional(),
  people: z.boolean().optional(),
  channels: z.array(route).optional(),
  title_template: z.string().optional(),
  summary_template: z.string().optional(),
  enabled: z.boolean().optional(),
  muted_until: z.string().nullable().optional().meta({ description: "An instant within 90 days; null ends a mute." }),
});
type RuleBody = z.output<typeof ruleBody>;

const minuteOf = (text: string | null | undefined, name: string): number => {
  if (text === null || text === undefined) return -1;
  const minute = parseMinute(text);
  if (minute === null) throw new AppError("invalid", `${name}: "${text}" is not a time of day such as 22:00.`);
  return minute;
};

function thresholdOf(kind: string, given: RuleBody["threshold"]): number {
  const rule = getRuleKind(kind).threshold;
  if (!rule) {
    if (given !== undefined && given !== null) throw new AppError("invalid", `threshold: "${kind}" takes none.`);
    return 0;
  }
  if (given === undefined || given === null) return rule.usual;
  const value = rule.unit === "money" ? parseMicros(String(given)) : Number(given);
  if (value === null || !Number.isFinite(value))
    throw new AppError("invalid", `threshold: "${given}" is not a number.`);
  return value;
}

function inputOf(body: RuleBody) {
  const kind = getRuleKind(body.kind);
  return {
    ...{ kind: kind.kind, name: body.name ?? "", teamKey: body.team ?? 0 },
    ...{ threshold: thresholdOf(body.kind, body.threshold), severity: body.severity ?? kind.severity },
    ...{ holdSeconds: body.hold_seconds ?? kind.holdSeconds, repeatSeconds: body.repeat_seconds ?? kind.repeatSeconds },
    escalateSeconds: body.escalate_seconds ?? 0,
    quietFrom: minuteOf(body.quiet_from, "quiet_from"),
    quietUntil: minuteOf(body.quiet_until, "quiet_until"),
    people: body.people ?? true,
    routes: (body.channels ?? []).map(({ channel, mode }) => ({ channelKey: channel, mode })),
    ...{ titleTemplate: body.title_template ?? "", summaryTemplate: body.summary_template ?? "" },
  };
}

/** The end of a mute. @throws AppError `invalid` that names the field. */
export function muteOf(text: string | null, name = "muted_until"): number | null {
  const at = text === null ? null : parseInstant(text);
  if (text !== null && at === null) throw new AppError("invalid", `${name}: "${text}" is not an instant.`);
  return at;
}

/** Before anything is written, so that a request that is refused changes nothing. @throws AppError `invalid`. */
function checkMute(ctx: Ctx, { muted_until }: RuleBody): void {
  if (muted_until !== undefined) needMute(ctx, muteOf(muted_until));
}

/** What a body says of a rule besides its definition; what it does not say stays. */
async function switched(ctx: Ctx, key: number, { enabled, muted_until }: RuleBody): Promise<void> {
  if (enabled !== undefined) await setRuleEnabled(ctx, key, enabled);
  if (muted_until !== undefined) await muteRule(ctx, key, muteOf(muted_until));
}

function answerOf(rule: ListedRule): z.output<typeof ruleSchema> {
  const clockOf = (minute: number) => (minute < 0 ? null : formatMinute(minute));
  return {
    ...{ key: rule.key, kind: rule.kind, name: rule.name, team: rule.teamKey || null, severity: rule.severity },
    threshold: thresholdCell(rule),
    ...{ hold_seconds: rule.holdSeconds, repeat_seconds: rule.repeatSeconds, escalate_seconds: rule.escalateSeconds },
    ...{ quiet_from: clockOf(rule.quietFrom), quiet_until: clockOf(rule.quietUntil), people: rule.people === 1 },
    channels: rule.routes.map(({ channelKey, mode }) => ({ channel: channelKey, mode })),
    ...{ title_template: rule.titleTemplate, summary_template: rule.summaryTemplate },
    ...{ enabled: rule.disabledAt === null, muted_until: instantOrNullOf(rule.mutedUntil) },
    ...{ checked_at: instantOrNullOf(rule.checkedAt), error: rule.error },
  };
}

/** A rule as it is now. @throws AppError `not_found`. */
export async function ruleNow(ctx: Ctx, key: number) {
  const rule = (await listVisibleRules(ctx)).find((one) => one.key === key);
  if (!rule) throw new AppError("not_found", `There is no alert rule ${key}.`);
  return { body: answerOf(rule) };
}

export const alertRules = defineGet({
  path: "/api/v1/alerts/rules",
  action: "alerts.read",
  tag: "budgets",
  summary: "Alert rules: what they watch, and where their messages go",
  query: FORMAT_QUERY,
  files: ["csv"],
  json: z.object({ rules: z.array(ruleSchema) }),
  async answer(ctx, { query }) {
    const rules = await listVisibleRules(ctx);
    if (parseFormat(query.format ?? "json") === "csv")
      return rowsAnswer(RULE_COLUMNS, rules.map(ruleRow), "csv", "alert-rules");
    return { body: { rules: rules.map(answerOf) } };
  },
});

export const addAlertRule: Endpoint = {
  method: "POST",
  path: "/api/v1/alerts/rules",
  action: "alerts.manage",
  tag: "budgets",
  summary: "Adds an alert rule",
  description: "It fires for what holds from now on. What is left out is as usual for its kind.",
  parts: {},
  query: {},
  body: { description: "The rule.", schema: ruleBody },
  json: ruleSchema,
  async answer(ctx, { body }) {
    const given = parseInput(ruleBody, body);
    checkMute(ctx, given);
    const key = await addRule(ctx, inputOf(given));
    await switched(ctx, key, given);
    return ruleNow(ctx, key);
  },
};

const RULE = { rule: { description: "The key of a rule.", schema: keySchema } } as const;

export const changeAlertRule: Endpoint<typeof RULE> = {
  method: "PUT",
  path: "/api/v1/alerts/rules/{rule}",
  action: "alerts.manage",
  tag: "budgets",
  summary: "Changes an alert rule",
  description:
    "Its definition becomes what is sent, the usual for what is left out; its kind stays. `enabled` and `muted_until` stay as they are where they are left out.",
  parts: RULE,
  query: {},
  body: { description: "The rule.", schema: ruleBody },
  json: ruleSchema,
  async answer(ctx, { path, body }) {
    const given = parseInput(ruleBody, body);
    const key = keyOf(path.rule, "alert rule");
    checkMute(ctx, given);
    await changeRule(ctx, key, inputOf(given));
    await switched(ctx, key, given);
    return ruleNow(ctx, key);
  },
};

export const deleteAlertRule: Endpoint<typeof RULE, typeof REASON_QUERY> = {
  method: "DELETE",
  path: "/api/v1/alerts/rules/{rule}",
  action: "alerts.manage",
  tag: "budgets",
  summary: "Deletes an alert rule",
  description: "What it opened is resolved with the next evaluation; its alerts and messages stay in their lists.",
  parts: RULE,
  query: REASON_QUERY,
  json: z.object({ deleted: z.literal(true) }),
  async answer(ctx, { path, query }) {
    await archiveRule(ctx, keyOf(path.rule, "alert rule"), query.reason ?? "");
    return { body: { deleted: true } };
  },
};

const MOST_MESSAGES = 1000;

export const alertMessages = defineGet({
  path: "/api/v1/alerts/messages",
  action: "alerts.read",
  tag: "budgets",
  summary: "Messages about alerts, the newest first",
  description: `At most ${MOST_MESSAGES}: what was sent where, and what became of it.`,
  query: {
    state: { description: "Only those in this state; `dead`: given up.", schema: z.enum(DELIVERY_STATES) },
    event: { description: "Only those about one alert: its id." },
    ...FORMAT_QUERY,
  },
  files: ["csv"],
  json: z.object({
    messages: z.array(
      z.object({
        ...{ key: z.int(), alert: z.string(), change: z.string(), title: z.string() },
        ...{ channel: z.int().nullable(), to: z.string(), state: z.enum(DELIVERY_STATES), attempts: z.int() },
        ...{ status: z.int().nullable(), error: z.string(), created_at: instantSchema },
        finished_at: instantSchema.nullable(),
      }),
    ),
  }),
  async answer(ctx, { query: { state, event, format } }) {
    const filter = { ...(state ? { state } : {}), ...(event ? { eventId: event } : {}) };
    const found = await listVisibleDeliveries(ctx, MOST_MESSAGES, filter);
    if (parseFormat(format ?? "json") === "csv")
      return rowsAnswer(MESSAGE_COLUMNS, found.map(messageRow), "csv", "alert-messages");
    return {
      body: {
        messages: found.map((d) => ({
          ...{ key: d.key, alert: d.eventId, change: d.change, title: readMessage(d.message).title },
          ...{ channel: d.channelKey || null, to: personAt(d) ?? d.target, state: d.state, attempts: d.attempts },
          ...{ status: d.status || null, error: d.error, created_at: instantOf(d.createdAt) },
          finished_at: instantOrNullOf(d.finishedAt),
        })),
      },
    };
  },
});

const MESSAGE = { message: { description: "The key of a message.", schema: keySchema } } as const;

export const sendMessageAgain: Endpoint<typeof MESSAGE> = {
  method: "POST",
  path: "/api/v1/alerts/messages/{message}",
  action: "alerts.manage",
  tag: "budgets",
  summary: "Sends a message again that was given up",
  description: "Refused where a later message about the same alert has arrived.",
  parts: MESSAGE,
  query: {},
  body: { description: "An empty object.", schema: z.strictObject({}) },
  json: z.object({ waiting: z.literal(true) }),
  async answer(ctx, { path, body }) {
    parseInput(z.strictObject({}), body);
    await retryDelivery(ctx, keyOf(path.message, "message"));
    return { body: { waiting: true } };
  },
};
