import { sql } from "@/db/client.ts";
import { capacity, chargedDays, teamDays } from "@/db/schema/index.ts";
import { type Bridge, type BridgeCell, type BridgeSide, bridge } from "@/lib/charges/bridge.ts";
import { CAPACITY, type ClassUnit, IDLE, sumSql } from "@/lib/classes.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { exactMicros } from "@/lib/money.ts";
import type { CostScope, Days } from "@/lib/reports/read/cost-scope.ts";
import { noSpend } from "@/lib/reports/read/spend.ts";
import { readSharedCost } from "@/lib/reports/read/workload-cost.ts";
import { dayOfKey, type Instant } from "@/lib/time.ts";

/** Why the scope's spend changed; null where nothing was charged before. */
export async function readBridge(
  ctx: Ctx,
  cost: CostScope,
  now: Days,
  before: Days,
  zone: string,
): Promise<Bridge | null> {
  const [a, b] = await Promise.all([readSide(ctx, cost, before, zone), readSide(ctx, cost, now, zone)]);
  return bridge(a, b);
}

async function readSide(ctx: Ctx, cost: CostScope, days: Days, zone: string): Promise<BridgeSide> {
  const [cells, shared, seconds] = await Promise.all([
    readCells(ctx, cost, days),
    readSharedCost(ctx, cost, days),
    chargedSeconds(ctx, days, zone),
  ]);
  const { exact } = shared ?? noSpend();
  return {
    ...{ seconds, cells },
    shareMicros: exactMicros(exact.shareMicros),
    costMicros: exactMicros(exact.costMicros),
    correctionMicros: exactMicros(exact.correctionMicros),
  };
}

/** A cell with its amounts as texts, which are exact whatever their size. */
type Read = { readonly [K in keyof BridgeCell]: K extends `${string}Micros` ? string : BridgeCell[K] };

async function readCells(ctx: Ctx, cost: CostScope, { from, until }: Days): Promise<BridgeCell[]> {
  const nobodys = (unit: ClassUnit) =>
    sql.raw(`case when t.project_key = 0 then ${sumSql(CAPACITY, unit, "t")} else 0 end`);
  const rows = await ctx.db.all<Read>(sql`
    select t.hardware_key || '/' || t.sku || '/' || t.price_class as "key", t.sku as "sku",
      cast(sum(t.quantity) as bigint) as "quantity", cast(sum(t.amount_micros) as text) as "amountMicros",
      case when min(t.unit_price_nanos) = max(t.unit_price_nanos) then min(t.unit_price_nanos) end as "unitPriceNanos",
      cast(sum(${sql.raw(sumSql(IDLE, "milli", "t"))}) as bigint) as "idle",
      cast(sum(${sql.raw(sumSql(IDLE, "micros", "t"))}) as text) as "idleMicros",
      cast(sum(${nobodys("milli")}) as bigint) as "unheld", cast(sum(${nobodys("micros")}) as text) as "unheldMicros"
    from ${teamDays} t join hardware h on h.key = t.hardware_key
    where t.day >= ${from} and t.day < ${until}${cost.rows("t", "h.cluster_id")}
    group by t.hardware_key, t.sku, t.price_class`);
  return rows.map((row) => ({
    ...row,
    amountMicros: exactMicros(BigInt(row.amountMicros)),
    idleMicros: exactMicros(BigInt(row.idleMicros)),
    unheldMicros: exactMicros(BigInt(row.unheldMicros)),
  }));
}

/** Seconds of the days that are charged; of the last one up to where it is metered. */
async function chargedSeconds(ctx: Ctx, { from, until }: Days, zone: string): Promise<number> {
  const days = await ctx.db.all<{ day: number }>(
    sql`select day from ${chargedDays} where day >= ${from} and day < ${until} order by day`,
  );
  const last = days.at(-1);
  if (!last) return 0;
  const { start, end } = dayOfKey(last.day, zone);
  const metered = await ctx.db.find<{ at: Instant | null }>(
    sql`select max(through_at) as "at" from ${capacity} where bucket_at >= ${start} and bucket_at < ${end}`,
  );
  const partly = metered?.at ? Math.min(end, metered.at) - start : end - start;
  return days.slice(0, -1).reduce((sum, { day }) => sum + lengthOf(day, zone), partly);
}

function lengthOf(day: number, zone: string): number {
  const { start, end } = dayOfKey(day, zone);
  return end - start;
}
