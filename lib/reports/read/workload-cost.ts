import { sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { charges, hardware, shares, workloads } from "@/db/schema/index.ts";
import {
  CLASS_UNITS,
  type ClassRow,
  type ClassUnit,
  classColumn,
  classProperty,
  IDLE,
  type IdleClass,
  sumSql,
} from "@/lib/classes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { sumBooked } from "./booked.ts";
import type { CostScope, Days } from "./cost-scope.ts";
import { noSpend, type Spend, spendRow } from "./spend.ts";

type Summed = Pick<Spend, "usageMicros" | "gpuMilli" | "observedMilli" | "expectedMilli" | "exact"> &
  ClassRow<ClassUnit, IdleClass>;
/** Rows as they are read: amounts are texts. */
type Read<T> = { readonly [K in keyof Omit<T, "exact">]: K extends `${string}Micros` ? string : T[K] };

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

const USER = sql`coalesce(w.submitted_by, '')`;
const IDLES = IDLE.flatMap((c) => CLASS_UNITS.map((unit) => [classColumn(c, unit), classProperty(c, unit)] as const));
const SUMMED = [
  ["amount_micros", "usageMicros"],
  ["observed_milli", "observedMilli"],
  ["expected_milli", "expectedMilli"],
  ...IDLES,
] as const;
const SUMS = sql.raw(
  SUMMED.map(([column, name]) => `sum(c.${column}) as "${name}"`)
    .concat(`sum(case when c.sku = 'gpu' then c.quantity else 0 end) as "gpuMilli"`)
    .join(", "),
);
const CAST = sql.raw(
  ["gpuMilli", ...SUMMED.map(([, name]) => name)]
    .map((n) => `cast(x."${n}" as ${n.endsWith("Micros") ? "text" : "bigint"}) as "${n}"`)
    .join(", "),
);

export interface WorkloadCostOptions {
  /** Only those with idle cost. */
  readonly idle?: boolean;
  /** Only charges of these projects (0: nobody's), on hardware of these clusters. */
  readonly within?: { readonly projectKeys: readonly number[]; readonly clusterIds: readonly string[] };
}

/**
 * The cost of each workload (and of nobody, where the scope has it) by GPU model and team, in one pass over the days'
 * charges.
 */
export async function readWorkloadCost(
  ctx: Ctx,
  cost: CostScope,
  { from, until }: Days,
  { idle = false, within }: WorkloadCostOptions = {},
): Promise<WorkloadCost[]> {
  const onlyIdle = idle ? sql` and ${sql.raw(sumSql(IDLE, "micros", "c"))} <> 0` : sql``;
  const ofProjects = within ? sql` and c.project_key in ${inList(within.projectKeys)}` : sql``;
  const ofClusters = within ? sql` and h.cluster_id in ${inList(within.clusterIds)}` : sql``;
  const rows = await ctx.db.all<Read<WorkloadCost>>(sql`
    select x.workload_key as "workloadKey", h.cluster_id as "clusterId", h.gpu_model as "gpuModel", x.team_key as "teamKey",
      x.project_key as "projectKey", coalesce(w.id, '') as "id", coalesce(w.name, '') as "name",
      ${USER} as "user", coalesce(w.category, '') as "category", ${CAST}
    from (select c.workload_key, c.hardware_key, c.team_key, c.project_key, ${SUMS}
      from ${charges} c where c.day >= ${from} and c.day < ${until}${onlyIdle}${ofProjects}
      group by c.workload_key, c.hardware_key, c.team_key, c.project_key) x
    join ${hardware} h on h.key = x.hardware_key
    left join ${workloads} w on w.key = x.workload_key and w.key <> 0
    where true${ofClusters}${cost.charged("x", "h.cluster_id")}${ofUser(cost)}`);
  return rows.map((row) => spendRow(row));
}

/** The clusters and projects (0: nobody) of which readWorkloadCost has any row. */
export function readChargedPlaces(
  ctx: Ctx,
  cost: CostScope,
  { from, until }: Days,
): Promise<Pick<WorkloadCost, "clusterId" | "projectKey">[]> {
  return ctx.db.all(sql`
    select distinct h.cluster_id as "clusterId", c.project_key as "projectKey"
    from ${charges} c join ${hardware} h on h.key = c.hardware_key
    left join ${workloads} w on w.key = c.workload_key and w.key <> 0
    where c.day >= ${from} and c.day < ${until}${cost.charged("c", "h.cluster_id")}${ofUser(cost)}`);
}

/** The same by user (empty: nobody's) and team. */
export async function readUserCost(
  ctx: Ctx,
  cost: CostScope,
  { from, until }: Days,
): Promise<(Summed & Pick<WorkloadCost, "user" | "teamKey">)[]> {
  const rows = await ctx.db.all<Read<Summed> & Pick<WorkloadCost, "user" | "teamKey">>(sql`
    select x."user", x.team_key as "teamKey", ${CAST}
    from (select ${USER} as "user", c.team_key, ${SUMS}
      from ${charges} c join ${hardware} h on h.key = c.hardware_key
      left join ${workloads} w on w.key = c.workload_key and w.key <> 0
      where c.day >= ${from} and c.day < ${until}${cost.charged("c", "h.cluster_id")}${ofUser(cost)}
      group by ${USER}, c.team_key) x`);
  return rows.map((row) => spendRow(row));
}

const ofUser = ({ user }: CostScope) => (user === undefined ? sql`` : sql` and w.submitted_by = ${user}`);

/** Shares, imported cost and what is booked, of the scope, as one sum: what has no workload. Null without any. */
export async function readSharedCost(ctx: Ctx, cost: CostScope, days: Days): Promise<Spend | null> {
  const { from, until } = days;
  const query = ctx.db.find<{ shareMicros: string | null; costMicros: string | null; n: number }>(sql`
    select cast(sum(case when s.cost_class = 'shared' then 0 else s.amount_micros end) as text) as "shareMicros",
      cast(sum(case when s.cost_class = 'shared' then s.amount_micros else 0 end) as text) as "costMicros",
      cast(count(*) as bigint) as "n"
    from ${shares} s where s.day >= ${from} and s.day < ${until}${cost.shares("s")}`);
  const [row, correctionMicros] = await Promise.all([query, cost.user === undefined ? sumBooked(ctx, cost, days) : 0n]);
  if (!row?.n && correctionMicros === 0n) return null;
  const [shareMicros, costMicros] = [row?.shareMicros ?? "0", row?.costMicros ?? "0"];
  return spendRow({ shareMicros, costMicros, correctionMicros: `${correctionMicros}` });
}
