import { z } from "zod";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import { holdChain } from "@/lib/auth/chain/audit-chain-store.ts";
import { needPlaces } from "@/lib/auth/grant-names-load.ts";
import { type Grant, type GroupRule, grantSchema, heldGrantSchema } from "@/lib/auth/types.ts";
import { listUsers, replaceGrants } from "@/lib/auth/user-store.ts";
import { keepingAnAdmin } from "@/lib/auth/users.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import { deleteGroupRule, insertGroupRule, listGroupRules, listMemberships, type Membership } from "./group-store.ts";
import { isLapsed } from "./group-terms.ts";

type Tx = Parameters<typeof replaceGrants>[0];

const named = z.object({
  groupName: z.string().trim().min(1, "Name the group.").max(300, "A group's name has at most 300 characters."),
});
export const groupRuleSchema = named.and(grantSchema);
const heldRuleSchema = named.and(heldGrantSchema);

const ruleOf = (given: z.input<typeof groupRuleSchema>, act: "add" | "remove"): GroupRule =>
  parseInput(act === "add" ? groupRuleSchema : heldRuleSchema, given);

/** The grants of somebody in some groups, each with the group that gives it. A group without a rule gives nothing. */
export function grantsOfGroups(
  rules: readonly GroupRule[],
  groups: readonly string[],
): readonly (Grant & { readonly origin: string })[] {
  const mine = new Set(groups);
  return rules
    .filter((rule) => mine.has(rule.groupName))
    .map(({ groupName, role, teamKey, projectKey }) => ({ role, teamKey, projectKey, origin: `group:${groupName}` }));
}

/** Who would hold which grants by groups under some rules: pure, for the preview and for the change. */
export function grantsByPerson(rules: readonly GroupRule[], memberships: readonly Membership[]) {
  const groups = new Map<number, string[]>();
  for (const { userKey, groupName } of memberships) groups.set(userKey, [...(groups.get(userKey) ?? []), groupName]);
  return new Map([...groups].map(([userKey, names]) => [userKey, grantsOfGroups(rules, names)]));
}

export interface GroupPreview {
  readonly email: string;
  /** The provider has not vouched for them for a week: what they gain counts once they sign in through it again. */
  readonly lapsed: boolean;
  readonly gains: readonly Grant[];
  readonly loses: readonly Grant[];
}

/** What adding or removing a rule would change, person by person, without writing; nothing for disabled people. @throws AppError `forbidden`; `invalid`. */
export async function previewGroupRule(
  ctx: Ctx,
  given: z.input<typeof groupRuleSchema>,
  act: "add" | "remove",
): Promise<GroupPreview[]> {
  allow(ctx.viewer, "users.manage");
  const rule = ruleOf(given, act);
  const [rules, memberships, people] = await Promise.all([
    listGroupRules(ctx.db),
    listMemberships(ctx.db),
    listUsers(ctx.db),
  ]);
  const [before, after] = [rules, changed(rules, rule, act)].map((list) => grantsByPerson(list, memberships));
  return people.flatMap((person) => {
    const { key, email } = person;
    if (person.disabledAt !== null) return [];
    const gains = without(after?.get(key), before?.get(key));
    const loses = without(before?.get(key), after?.get(key));
    return gains.length || loses.length
      ? [{ email, lapsed: isLapsed({ origin: `group:${rule.groupName}` }, person, ctx.now()), gains, loses }]
      : [];
  });
}

const keyOf = ({ role, teamKey, projectKey }: Grant) => `${role}/${teamKey}/${projectKey}`;
const sameRule = (a: GroupRule, b: GroupRule) => a.groupName === b.groupName && keyOf(a) === keyOf(b);

function changed(rules: readonly GroupRule[], rule: GroupRule, act: "add" | "remove"): GroupRule[] {
  const rest = rules.filter((r) => !sameRule(r, rule));
  return act === "add" ? [...rest, rule] : rest;
}

function without(list: readonly Grant[] = [], other: readonly Grant[] = []): Grant[] {
  const there = new Set(other.map(keyOf));
  return [...new Map(list.filter((g) => !there.has(keyOf(g))).map((g) => [keyOf(g), g])).values()].map(
    ({ role, teamKey, projectKey }) => ({ role, teamKey, projectKey }),
  );
}

/**
 * Adds or removes a rule; what people hold by their groups follows at once. @throws AppError `not_found`; `conflict` for the last administrator, and
 * for a rule that is there.
 */
export async function changeGroupRule(
  ctx: Ctx,
  given: z.input<typeof groupRuleSchema>,
  act: "add" | "remove",
  reason = "",
): Promise<void> {
  allow(ctx.viewer, "users.manage");
  const rule = ruleOf(given, act);
  await ctx.db.write(async (tx) => {
    // Who signs in meanwhile, on another server, gets what the rules give before this or after it.
    await holdChain(tx);
    if (act === "add") {
      await needPlaces(tx, [rule]);
      if (!(await insertGroupRule(tx, rule, ctx.viewer.id, ctx.now())))
        throw new AppError("conflict", `The group ${rule.groupName} gives this role already.`);
    }
    if (act === "remove" && !(await deleteGroupRule(tx, rule)))
      throw new AppError("not_found", `There is no such rule for the group ${rule.groupName}.`);
    await keepingAnAdmin(tx, ctx.now(), () => applyGroupRules(tx, ctx));
    await recordAct(tx, ctx, {
      action: "users.manage",
      subject: `group/${rule.groupName}`,
      before: act === "add" ? null : rule,
      after: act === "add" ? rule : null,
      reason,
    });
  });
}

async function applyGroupRules(tx: Tx, ctx: Ctx): Promise<void> {
  const rules = await listGroupRules(tx);
  for (const [userKey, list] of grantsByPerson(rules, await listMemberships(tx)))
    await replaceGrants(tx, userKey, "group", list, ctx.viewer.id, ctx.now());
}
