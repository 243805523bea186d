import { sql } from "@/db/client.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { average } from "@/lib/reports/read/measures.ts";
import { readMeteredTime } from "@/lib/reports/read/metered-time.ts";
import { findScope } from "@/lib/reports/read/scope.ts";
import { loadTrend, type OverviewInput } from "./overview.ts";
import { quotaOf } from "./projects.ts";

export interface ProjectFacts {
  readonly key: number;
  readonly id: string;
  readonly name: string;
  readonly clusterId: string;
  readonly cluster: string;
  readonly department: string;
  readonly namespace: string;
  readonly quotaMilli: number | null;
}

/** One project and its trend, or null if it does not exist or the viewer may not see it. */
export async function findProject(ctx: Ctx, key: number, input: OverviewInput) {
  const scope = await findScope(ctx, { project: key });
  const row = await ctx.db.find<Omit<ProjectFacts, "quotaMilli"> & { quota: string }>(sql`
    select p.key as "key", p.id as "id", p.name as "name", p.cluster_id as "clusterId", coalesce(c.name, p.cluster_id) as "cluster",
      p.department_name as "department", p.namespace as "namespace", p.quota as "quota"
    from projects p left join clusters c on c.id = p.cluster_id where p.key <> 0 ${scope.projects("p.key")}`);
  if (!row) return null;
  const { quota, ...facts } = row;
  const [trend, meteredTime] = await Promise.all([loadTrend(ctx, scope, input), readMeteredTime(ctx, input.period)]);
  return {
    facts: { ...facts, quotaMilli: quotaOf(quota) } satisfies ProjectFacts,
    ...trend,
    /** Mean GPUs held over what is metered of the period. */
    heldMilli: average(trend.total.allocatedMilli, meteredTime(facts.clusterId).seconds) ?? 0,
  };
}
