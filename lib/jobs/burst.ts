import { addRule, changeRule } from "@/lib/alerts/index.ts";
import { listRoutes, listRules } from "@/lib/alerts/rule-store.ts";
import { getRuleKind } from "@/lib/alerts/rules/index.ts";
import { setBudget } from "@/lib/budgets/changes.ts";
import { spanOfDay } from "@/lib/budgets/spans.ts";
import { EVERYTHING } from "@/lib/budgets/types.ts";
import { applyBurst, applyOnce } from "@/lib/burst/changes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { Env } from "@/lib/env.ts";
import { withLease } from "@/lib/sync/lease.ts";
import { dateOf, dayKey } from "@/lib/time.ts";

type BurstEnv = Pick<
  Env,
  | "GPU_BURST"
  | "GPU_BURST_COST_DOLLARS"
  | "GPU_COST_DAILY_THRESHOLD"
  | "GPU_COST_MONTHLY_THRESHOLD"
  | "MONTHLY_BUDGET"
  | "ALERT_EMAIL_TO"
>;

const THRESHOLDS = [
  ["GPU_COST_DAILY_THRESHOLD", "burst-daily-cost"],
  ["GPU_COST_MONTHLY_THRESHOLD", "burst-monthly-cost"],
] as const;

/**
 * Applies the settings of burst capacity: its flag and rate, an alert rule for each threshold, and a budget of everything. A setting
 * is applied when it has another value than the last time, so that what people change later stays.
 */
export async function applyBurstSettings(ctx: Ctx, env: BurstEnv): Promise<void> {
  await withLease(ctx.db, "burst-settings", ctx.now, async () => {
    await applyBurst(ctx, { flag: env.GPU_BURST ?? null, rateMicros: env.GPU_BURST_COST_DOLLARS ?? null });
    for (const [name, kind] of THRESHOLDS) {
      const threshold = env[name];
      if (threshold === undefined) continue;
      await applyOnce(ctx, name, String(threshold), () =>
        setRule(ctx, name, kind, threshold, env.ALERT_EMAIL_TO.length === 0),
      );
    }
    const budget = env.MONTHLY_BUDGET;
    if (budget === undefined) return;
    await applyOnce(ctx, "MONTHLY_BUDGET", String(budget), async () => {
      const today = dayKey(dateOf(ctx.now(), ctx.ledger.zone));
      const { fromDay } = spanOfDay(today, "month", ctx.ledger.calendar);
      const amount = { span: "month" as const, amountMicros: budget, note: "MONTHLY_BUDGET" };
      await setBudget(ctx, { scope: EVERYTHING, fromDay, ...amount }, "MONTHLY_BUDGET");
      const rules = await listRules(ctx.db);
      if (!rules.some((r) => r.kind === "budget-status" && r.teamKey === 0))
        await setRule(ctx, "MONTHLY_BUDGET", "budget-status", 0, env.ALERT_EMAIL_TO.length === 0);
    });
  });
}

/** The rule of a setting, which is called like it: added, or with another threshold. @param people without addresses of the settings, people hear of it. */
async function setRule(ctx: Ctx, name: string, kind: string, threshold: number, people: boolean): Promise<void> {
  const found = (await listRules(ctx.db)).find((rule) => rule.kind === kind && rule.name === name);
  if (!found) {
    const { severity } = getRuleKind(kind);
    await addRule(ctx, { kind, name, threshold, severity, people });
    return;
  }
  const routes = await listRoutes(ctx.db, found.key);
  await changeRule(ctx, found.key, {
    ...{ kind, name, threshold, teamKey: found.teamKey, severity: found.severity, people: found.people === 1 },
    ...{ holdSeconds: found.holdSeconds, repeatSeconds: found.repeatSeconds, escalateSeconds: found.escalateSeconds },
    ...{ quietFrom: found.quietFrom, quietUntil: found.quietUntil },
    routes: routes.map(({ channelKey, mode }) => ({ channelKey, mode })),
  });
}
