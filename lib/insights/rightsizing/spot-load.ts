import { sql } from "@/db/client.ts";
import { hardware } from "@/db/schema/index.ts";
import { allow } from "@/lib/auth/allow.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { LIST_PRICES } from "@/lib/pricing/list-prices.ts";
import { DayPrices, isPriced } from "@/lib/pricing/price-book.ts";
import { loadPriceBook } from "@/lib/pricing/price-store.ts";
import { dateOf, dayKey } from "@/lib/time.ts";
import { type DatedPrice, type SpotOffer, spotOfferOf } from "./spot-offers.ts";

/** Spot against on demand for every GPU model of the ledger, today; the cheapest where places differ. @throws AppError `forbidden`. */
export async function loadSpotOffers(ctx: Ctx): Promise<SpotOffer[]> {
  allow(ctx.viewer, "prices.read");
  const [book, places] = await Promise.all([
    loadPriceBook(ctx.db, ctx.ledger.currency),
    ctx.db.all<{ clusterId: string; nodePool: string; gpuModel: string }>(sql`select distinct cluster_id as "clusterId",
      node_pool as "nodePool", gpu_model as "gpuModel" from ${hardware} where gpu_model <> '' order by 3, 1, 2`),
  ]);
  const prices = new DayPrices(book, dayKey(dateOf(ctx.now(), ctx.ledger.zone)));
  const fromDays = new Map(book.prices.map((p) => [p.key, p.effectiveFrom]));
  const cheapest = (of: typeof places, priceClass: "standard" | "spot"): DatedPrice | null => {
    const known = of.flatMap((place) => {
      const found = prices.find(place, "gpu", priceClass);
      const fromDay = isPriced(found) ? fromDays.get(found.priceKey) : undefined;
      return isPriced(found) && fromDay !== undefined ? [{ nanos: found.unitPriceNanos, fromDay }] : [];
    });
    return known.sort((a, b) => a.nanos - b.nanos)[0] ?? null;
  };
  return [...Map.groupBy(places, (p) => p.gpuModel)].map(([model, of]) =>
    spotOfferOf(model, cheapest(of, "standard"), cheapest(of, "spot"), LIST_PRICES),
  );
}
