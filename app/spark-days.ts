import "server-only";
import { completeDays } from "@/lib/pages/sparks.ts";
import { daysOfPeriod } from "@/lib/pages/teams.ts";
import { type CostScope, type Days, findCostScope } from "@/lib/reports/read/cost-scope.ts";
import { dateOf, dayKey } from "@/lib/time.ts";
import type { PageInput } from "./page-input.ts";

/** The complete days of the page's period, and what of their cost the viewer sees: what sparklines are loaded from. */
export async function sparkDays(
  { ctx, period, billingZone, now, cluster }: PageInput,
  team?: number,
): Promise<{ readonly cost: CostScope; readonly days: Days }> {
  const cost = await findCostScope(ctx, { cluster, team: team === undefined ? undefined : String(team) }, "usage");
  return { cost, days: completeDays(daysOfPeriod(period, billingZone), dayKey(dateOf(now, billingZone))) };
}
