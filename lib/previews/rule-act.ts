import { type RuleActInput, ruleActSchema } from "@/lib/attribution/input.ts";
import { planAct } from "@/lib/attribution/rule-changes.ts";
import type { RulePlan } from "@/lib/attribution/rule-plan.ts";
import { allow } from "@/lib/auth/allow.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { parseInput } from "@/lib/input.ts";
import { type Days, loadWork } from "./load.ts";
import { cutsOf, previewRules, type RulePreview } from "./rule.ts";

/** What an act would change of the work of some days, without writing. */
export interface ActPreview extends RulePreview {
  readonly plan: RulePlan;
}

/** @param days `[from, until)`, as keys of the billing time zone. @throws AppError as changeRules. */
export async function previewAct(ctx: Ctx, given: RuleActInput, days: Days, zone: string): Promise<ActPreview> {
  allow(ctx.viewer, "teams.edit");
  const act = parseInput(ruleActSchema, given);
  const { before, plan } = await planAct(ctx.db, act, "draft");
  const work = await loadWork(ctx.db, { days, cuts: cutsOf([...before, ...plan.rules]), zone });
  const subject = plan.after ?? plan.before;
  return { plan, ...previewRules(work, before, plan.rules, subject) };
}
