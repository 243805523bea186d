import { randomUUID } from "node:crypto";
import { listTeams } from "@/lib/attribution/team-store.ts";
import { actedSince } from "@/lib/auth/audit-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { errorText } from "@/lib/errors.ts";
import { type Advanced, advance, type Held, type RuleLife } from "./advance.ts";
import { deleteEvents, listOpen, listRulesWithOpen, newestEvents, saveEvents } from "./event-store.ts";
import { writeNotice } from "./notify.ts";
import { type AlertRule, findRule, listRoutes, listRules, markChecked } from "./rule-store.ts";
import { type Asked, type Condition, getRuleKind, type RuleKind } from "./rules/index.ts";
import type { AlertSettings } from "./settings.ts";

export interface HowToEvaluate {
  readonly signal?: AbortSignal | undefined;
  /** Also rules that are read less often and are not due. */
  readonly all?: true | undefined;
}

/**
 * Evaluates every rule that is due once: what holds now is read first, then one transaction for each rule changes its events and writes their messages.
 * A rule that cannot be read changes nothing: unknown is not resolved. @returns how many changes were notified.
 */
export async function evaluateRules(ctx: Ctx, settings: AlertSettings, how: HowToEvaluate = {}): Promise<number> {
  const [all, withOpen, teams] = await Promise.all([
    listRules(ctx.db, true),
    listRulesWithOpen(ctx.db),
    listTeams(ctx.db),
  ]);
  const names = new Map(teams.map((team) => [team.key, team.name]));
  let notices = 0;
  for (const rule of all) {
    if (how.signal?.aborted) break;
    const isActive = rule.archivedAt === null && rule.disabledAt === null;
    // What a rule opened is resolved when it is switched off.
    if (!isActive && !withOpen.includes(rule.key)) continue;
    if (isActive && !how.all && !(await isDue(ctx, rule))) continue;
    notices += await evaluateRule(ctx, settings, rule, isActive, (key) => names.get(key) ?? "");
  }
  return notices;
}

/** Whether its time has come, or somebody did what may end or begin what it watches since it was read. */
async function isDue({ db, now }: Ctx, { kind, checkedAt }: AlertRule): Promise<boolean> {
  const { everySeconds = 0, after } = getRuleKind(kind);
  if (checkedAt === null || now() - checkedAt >= everySeconds) return true;
  return after !== undefined && (await actedSince(db, after, checkedAt));
}

async function evaluateRule(
  ctx: Ctx,
  settings: AlertSettings,
  rule: AlertRule,
  isActive: boolean,
  teamName: (key: number) => string,
): Promise<number> {
  const kind = getRuleKind(rule.kind);
  // What somebody does while it is read is looked at again.
  const readAt = ctx.now();
  let conditions: Condition[];
  try {
    conditions = isActive ? await kind.read(ctx, await askedOf(ctx, rule)) : [];
  } catch (error) {
    ctx.log.error({ rule: rule.key, error: errorText(error) }, "an alert rule could not be evaluated");
    await ctx.db.write((tx) => markChecked(tx, rule.key, readAt, errorText(error).slice(0, 500)));
    return 0;
  }
  const held = conditions.filter((c) => !c.unknown && !c.over).map((condition) => heldOf(condition, rule, kind));
  const over = new Map(conditions.flatMap((c) => (c.over ? [[c.subject.slice(0, 200), c.over]] : [])));
  const unknown = new Set(conditions.filter((c) => c.unknown).map((c) => c.subject.slice(0, 200)));
  return ctx.db.write(async (tx) => {
    // As it is now: somebody may have muted or changed it meanwhile.
    const current = (await findRule(tx, rule.key)) ?? rule;
    const [open, known] = [
      await listOpen(tx, rule.key),
      await newestEvents(tx, rule.key, kind.once ? held.map((h) => h.subject) : []),
    ];
    const now = ctx.now();
    const life: RuleLife = { ...current, once: kind.once === true };
    const next = advance({
      ...{ rule: life, open, known, conditions: held, unknown, now },
      zone: ctx.ledger.zone,
      ended: (subject) => (isActive ? (over.get(subject) ?? kind.ended?.(subject, ctx) ?? null) : null),
      id: randomUUID,
    });
    await save(tx, ctx, { rule: current, kind, routes: await listRoutes(tx, rule.key), settings, teamName }, next);
    await markChecked(tx, rule.key, readAt, "");
    return next.notices.length;
  });
}

async function askedOf({ db }: Ctx, { key, teamKey, threshold, createdAt: since }: AlertRule): Promise<Asked> {
  return { teamKey, threshold, since, open: (await listOpen(db, key)).map(({ subject }) => subject) };
}

type Tx = Parameters<typeof saveEvents>[0];

async function save(
  tx: Tx,
  ctx: Ctx,
  by: Parameters<typeof writeNotice>[2],
  { save: events, drop, notices }: Advanced,
): Promise<void> {
  await deleteEvents(tx, drop);
  await saveEvents(tx, events);
  for (const notice of notices) {
    const step = await writeNotice(tx, ctx, by, notice);
    // A step that has nobody is skipped.
    if (step > notice.event.step) await saveEvents(tx, [{ ...notice.event, step }]);
  }
}

const heldOf = (condition: Condition, rule: AlertRule, kind: RuleKind): Held => ({
  ...{ subject: condition.subject.slice(0, 200), teamKey: condition.teamKey ?? rule.teamKey },
  ...{ severity: condition.severity ?? rule.severity, level: condition.level ?? 0, title: condition.title },
  detail: {
    ...{ summary: condition.summary, facts: [...condition.facts].slice(0, 12), link: condition.link },
    ...{ owners: [...(condition.owners ?? [])], chart: condition.chart ?? null },
    ...{ limit: kind.once && kind.threshold ? rule.threshold : null, ended: "" },
  },
});
