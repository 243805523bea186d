import { randomUUID } from "node:crypto";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import { forgetCharged, nextRevision } from "@/lib/charges/due-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { fieldError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import { type RuleAct, type RuleActInput, ruleActSchema } from "./input.ts";
import { planRules, type RulePlan } from "./rule-plan.ts";
import { listClusterNames, listRules, saveRules } from "./rule-store.ts";
import { getTeam } from "./team-store.ts";
import { UNASSIGNED_TEAM } from "./types.ts";

type Reader = Parameters<typeof listRules>[0];

/**
 * Adds, changes, moves or ends a rule. The days from its first day on are charged again by the next run; what came before
 * stays as it was.
 * @throws AppError `forbidden`; `invalid` or `not_found` for what is wrong with it; `conflict` for a rule or team that is over.
 */
export async function changeRules(ctx: Ctx, given: RuleActInput, reason = ""): Promise<RulePlan> {
  allow(ctx.viewer, "teams.edit");
  const act = parseInput(ruleActSchema, given);
  const id = newRuleId();
  return ctx.db.write(async (tx) => {
    // Places in the order are read and assigned again: two acts at once would assign one place twice.
    await nextRevision(tx);
    const { before, plan } = await planAct(tx, act, id);
    await saveRules(tx, before, plan.rules, ctx.viewer.id, ctx.now());
    await forgetCharged(tx, plan.fromDay);
    const of = plan.after ?? plan.before;
    await recordAct(tx, ctx, {
      action: "teams.edit",
      subject: `team/${of?.teamKey}/rule/${of?.id}`,
      before: plan.before,
      after: plan.after,
      reason,
    });
    return plan;
  });
}

/** Short, because people type it; the table would refuse the one in four billion that is taken. */
export const newRuleId = (): string => randomUUID().slice(0, 8);

/** What an act would make of the rules. Writes nothing. @throws AppError as changeRules. */
export async function planAct(db: Reader, act: RuleAct, newId: string) {
  if (act.act === "add" || act.act === "change") {
    const team = await getTeam(db, act.rule.teamKey);
    if (team.key === UNASSIGNED_TEAM)
      throw fieldError("rule.teamKey", "Unassigned is what no rule matches: choose a team.");
    if (team.archivedAt !== null)
      throw fieldError(
        "rule.teamKey",
        `${team.name} is archived: restore it before a rule assigns work to it.`,
        "conflict",
      );
    const clusters = await listClusterNames(db);
    if (act.rule.clusterId && !clusters.some((c) => c.id === act.rule.clusterId))
      throw fieldError("rule.clusterId", `There is no cluster ${act.rule.clusterId}.`, "not_found");
  }
  const before = await listRules(db);
  return { before, plan: planRules(before, act, newId) };
}
