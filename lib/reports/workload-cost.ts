import { sql } from "@/db/client";
import { charges, hardware, shares, workloads } from "@/db/schema";
import type { Ctx } from "@/lib/ctx";
import type { CostScope, Days } from "./cost-scope.ts";
import { noSpend, type Spend } from "./spend.ts";

type Summed = Pick<
  Spend,
  | "usageMicros"
  | "gpuMilli"
  | "observedMilli"
  | "expectedMilli"
  | "deadIdleMicros"
  | "deadIdleMilli"
  | "idleHeldMicros"
  | "idleHeldMilli"
>;

/** What a workload's charges come to on one GPU model, with the names that reports print. */
export interface WorkloadCost extends Summed {
  /** 0: what nobody held. */
  readonly workloadKey: number;
  readonly clusterId: string;
  readonly gpuModel: string;
  readonly teamKey: number;
  readonly projectKey: number;
  readonly id: string;
  readonly name: string;
  readonly user: string;
  readonly category: string;
}

export const spendOf = (cost: Summed): Spend => ({ ...noSpend(), ...cost });

const SUMS = sql.raw(
  [
    ["amount_micros", "usageMicros"],
    ["observed_milli", "observedMilli"],
    ["expected_milli", "expectedMilli"],
    ["dead_idle_micros", "deadIdleMicros"],
    ["dead_idle_milli", "deadIdleMilli"],
    ["idle_held_micros", "idleHeldMicros"],
    ["idle_held_milli", "idleHeldMilli"],
  ]
    .map(([column, name]) => `sum(c.${column}) as "${name}"`)
    .join(", "),
);
const CAST = sql.raw(
  [
    "usageMicros",
    "gpuMilli",
    "observedMilli",
    "expectedMilli",
    "deadIdleMicros",
    "deadIdleMilli",
    "idleHeldMicros",
    "idleHeldMilli",
  ]
    .map((n) => `cast(x."${n}" as bigint) as "${n}"`)
    .join(", "),
);

/**
 * The cost of each workload (and of nobody, where the scope has it) by GPU model and team, in one pass over the days'
 * charges. @param idle only those with idle cost.
 */
export function readWorkloadCost(
  ctx: Ctx,
  cost: CostScope,
  { from, until }: Days,
  idle = false,
): Promise<WorkloadCost[]> {
  const ofUser = cost.user === undefined ? sql`` : sql` and w.submitted_by = ${cost.user}`;
  const onlyIdle = idle ? sql` and c.dead_idle_micros + c.idle_held_micros <> 0` : sql``;
  return ctx.db.all<WorkloadCost>(sql`
    select x.workload_key as "workloadKey", h.cluster_id as "clusterId", h.gpu_model as "gpuModel", x.team_key as "teamKey",
      x.project_key as "projectKey", coalesce(w.id, '') as "id", coalesce(w.name, '') as "name",
      coalesce(w.submitted_by, '') as "user", coalesce(w.category, '') as "category", ${CAST}
    from (select c.workload_key, c.hardware_key, c.team_key, c.project_key, ${SUMS},
        sum(case when c.sku = 'gpu' then c.quantity else 0 end) as "gpuMilli"
      from ${charges} c where c.day >= ${from} and c.day < ${until}${onlyIdle}
      group by c.workload_key, c.hardware_key, c.team_key, c.project_key) x
    join ${hardware} h on h.key = x.hardware_key
    left join ${workloads} w on w.key = x.workload_key and w.key <> 0
    where true${cost.rows("x", "h.cluster_id")}${ofUser}`);
}

/** Shares and imported cost of the scope as one sum: what no workload caused. Null where there is none. */
export async function readSharedCost(ctx: Ctx, cost: CostScope, { from, until }: Days): Promise<Spend | null> {
  const row = await ctx.db.find<Pick<Spend, "shareMicros" | "costMicros"> & { n: number }>(sql`
    select cast(sum(case when s.cost_class = 'shared' then 0 else s.amount_micros end) as bigint) as "shareMicros",
      cast(sum(case when s.cost_class = 'shared' then s.amount_micros else 0 end) as bigint) as "costMicros",
      cast(count(*) as bigint) as "n"
    from ${shares} s where s.day >= ${from} and s.day < ${until}${cost.shares("s")}`);
  return row?.n ? { ...noSpend(), shareMicros: row.shareMicros, costMicros: row.costMicros } : null;
}
