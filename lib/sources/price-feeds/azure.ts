import { z } from "zod";
import { AppError } from "@/lib/errors.ts";
import { type FeedPrice, MOST_PAGES, type PriceFeed } from "./feed.ts";

const BASE = "https://prices.azure.com/api/retail/prices";

const itemSchema = z.looseObject({
  armSkuName: z.string().nullish(),
  armRegionName: z.string().nullish(),
  productName: z.string().nullish(),
  skuName: z.string().nullish(),
  retailPrice: z.number().nullish(),
  currencyCode: z.string(),
  unitOfMeasure: z.string().nullish(),
  type: z.string().nullish(),
});
const pageSchema = z.looseObject({ Items: z.array(itemSchema), NextPageLink: z.string().nullish() });
type Item = z.output<typeof itemSchema>;

/** Machines with GPUs. */
const GPU_SIZES = /^Standard_N[CDGV]\d/;

/** Azure's retail prices: no key; values in filters are case-sensitive. Windows, Spot and Low Priority rows have the same name of the machine. */
export const azure: PriceFeed = {
  name: "azure",
  title: "Azure retail prices",
  cloud: "azure",
  key: null,
  source: "Azure retail prices API",
  async read({ http, url = BASE, regions, count }) {
    const rows = new Map<string, FeedPrice>();
    for (const region of regions) {
      const filter = `serviceName eq 'Virtual Machines' and armRegionName eq '${region.replaceAll("'", "''")}' and priceType eq 'Consumption'`;
      const query = new URLSearchParams({ "api-version": "2023-01-01-preview", $filter: filter });
      let next: string | null = `${url}?${query}`;
      for (let page = 0; next !== null; page++) {
        if (page === MOST_PAGES)
          throw new AppError("source_unavailable", `Azure's price list of ${region} has no end.`);
        await count();
        const { body } = await http.json({ method: "GET", url: next });
        const parsed = pageSchema.safeParse(body);
        if (!parsed.success)
          throw new AppError("source_unavailable", "Azure's price list is in another form than documented.");
        for (const item of parsed.data.Items) take(rows, item);
        next = onward(parsed.data.NextPageLink, url);
      }
    }
    return { prices: [...rows.values()] };
  },
};

/** The next page, where it is at the same server: a list leads nowhere else. */
function onward(link: string | null | undefined, base: string): string | null {
  if (!link) return null;
  const [at, own] = [URL.parse(link), new URL(base)];
  if (at?.hostname !== own.hostname)
    throw new AppError("source_unavailable", "Azure's price list goes on at another server: it was not followed.");
  return `${own.origin}${at.pathname}${at.search}`;
}

function take(rows: Map<string, FeedPrice>, item: Item): void {
  const {
    armSkuName: instance,
    armRegionName: region,
    productName,
    skuName,
    retailPrice,
    currencyCode,
    unitOfMeasure,
  } = item;
  if (!instance || !region || !GPU_SIZES.test(instance) || typeof retailPrice !== "number" || retailPrice <= 0) return;
  if (unitOfMeasure !== "1 Hour" || (item.type && item.type !== "Consumption")) return;
  if (/windows|cloud services/i.test(productName ?? "") || /low priority/i.test(skuName ?? "")) return;
  const key = `${instance}/${region}`;
  const before = rows.get(key) ?? {
    ...{ cloud: "azure", instance, region, zone: "", gpuModel: "", gpus: null, onDemand: "", spot: "" },
    currency: currencyCode,
  };
  const price = String(retailPrice);
  rows.set(key, /\bspot\b/i.test(skuName ?? "") ? { ...before, spot: price } : { ...before, onDemand: price });
}
