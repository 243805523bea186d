import { AppError } from "@/lib/errors.ts";
import { dateOfKey } from "@/lib/time.ts";
import type { RuleAct } from "./input.ts";
import type { TeamRule } from "./types.ts";

/** What an act makes of the rules. */
export interface RulePlan {
  /** Every rule that ever held, in order, positions 1, 2, 3 … */
  readonly rules: readonly TeamRule[];
  /** The rule as it was and as it will be; null where there was, or will be, none. */
  readonly before: TeamRule | null;
  readonly after: TeamRule | null;
  /** The first day on which anything may be another's: what came before stays as it was. */
  readonly fromDay: number;
}

/**
 * Carries an act out on the list of all rules, past ones included, in their order. History stays: a rule that changes or
 * moves ends on the act's day, and another begins there; the order among the others never changes. A rule that would
 * never have held is left out. @param newId of the rule that begins. @throws AppError `not_found`, `invalid`, `conflict`.
 */
export function planRules(rules: readonly TeamRule[], act: RuleAct, newId: string): RulePlan {
  const list = [...rules].sort((a, b) => a.position - b.position || (a.id < b.id ? -1 : 1));
  if (act.act === "add") {
    const after = { ...act.rule, id: newId, position: 0 };
    return finish(insert(list, after, act.before), null, after, after.fromDay);
  }
  const before = list.find((r) => r.id === act.id);
  if (!before) throw noRule(act.id);
  if (act.act === "end") return end(list, before, act.untilDay);
  const fromDay = act.act === "move" ? act.fromDay : act.rule.fromDay;
  if (before.untilDay !== null && fromDay >= before.untilDay)
    throw new AppError("conflict", `This rule ended on ${dateOfKey(before.untilDay)}: add a new one instead.`);
  if (act.act === "move") {
    if (act.before === act.id) throw new AppError("invalid", "A rule cannot come before itself.");
    const after = { ...before, id: newId, fromDay: Math.max(fromDay, before.fromDay) };
    return finish(cut(insert(list, after, act.before), before, fromDay), before, after, after.fromDay);
  }
  const after = { ...act.rule, id: newId, position: 0 };
  const next = list[list.indexOf(before) + 1];
  const placed = insert(list, after, next?.id ?? null);
  return finish(cut(placed, before, fromDay), before, after, fromDay);
}

const noRule = (id: string) =>
  new AppError("not_found", `There is no rule ${id}: somebody may have changed it. Look at the list again.`);

function insert(list: readonly TeamRule[], rule: TeamRule, before: string | null): TeamRule[] {
  if (before === null) return [...list, rule];
  const at = list.findIndex((r) => r.id === before);
  if (at < 0) throw noRule(before);
  return [...list.slice(0, at), rule, ...list.slice(at)];
}

/** The rule holds up to a day; where that leaves nothing of it, it goes. */
function cut(list: readonly TeamRule[], rule: TeamRule, untilDay: number): TeamRule[] {
  return list.flatMap((r) => (r.id !== rule.id ? [r] : r.fromDay < untilDay ? [{ ...r, untilDay }] : []));
}

function end(list: readonly TeamRule[], rule: TeamRule, untilDay: number): RulePlan {
  if (rule.untilDay !== null && untilDay >= rule.untilDay)
    throw new AppError("invalid", `This rule ends on ${dateOfKey(rule.untilDay)} already.`);
  const fromDay = Math.max(untilDay, rule.fromDay);
  const after = rule.fromDay < untilDay ? { ...rule, untilDay } : null;
  return finish(cut(list, rule, untilDay), rule, after, fromDay);
}

function finish(list: readonly TeamRule[], before: TeamRule | null, after: TeamRule | null, fromDay: number): RulePlan {
  const rules = list.map((r, i) => (r.position === i + 1 ? r : { ...r, position: i + 1 }));
  return { rules, before, after: rules.find((r) => r.id === after?.id) ?? null, fromDay };
}
