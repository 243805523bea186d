import type { Ctx } from "@/lib/ctx.ts";
import { type QuotaUse, quotaEconomics, type Stranded } from "@/lib/insights/quota/economics.ts";
import { loadPoolBuckets } from "@/lib/insights/quota/load.ts";
import { type Filters, findScope } from "@/lib/reports/read/scope.ts";
import type { Interval } from "@/lib/time.ts";

export interface ProjectQuota extends QuotaUse {
  readonly cluster: string;
  readonly project: string;
}

export interface PoolStranded extends Stranded {
  readonly cluster: string;
}

/**
 * How projects that the viewer sees whole used their quota over a period; and for people who see everything, capacity of each
 * pool that was free while jobs waited for it.
 */
export async function listQuotaUse(ctx: Ctx, period: Interval, filters: Filters) {
  const scope = await findScope(ctx, filters);
  const { projects, stranded } = quotaEconomics(await loadPoolBuckets(ctx.db, period));
  const inCluster = (id: string) => !scope.clusterIds || scope.clusterIds.has(id);
  return {
    projects: projects.flatMap((p): ProjectQuota[] => {
      const named = scope.project(p.projectKey);
      if (!named || !scope.opens(p.projectKey) || !inCluster(named.clusterId)) return [];
      if (scope.projectKeys && !scope.projectKeys.includes(p.projectKey)) return [];
      return [{ ...p, cluster: scope.clusterName(named.clusterId), project: named.name }];
    }),
    pools: (scope.nobody ? stranded : []).flatMap((s): PoolStranded[] =>
      inCluster(s.clusterId) ? [{ ...s, cluster: scope.clusterName(s.clusterId) }] : [],
    ),
  };
}
