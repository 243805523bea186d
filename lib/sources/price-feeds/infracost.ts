import { z } from "zod";
import { AppError } from "@/lib/errors.ts";
import type { FeedPrice, PriceFeed } from "./feed.ts";

const BASE = "https://pricing.api.infracost.io/graphql";

const answerSchema = z.looseObject({
  errors: z.array(z.looseObject({ message: z.string().optional() })).optional(),
  data: z
    .looseObject({
      products: z.array(
        z.looseObject({
          prices: z.array(
            z.looseObject({
              purchaseOption: z.string().nullish(),
              unit: z.string().nullish(),
              USD: z.string().nullish(),
            }),
          ),
        }),
      ),
    })
    .nullish(),
});

const QUERY = `query ($filter: ProductFilter!) {
  products(filter: $filter) { prices(filter: { purchaseOption: "on_demand" }) { purchaseOption unit USD } }
}`;

const filterOf = (region: string, instance: string) => ({
  ...{ vendorName: "aws", service: "AmazonEC2", productFamily: "Compute Instance", region },
  attributeFilters: Object.entries({
    ...{
      instanceType: instance,
      operatingSystem: "Linux",
      tenancy: "Shared",
      preInstalledSw: "NA",
      capacitystatus: "Used",
    },
  }).map(([key, value]) => ({ key, value })),
});

/** Infracost's prices of AWS, an instance a request: those that other lists know to have GPUs. A failure is a 200 with `errors`. */
export const infracost: PriceFeed = {
  name: "infracost",
  title: "Infracost (AWS)",
  cloud: "aws",
  key: "INFRACOST_API_KEY",
  source: "Infracost Cloud Pricing API",
  async read({ http, url = BASE, regions, key, instances, count }) {
    const prices: FeedPrice[] = [];
    const names = [...new Set(instances.filter((i) => i.cloud === "aws").map((i) => i.instance))];
    for (const region of regions)
      for (const instance of names) {
        await count();
        const body = JSON.stringify({ query: QUERY, variables: { filter: filterOf(region, instance) } });
        const headers = { "content-type": "application/json", "x-api-key": key };
        const answer = await http.json({ method: "POST", url, headers, body });
        const price = readPrice(answer.body);
        if (price !== null)
          prices.push({
            ...{ cloud: "aws", instance, region, zone: "", gpuModel: "", gpus: null, onDemand: price, spot: "" },
            currency: "USD",
          });
      }
    return { prices };
  },
};

/** The one price of an hour; null: there is no such product there. Several different ones are no answer. */
function readPrice(body: unknown): string | null {
  const { data: answer } = answerSchema.safeParse(body);
  if (answer?.errors?.length)
    throw new AppError(
      "source_unavailable",
      `Infracost could not answer: ${(answer.errors[0]?.message ?? "").slice(0, 200)}`,
    );
  if (!answer?.data) throw new AppError("source_unavailable", "Infracost answered in another form than documented.");
  const prices = answer.data.products.flatMap((product) => product.prices);
  const hourly = prices.filter((p) => /^(?:hrs|hours?)$/i.test(p.unit ?? "") && Number(p.USD) > 0);
  return new Set(hourly.map((p) => Number(p.USD))).size === 1 ? (hourly[0]?.USD ?? null) : null;
}
