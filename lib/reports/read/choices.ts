import { sql } from "@/db/client.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { findScope, type Scope } from "./scope.ts";

export interface ClusterChoice {
  readonly id: string;
  readonly name: string;
}

/** Clusters in which the viewer may see anything. */
export async function listClusters(ctx: Ctx): Promise<readonly ClusterChoice[]> {
  return (await findScope(ctx, {})).clusterChoices;
}

/** A list of values to choose from is cut off here. */
export const MOST_CHOICES = 500;

/** Every project that the viewer may see, by name. */
export async function listProjectChoices(ctx: Ctx): Promise<{ key: number; name: string; cluster: string }[]> {
  const scope = await findScope(ctx, {});
  return ctx.db.all(sql`
    select p.key as "key", p.name as "name", coalesce(c.name, p.cluster_id) as "cluster" from projects p
    left join clusters c on c.id = p.cluster_id where p.key <> 0 ${scope.projects("p.key")} order by p.name, p.key`);
}

/** Who submitted the workloads that the viewer may see. */
export const listUsers = async (ctx: Ctx): Promise<string[]> => distinct(ctx, await findScope(ctx, {}), "submitted_by");

/** What the workload list can be narrowed to besides projects, of what the viewer may see. */
export async function listWorkloadChoices(ctx: Ctx) {
  const scope = await findScope(ctx, {});
  const [users, categories, phases, models] = await Promise.all([
    distinct(ctx, scope, "submitted_by"),
    distinct(ctx, scope, "category"),
    distinct(ctx, scope, "phase"),
    ctx.db.all<{ value: string }>(
      sql`select distinct gpu_model as "value" from hardware where gpu_model <> '' order by 1`,
    ),
  ]);
  return { users, categories, phases, models: models.map((m) => m.value) };
}

/** Steps from value to value along an index: the time does not grow with the workloads. */
async function distinct(ctx: Ctx, scope: Scope, column: "submitted_by" | "category" | "phase"): Promise<string[]> {
  const c = sql.raw(column);
  const seen = scope.workloads("w");
  const rows = await ctx.db.all<{ value: string }>(sql`
    with recursive found(value) as (
      select min(${c}) from workloads
      union all
      select (select min(w.${c}) from workloads w where w.${c} > found.value) from found where found.value is not null)
    select value as "value" from found where value <> ''
      and exists (select 1 from workloads w where w.${c} = found.value ${seen})
    order by 1 limit ${MOST_CHOICES}`);
  return rows.map((r) => r.value);
}
