import type { SQL } from "drizzle-orm";
import { sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { charges } from "@/db/schema/index.ts";
import { type ClassRow, IDLE, type IdleClass, selectSums } from "@/lib/classes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { Days } from "@/lib/reports/read/cost-scope.ts";
import { idleOf } from "@/lib/reports/read/spend.ts";
import { HOUR } from "@/lib/time.ts";

export interface WorkloadCharge {
  readonly workloadKey: number;
  readonly micros: number;
  /** Of it: held without activity. */
  readonly idleMicros: number;
}

/**
 * What workloads were charged in some days; one without a charge has no row: it is not free, it has no price yet.
 * @param where `and …` over `charges c`, which names workloads that the viewer sees: whoever sees one sees what it cost.
 */
export async function readWorkloadCharges(ctx: Ctx, { from, until }: Days, where: SQL): Promise<WorkloadCharge[]> {
  type Row = { workloadKey: number; micros: number } & ClassRow<"micros", IdleClass>;
  const rows = await ctx.db.all<Row>(sql`
    select c.workload_key as "workloadKey", cast(sum(c.amount_micros) as bigint) as "micros",
      ${sql.raw(selectSums(IDLE, "micros", "c"))}
    from ${charges} c where c.day >= ${from} and c.day < ${until} ${where} group by c.workload_key`);
  return rows.map((row) => ({ workloadKey: row.workloadKey, micros: row.micros, idleMicros: idleOf(row) }));
}

/** Micro-units for an hour of a milli-GPU of each workload, on its newest charged day; none for what was never charged. */
export async function readHourRates(ctx: Ctx, keys: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const rows = await ctx.db.all<{ key: number; micros: number; quantity: number }>(sql`
    select c.workload_key as "key", cast(sum(c.amount_micros) as bigint) as "micros", cast(sum(c.quantity) as bigint) as "quantity"
    from ${charges} c join (select workload_key, max(day) as day from ${charges}
      where workload_key in ${inList(keys)} and sku = 'gpu' group by workload_key) n
      on n.workload_key = c.workload_key and n.day = c.day
    where c.sku = 'gpu' group by c.workload_key`);
  return new Map(rows.filter((r) => r.quantity > 0).map((r) => [r.key, (r.micros * HOUR) / r.quantity]));
}
