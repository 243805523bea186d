import { z } from "zod";
import { findTeam } from "@/lib/attribution/team-store.ts";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError, fieldError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import { DAY, type Instant } from "@/lib/time.ts";
import { findChannel } from "./channel-store.ts";
import { getChannelKind } from "./channels/index.ts";
import {
  type AlertRule,
  findRule,
  insertRule,
  listRoutes,
  listRules,
  type Route,
  replaceRoutes,
  updateRule,
} from "./rule-store.ts";
import { getRuleKind, RULE_KINDS, type RuleKind } from "./rules/index.ts";
import { alertTeams, needAlertTeam } from "./scope.ts";
import { templateProblem } from "./template.ts";
import { MODES, type Mode, SEVERITIES } from "./types.ts";

type Tx = Parameters<typeof insertRule>[0];

const seconds = (most: number, what: string) =>
  z
    .int(`${what} is a duration.`)
    .min(0, `${what} is not negative.`)
    .max(most, `${what} is at most ${most / DAY} days.`);

const template = (most: number) =>
  z
    .string()
    .trim()
    .max(most, `A template has at most ${most} characters.`)
    .superRefine((text, issues) => {
      const problem = templateProblem(text);
      if (problem) issues.addIssue({ code: "custom", message: problem });
    })
    .default("");

export const TEMPLATES = { titleTemplate: template(300), summaryTemplate: template(2000) };

const minute = z.int().min(-1).max(1439);

export const ruleInput = z
  .object({
    kind: z.string(),
    name: z.string().trim().max(120, "A name has at most 120 characters.").default(""),
    teamKey: z.int().min(0).default(0),
    threshold: z.number("Enter a threshold.").default(0),
    severity: z.enum(SEVERITIES, { error: `A severity is one of ${SEVERITIES.join(", ")}.` }),
    holdSeconds: seconds(30 * DAY, "The hold time").default(0),
    repeatSeconds: seconds(90 * DAY, "The pause before a repeat").default(0),
    escalateSeconds: seconds(90 * DAY, "The time before an escalation").default(0),
    quietFrom: minute.default(-1),
    quietUntil: minute.default(-1),
    people: z.boolean().default(true),
    ...TEMPLATES,
    routes: z
      .array(z.object({ channelKey: z.int().positive(), mode: z.enum(MODES) }))
      .max(20)
      .default([]),
  })
  .refine((rule) => rule.quietFrom < 0 === rule.quietUntil < 0, {
    message: "Quiet hours need a start and an end.",
    path: ["quietUntil"],
  });
export type RuleInput = z.input<typeof ruleInput>;

type Parsed = z.output<typeof ruleInput>;

/** Checks what a rule may be for its kind and for the viewer. @throws AppError `invalid`, `forbidden`, `not_found`. */
export async function checkedRule(ctx: Ctx, given: RuleInput): Promise<{ input: Parsed; kind: RuleKind }> {
  alertTeams(ctx.viewer, "alerts.manage");
  const input = parseInput(ruleInput, given);
  const kind = getRuleKind(input.kind);
  if (kind.scope === "ledger" && input.teamKey !== 0)
    throw fieldError("teamKey", `"${kind.title}" is about everything, not about one team.`);
  if (kind.scope === "team" && input.teamKey === 0)
    throw fieldError("teamKey", `"${kind.title}" is about one team: choose it.`);
  needAlertTeam(ctx.viewer, input.teamKey, "alerts.manage");
  if (input.teamKey !== 0 && !(await findTeam(ctx.db, input.teamKey)))
    throw fieldError("teamKey", `There is no team ${input.teamKey}.`, "not_found");
  const { threshold } = kind;
  if (threshold && (input.threshold < threshold.least || input.threshold > threshold.most))
    throw fieldError(
      "threshold",
      `The threshold of "${kind.title}" is too ${input.threshold < threshold.least ? "small" : "large"}.`,
    );
  for (const { channelKey, mode } of input.routes) await needRoute(ctx, channelKey, mode);
  const amount = threshold ? Math.round(input.threshold) : 0;
  return { input: { ...input, threshold: amount, name: input.name || kind.title }, kind };
}

/** @throws AppError `invalid` for a channel that is not there, or that takes no digests. */
async function needRoute({ db }: Ctx, channelKey: number, mode: Mode): Promise<void> {
  const channel = await findChannel(db, channelKey);
  if (!channel || channel.archivedAt !== null) throw fieldError("routes", `There is no channel ${channelKey}.`);
  if (mode !== "now" && getChannelKind(channel.kind).takesNoDigests)
    throw fieldError("routes", `"${channel.name}" takes no digests: send to it at once, or not.`);
}

/** What of a rule people decide: the rest of its row is no change of theirs. */
const decided = (rule: AlertRule, routes: readonly Route[]) => {
  const { kind, name, teamKey, threshold, severity, holdSeconds, repeatSeconds, escalateSeconds, people } = rule;
  const { quietFrom, quietUntil, titleTemplate, summaryTemplate } = rule;
  return {
    ...{ kind, name, teamKey, threshold, severity, holdSeconds, repeatSeconds, escalateSeconds, people: people === 1 },
    ...{ quietFrom, quietUntil, titleTemplate, summaryTemplate },
    routes: routes.map(({ channelKey, mode }) => ({ channelKey, mode })),
  };
};

const THRESHOLD_KEYS = { money: "thresholdMicros", seconds: "thresholdSeconds" } as const;

