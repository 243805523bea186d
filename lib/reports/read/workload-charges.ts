import type { SQL } from "drizzle-orm";
import { sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { charges, hardware, workloads } from "@/db/schema/index.ts";
import { type ClassRow, IDLE, type IdleClass, selectSums } from "@/lib/classes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { HOUR } from "@/lib/time.ts";
import type { CostScope, Days } from "./cost-scope.ts";
import { idleOf } from "./spend.ts";

export interface WorkloadCharge {
  readonly workloadKey: number;
  readonly micros: number;
  /** Of it: held without activity. */
  readonly idleMicros: number;
}

/**
 * What workloads were charged in some days; one without a charge has no row: it is not free, it has no price yet. A workload that
 * changed teams counts with the charges that the viewer may see.
 * @param where `and …` over `charges c`, which names workloads that the viewer sees.
 */
export async function readWorkloadCharges(
  ctx: Ctx,
  cost: CostScope,
  { from, until }: Days,
  where: SQL,
): Promise<WorkloadCharge[]> {
  type Row = { workloadKey: number; micros: number } & ClassRow<"micros", IdleClass>;
  const rows = await ctx.db.all<Row>(sql`
    select c.workload_key as "workloadKey", cast(sum(c.amount_micros) as double precision) as "micros",
      ${sql.raw(selectSums(IDLE, "micros", "c", "double precision"))}
    from ${chargesOf(ctx)} where c.day >= ${from} and c.day < ${until} ${where}
      ${cost.charged("c", "h.cluster_id")} group by c.workload_key`);
  return rows.map((row) => ({ workloadKey: row.workloadKey, micros: row.micros, idleMicros: idleOf(row) }));
}

/** `charges c`, joined with what CostScope.charged needs: the hardware, and the workload for people who see what they submitted. */
export function chargesOf({ viewer }: Ctx): SQL {
  const own = viewer.projects !== "all" && viewer.submitters?.length;
  return sql`${charges} c join ${hardware} h on h.key = c.hardware_key
    ${own ? sql`join ${workloads} w on w.key = c.workload_key` : sql``}`;
}

/**
 * Micro-units for an hour of a milli-GPU of each workload, on its newest charged day; none for what was never charged, and what is
 * charged to a team of which the viewer sees no charges.
 */
export async function readHourRates(
  ctx: Ctx,
  cost: CostScope,
  keys: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const rows = await ctx.db.all<{ key: number; micros: number; quantity: number }>(sql`
    select c.workload_key as "key", cast(sum(c.amount_micros) as bigint) as "micros", cast(sum(c.quantity) as bigint) as "quantity"
    from ${chargesOf(ctx)} join (select workload_key, max(day) as day from ${charges}
      where workload_key in ${inList(keys)} and sku = 'gpu' group by workload_key) n
      on n.workload_key = c.workload_key and n.day = c.day
    where c.sku = 'gpu' ${cost.charged("c", "h.cluster_id")} group by c.workload_key`);
  return ratesOf(rows);
}

type Rated = { readonly key: number; readonly micros: number; readonly quantity: number };
const ratesOf = (rows: readonly Rated[]): ReadonlyMap<number, number> =>
  new Map(rows.filter((r) => r.quantity > 0).map((r) => [r.key, (r.micros * HOUR) / r.quantity]));

/** The same of what nobody held, by hardware: on the newest day on which some of it was free. */
export async function readFreeRates(
  ctx: Ctx,
  cost: CostScope,
  hardwareKeys: readonly number[],
): Promise<ReadonlyMap<number, number>> {
  const rows = await ctx.db.all<Rated>(sql`
    select c.hardware_key as "key", cast(sum(c.amount_micros) as bigint) as "micros", cast(sum(c.quantity) as bigint) as "quantity"
    from ${chargesOf(ctx)} join (select hardware_key, max(day) as day from ${charges}
      where workload_key = 0 and hardware_key in ${inList(hardwareKeys)} and sku = 'gpu' group by hardware_key) n
      on n.hardware_key = c.hardware_key and n.day = c.day
    where c.workload_key = 0 and c.sku = 'gpu' ${cost.charged("c", "h.cluster_id")} group by c.hardware_key`);
  return ratesOf(rows);
}
