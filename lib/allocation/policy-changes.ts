import { listClusterNames } from "@/lib/attribution/rule-store.ts";
import { allow } from "@/lib/auth/allow.ts";
import { recordAct } from "@/lib/auth/audit-store.ts";
import { forgetCharged } from "@/lib/charges/due-store.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError, fieldError } from "@/lib/errors.ts";
import { parseInput } from "@/lib/input.ts";
import { addDays, dateOfKey } from "@/lib/time.ts";
import { settingsOf } from "./policies.ts";
import { deletePolicy, listChargeSettings, listPolicies, savePolicy, saveSettings } from "./policy-store.ts";
import {
  type PolicyInput,
  policyInputSchema,
  type SettingsInput,
  type SharePolicy,
  settingsInputSchema,
} from "./types.ts";

type Identity = Pick<SharePolicy, "clusterId" | "costClass" | "fromDay">;
const subjectOf = ({ clusterId, costClass, fromDay }: Identity) =>
  `policy/${clusterId || "all"}/${costClass}/${dateOfKey(fromDay)}`;

/**
 * Says who pays for a class of cost from a day on, in one cluster or all. Days from it on are charged again.
 * @throws AppError `forbidden`, `invalid`, `not_found` for an unknown cluster.
 */
export async function setPolicy(ctx: Ctx, given: PolicyInput, reason = ""): Promise<SharePolicy> {
  allow(ctx.viewer, "policies.edit");
  const policy = parseInput(policyInputSchema, given);
  return ctx.db.write(async (tx) => {
    const clusters = await listClusterNames(tx);
    if (policy.clusterId && !clusters.some((c) => c.id === policy.clusterId))
      throw fieldError("clusterId", `There is no cluster ${policy.clusterId}.`, "not_found");
    const before = (await listPolicies(tx)).find((p) => subjectOf(p) === subjectOf(policy)) ?? null;
    await savePolicy(tx, policy, ctx.viewer.id, ctx.now());
    await forgetCharged(tx, policy.fromDay);
    await recordAct(tx, ctx, { action: "policies.edit", subject: subjectOf(policy), before, after: policy, reason });
    return policy;
  });
}

/** Takes a policy back, so that the one before it, or that for all clusters, holds instead. @throws AppError `not_found`. */
export async function dropPolicy(ctx: Ctx, { clusterId, costClass, fromDay }: Identity, reason = ""): Promise<void> {
  allow(ctx.viewer, "policies.edit");
  const identity = { clusterId, costClass, fromDay };
  await ctx.db.write(async (tx) => {
    const before = (await listPolicies(tx)).find((p) => subjectOf(p) === subjectOf(identity));
    if (!before || (await deletePolicy(tx, identity)) === 0)
      throw new AppError("not_found", "This policy no longer exists. Look at the list again.");
    await forgetCharged(tx, fromDay);
    const act = { action: "policies.edit", subject: subjectOf(identity), before, after: null, reason } as const;
    await recordAct(tx, ctx, act);
  });
}

/** Says how CPU, memory and unused quota are charged from a day on. Days from it on are charged again. */
export async function setChargeSettings(ctx: Ctx, given: SettingsInput, reason = ""): Promise<void> {
  allow(ctx.viewer, "policies.edit");
  const { fromDay, settings } = parseInput(settingsInputSchema, given);
  await ctx.db.write(async (tx) => {
    const list = await listChargeSettings(tx);
    const before = list.find((s) => s.fromDay === fromDay)?.settings ?? settingsOf(list, addDays(fromDay, -1));
    await saveSettings(tx, fromDay, settings, ctx.viewer.id, ctx.now());
    await forgetCharged(tx, fromDay);
    const subject = `settings/${dateOfKey(fromDay)}`;
    await recordAct(tx, ctx, { action: "policies.edit", subject, before, after: settings, reason });
  });
}