/** A rule as the audit log has it: its threshold under a key that says the unit, and null where its kind takes none. */
function auditOf<T extends { readonly kind: string; readonly threshold: number }>({ threshold, ...rule }: T) {
  const unit = getRuleKind(rule.kind).threshold?.unit;
  if (unit === "money" || unit === "seconds") return { ...rule, [THRESHOLD_KEYS[unit]]: threshold };
  return { ...rule, threshold: unit ? threshold : null };
}

const columnsOf = ({ people, routes: _, ...input }: Parsed) => ({ ...input, people: people ? 1 : 0 });

/** Adds a rule. It fires for what holds from now on. @returns its key. @throws as checked. */
export async function addRule(ctx: Ctx, given: RuleInput): Promise<number> {
  const { input } = await checkedRule(ctx, given);
  return ctx.db.write((tx) => insert(tx, ctx, input));
}

async function insert(tx: Tx, ctx: Ctx, input: Parsed): Promise<number> {
  const key = await insertRule(tx, {
    ...columnsOf(input),
    ...{ mutedUntil: null, mutedReason: "", createdAt: ctx.now(), createdBy: ctx.viewer.id },
    ...{ changedAt: ctx.now(), disabledAt: null, archivedAt: null, checkedAt: null, error: "" },
  });
  await replaceRoutes(tx, key, input.routes);
  await record(tx, ctx, key, null, auditOf(input));
  return key;
}

const record = (tx: Tx, ctx: Ctx, key: number, before: unknown, after: unknown, reason = ""): Promise<void> =>
  recordAct(tx, ctx, { action: "alerts.manage", subject: `alert-rule/${key}`, before, after, reason });

/** A rule that the viewer may change. @throws AppError `not_found`, `forbidden`. */
export async function ownedRule(ctx: Ctx, db: Tx | Ctx["db"], key: number): Promise<AlertRule> {
  allow(ctx.viewer, "alerts.manage");
  const rule = await findRule(db, key);
  const teams = alertTeams(ctx.viewer, "alerts.manage");
  // In the same words, whether it is not there or somebody else's.
  const isTheirs = rule && (teams === "all" || teams.includes(rule.teamKey));
  if (!isTheirs || rule.archivedAt !== null) throw new AppError("not_found", `There is no alert rule ${key}.`);
  return rule;
}

/** Changes a rule; its kind stays. @throws as checked. */
export async function changeRule(ctx: Ctx, key: number, given: RuleInput): Promise<void> {
  const { input } = await checkedRule(ctx, given);
  await ctx.db.write(async (tx) => {
    const before = await ownedRule(ctx, tx, key);
    if (before.kind !== input.kind)
      throw new AppError("invalid", "The kind of a rule does not change: add another rule.");
    await updateRule(tx, { ...before, ...columnsOf(input), changedAt: ctx.now(), checkedAt: null });
    const routes = await listRoutes(tx, key);
    await replaceRoutes(tx, key, input.routes);
    await record(tx, ctx, key, auditOf(decided(before, routes)), auditOf(input));
  });
}

/** Switches a rule off or on. What it opened is resolved when it is off. */
export async function setRuleEnabled(ctx: Ctx, key: number, enabled: boolean): Promise<void> {
  await ctx.db.write(async (tx) => {
    const before = await ownedRule(ctx, tx, key);
    const [changedAt, checkedAt] = [ctx.now(), null];
    await updateRule(tx, { ...before, disabledAt: enabled ? null : ctx.now(), changedAt, checkedAt });
    await record(tx, ctx, key, { enabled: before.disabledAt === null }, { enabled });
  });
}

/** Deletes a rule: what it opened is resolved, its events stay. */
export async function archiveRule(ctx: Ctx, key: number, reason = ""): Promise<void> {
  await ctx.db.write(async (tx) => {
    const before = await ownedRule(ctx, tx, key);
    await updateRule(tx, { ...before, archivedAt: ctx.now() });
    await record(tx, ctx, key, auditOf(decided(before, await listRoutes(tx, key))), null, reason);
  });
}

const MOST_MUTE = 90 * DAY;

/** Checks the end of a mute. @throws AppError `invalid`. */
export function needMute(ctx: Ctx, until: Instant | null): void {
  if (until !== null && until <= ctx.now()) throw fieldError("until", "A mute ends in the future.");
  if (until !== null && until > ctx.now() + MOST_MUTE)
    throw fieldError("until", "A mute lasts at most 90 days: switch the rule off instead.");
}

/** Nobody is notified until an instant; null ends the mute. What still holds then is notified then. @throws AppError `invalid`. */
export async function muteRule(ctx: Ctx, key: number, until: Instant | null, reason = ""): Promise<void> {
  needMute(ctx, until);
  await ctx.db.write(async (tx) => {
    const before = await ownedRule(ctx, tx, key);
    await updateRule(tx, { ...before, mutedUntil: until, mutedReason: until === null ? "" : reason });
    await record(tx, ctx, key, { mutedUntil: before.mutedUntil }, { mutedUntil: until }, reason);
  });
}

/** Adds the recommended rules that are not there yet, for everything. @returns how many. @throws AppError `forbidden`. */
export async function addRecommended(ctx: Ctx): Promise<number> {
  needAlertTeam(ctx.viewer, 0, "alerts.manage");
  return ctx.db.write(async (tx) => {
    const there = new Set((await listRules(tx)).map((rule) => rule.kind));
    const missing = RULE_KINDS.filter((kind) => kind.recommended && !there.has(kind.kind));
    for (const { kind, title, threshold, severity, holdSeconds, repeatSeconds } of missing)
      await insert(
        tx,
        ctx,
        ruleInput.parse({ kind, name: title, threshold: threshold?.usual ?? 0, severity, holdSeconds, repeatSeconds }),
      );
    return missing.length;
  });
}
