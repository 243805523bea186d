import { sql } from "@/db/client.ts";
import { chargedDays } from "@/db/schema/index.ts";
import { listClusterNames } from "@/lib/attribution/rule-store.ts";
import { needAllTeams } from "@/lib/auth/visible-teams.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { compareOpencost, type OpencostComparison } from "@/lib/opencost/compare.ts";
import { OPENCOST_READING } from "@/lib/opencost/read.ts";
import { listNamespaceDays, listOwnNamespaces } from "@/lib/opencost/store.ts";
import { loadPriceBook } from "@/lib/pricing/price-store.ts";
import { listReadings, type Reading } from "@/lib/readings/index.ts";
import type { Days } from "@/lib/reports/read/cost-scope.ts";
import { daysBetween } from "@/lib/time.ts";

export interface OpencostView extends OpencostComparison {
  readonly clusterName: (id: string) => string;
  /** The newest first. */
  readonly readings: readonly Reading[];
}

/** Readings that the page lists. */
const SHOWN = 10;

/** OpenCost's GPU cost by namespace against the ledger's. @throws AppError `forbidden` for who does not see all teams. */
export async function loadOpencost(ctx: Ctx, days: Days): Promise<OpencostView> {
  needAllTeams(ctx.viewer);
  const { from, until } = days;
  const [theirs, ours, book, charged, clusters, readings] = await Promise.all([
    listNamespaceDays(ctx.db, from, until),
    listOwnNamespaces(ctx.db, from, until),
    loadPriceBook(ctx.db, ctx.ledger.currency),
    ctx.db.all<{ day: number }>(sql`select day from ${chargedDays}
      where day >= ${from} and day < ${until} and metered_revision > 0`),
    listClusterNames(ctx.db),
    listReadings(ctx.db, OPENCOST_READING, SHOWN),
  ]);
  const known = new Set(charged.map((row) => row.day));
  const names = new Map(clusters.map((c) => [c.id, c.name]));
  return {
    ...compareOpencost(theirs, ours, book, (day) => known.has(day), daysBetween(from, until)),
    ...{ readings, clusterName: (id) => names.get(id) ?? id },
  };
}
