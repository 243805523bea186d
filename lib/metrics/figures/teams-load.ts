import { type Reader, sql } from "@/db/client.ts";
import { chargedDays, hardware, teamDays } from "@/db/schema/index.ts";
import { priceOf, sumExactly } from "@/lib/money.ts";
import { DayPrices, isPriced } from "@/lib/pricing/price-book.ts";
import { loadPriceBook } from "@/lib/pricing/price-store.ts";
import type { Days } from "@/lib/reports/read/cost-scope.ts";

/** Whether a day has been charged at least once: before that, its cost is unknown. */
export const isDayCharged = async (db: Reader, day: number): Promise<boolean> =>
  (await db.find(sql`select day from ${chargedDays} where day = ${day}`)) !== undefined;

/** What a team saved by spot prices on one GPU model, in micro-units; and the GPU time that has no standard price to compare with. */
export interface SpotSaving {
  readonly gpuModel: string;
  readonly savedMicros: number;
  readonly uncomparedMilli: number;
}

interface SpotRow {
  readonly day: number;
  readonly clusterId: string;
  readonly nodePool: string;
  readonly gpuModel: string;
  readonly quantity: number;
  readonly micros: number;
}

/** GPU time charged at spot prices in some days against the standard prices of the same days. */
export async function loadSpotSavings(db: Reader, currency: string, { from, until }: Days): Promise<SpotSaving[]> {
  const rows = await db.all<SpotRow>(sql`
    select d.day as "day", h.cluster_id as "clusterId", h.node_pool as "nodePool", h.gpu_model as "gpuModel",
      cast(sum(d.quantity) as bigint) as "quantity", cast(sum(d.amount_micros) as bigint) as "micros"
    from ${teamDays} d join ${hardware} h on h.key = d.hardware_key
    where d.day >= ${from} and d.day < ${until} and d.sku = 'gpu' and d.price_class = 'spot'
    group by d.day, h.cluster_id, h.node_pool, h.gpu_model order by 1, 2, 3, 4`);
  if (rows.length === 0) return [];
  const book = await loadPriceBook(db, currency);
  const prices = new Map([...new Set(rows.map((r) => r.day))].map((day) => [day, new DayPrices(book, day)]));
  const compared = rows.map((row) => {
    const price = prices.get(row.day)?.find(row, "gpu", "standard");
    return price && isPriced(price)
      ? { ...row, savedMicros: priceOf(row.quantity, "gpu", price.unitPriceNanos) - row.micros, uncomparedMilli: 0 }
      : { ...row, savedMicros: 0, uncomparedMilli: row.quantity };
  });
  return [...Map.groupBy(compared, (c) => c.gpuModel)].map(([gpuModel, of]) => ({
    gpuModel,
    savedMicros: sumExactly(of.map((c) => c.savedMicros)),
    uncomparedMilli: of.reduce((sum, c) => sum + c.uncomparedMilli, 0),
  }));
}
