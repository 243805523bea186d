import { sql } from "@/db/client.ts";
import type { Ctx } from "@/lib/ctx.ts";
import {
  keyList,
  projectsUsage,
  type Quantities,
  type Quantity,
  selectQuantities,
} from "@/lib/reports/read/quantities.ts";
import type { Scope } from "@/lib/reports/read/scope.ts";
import type { Period } from "@/lib/reports/report.ts";

export type ProjectUsage<Q extends Quantity> = Quantities<Q> & {
  readonly clusterId: string;
  /** 0: nobody. */
  readonly projectKey: number;
  /** Empty where no GPU was held. */
  readonly gpuModel: string;
};

/** The usage of each project (and of nobody, where the scope has it) by cluster and GPU model, summed over the period. */
export async function readProjectUsage<Q extends Quantity>(
  ctx: Ctx,
  period: Period,
  scope: Scope,
  quantities: readonly Q[],
): Promise<ProjectUsage<Q>[]> {
  const ofProjects = scope.projectKeys
    ? sql` and u.project_key in ${keyList(scope.nobody ? [0, ...scope.projectKeys] : scope.projectKeys)}`
    : sql``;
  const { table, inPeriod } = projectsUsage(period);
  const rows = await ctx.db.all<ProjectUsage<Q>>(sql`
    select h.cluster_id as "clusterId", u.project_key as "projectKey", h.gpu_model as "gpuModel",
      ${selectQuantities(quantities)}
    from ${table} u join hardware h on h.key = u.hardware_key
    where ${inPeriod}${ofProjects}
    group by h.cluster_id, u.project_key, h.gpu_model`);
  return rows.filter((r) => !scope.clusterIds || scope.clusterIds.has(r.clusterId));
}
