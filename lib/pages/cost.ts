import { sql } from "@/db/client.ts";
import { charges } from "@/db/schema/index.ts";
import { type ClassAmounts, IDLE, selectSums } from "@/lib/classes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { divideHalfEven, safeInteger } from "@/lib/money.ts";
import { type CostScope, type Days, findCostScope } from "@/lib/reports/read/cost-scope.ts";
import {
  addSpend,
  classSums,
  idleOf,
  noSpend,
  type ReadSpend,
  readSpend,
  type Spend,
  spendRow,
  totalOf,
} from "@/lib/reports/read/spend.ts";
import { chargesOf } from "@/lib/reports/read/workload-charges.ts";
import type { Period } from "@/lib/reports/report.ts";

/** What a page's subject cost over the days of its period: the total of /spend and /explain for the same days. */
export interface Cost {
  readonly currency: string;
  readonly days: Days;
  /** The only one that is counted. */
  readonly cluster: string | undefined;
  readonly micros: number;
  /** Of it: held without activity. */
  readonly idleMicros: number;
  /** Of GPU time, by class; of one workload null. */
  readonly classMicros: Readonly<ClassAmounts> | null;
  /** Of one workload: what an hour of the GPUs that it holds now costs; null where it holds none, or none has a price. */
  readonly hourMicros: number | null;
}

export interface CostOf {
  readonly cluster?: string | undefined;
  readonly project?: number;
  readonly workload?: number;
}

/** Null where the period cuts a day, and where nothing is charged: what has no price is not free. */
export async function loadCost(ctx: Ctx, { days }: Period, of: CostOf): Promise<Cost | null> {
  if (!days) return null;
  const cost = await findCostScope(ctx, { cluster: of.cluster }, "usage");
  const [spend, hourMicros] =
    of.workload === undefined
      ? [await readSums(ctx, cost, days, of), null]
      : await Promise.all([readOne(ctx, cost, days, of.workload), readHour(ctx, cost, of.workload)]);
  if (!spend) return null;
  const classMicros = of.workload === undefined ? classSums(spend, "micros") : null;
  return {
    currency: ctx.ledger.currency,
    days,
    cluster: of.cluster,
    micros: totalOf(spend),
    idleMicros: idleOf(spend),
    classMicros,
    hourMicros,
  };
}

async function readSums(ctx: Ctx, cost: CostScope, days: Days, { project }: CostOf): Promise<Spend | null> {
  const rows = await readSpend(ctx, cost, days, ["projectKey"]);
  const mine = rows.filter((row) => project === undefined || row.projectKey === project);
  if (mine.length === 0) return null;
  const sum = noSpend();
  for (const row of mine) addSpend(sum, row);
  return sum;
}

/** What the viewer may see of it: a workload that changed teams was charged to each in turn. */
async function readOne(ctx: Ctx, cost: CostScope, { from, until }: Days, workload: number): Promise<Spend | null> {
  const row = await ctx.db.find<Partial<Pick<ReadSpend, "usageMicros">> & { n: number }>(sql`
    select cast(count(*) as bigint) as "n", cast(sum(c.amount_micros) as text) as "usageMicros",
      ${sql.raw(selectSums(IDLE, "micros", "c", "text"))}
    from ${chargesOf(ctx)} where c.workload_key = ${workload} and c.day >= ${from} and c.day < ${until}
      ${cost.charged("c", "h.cluster_id")}`);
  return row?.n ? spendRow(row) : null;
}

/** GPUs held at the newest metered instant × what one cost on the workload's newest charged day, whatever its terms. */
async function readHour(ctx: Ctx, cost: CostScope, workload: number): Promise<number | null> {
  const row = await ctx.db.find<{ held: number | null; micros: number | null; milli: number | null }>(sql`select
    (select cast(sum(milli) as bigint) from fleet where workload_key = ${workload}) as "held",
    cast(sum(c.amount_micros) as bigint) as "micros", cast(sum(c.quantity) as bigint) as "milli"
    from ${chargesOf(ctx)} where c.workload_key = ${workload} and c.sku = 'gpu'
      and c.day = (select max(day) from ${charges} where workload_key = ${workload}) ${cost.charged("c", "h.cluster_id")}`);
  if (!row?.held || row.micros === null || !row.milli) return null;
  return safeInteger(divideHalfEven(BigInt(row.micros) * BigInt(row.held) * 3600n, BigInt(row.milli)));
}
