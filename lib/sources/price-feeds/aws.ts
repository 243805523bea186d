import type { _InstanceType, EC2Client } from "@aws-sdk/client-ec2";
import type { Filter, GetProductsCommandOutput } from "@aws-sdk/client-pricing";
import { z } from "zod";
import { AppError } from "@/lib/errors.ts";
import { type FeedMeans, type FeedPrice, MOST_PAGES, type PriceFeed } from "./feed.ts";

/** One of the regions that have the Price List, whatever region the prices are of. */
const PRICE_LIST_REGION = "us-east-1";

const productSchema = z.looseObject({
  product: z.looseObject({
    attributes: z.looseObject({
      instanceType: z.string(),
      regionCode: z.string().optional(),
      gpu: z.string().optional(),
    }),
  }),
  terms: z.looseObject({
    OnDemand: z
      .record(
        z.string(),
        z.looseObject({
          priceDimensions: z.record(
            z.string(),
            z.looseObject({ unit: z.string(), pricePerUnit: z.record(z.string(), z.string()) }),
          ),
        }),
      )
      .optional(),
  }),
});

/** Without these, several prices match one machine. */
const filtersOf = (region: string): Filter[] =>
  Object.entries({
    ...{ regionCode: region, instanceFamily: "GPU instance", operatingSystem: "Linux", tenancy: "Shared" },
    ...{ preInstalledSw: "NA", capacitystatus: "Used" },
  }).map(([Field, Value]) => ({ Type: "TERM_MATCH", Field, Value }));

const failed = (error: unknown): AppError =>
  error instanceof AppError
    ? error
    : // Its own words may hold credentials, and the number of the account.
      new AppError(
        "source_unavailable",
        `AWS' prices could not be read (${error instanceof Error ? error.name : "no answer"}).`,
      );

/** AWS' Price List, and the latest spot price of each zone; both by AWS' own library, which is loaded with the first call. */
export const aws: PriceFeed = {
  name: "aws",
  title: "AWS Price List and spot prices",
  cloud: "aws",
  key: null,
  source: "AWS Price List API; EC2 spot price history",
  async read(means) {
    try {
      const prices: FeedPrice[] = [];
      for (const region of means.regions) {
        const onDemand = await readPriceList(means, region);
        prices.push(...onDemand, ...(await readSpot(means, region, onDemand)));
      }
      return { prices };
    } catch (error) {
      throw failed(error);
    }
  },
};

const clientSettings = ({ url, timeoutMs }: FeedMeans, region: string) => ({
  ...{ region, maxAttempts: 2, requestHandler: { requestTimeout: timeoutMs, throwOnRequestTimeout: true } },
  ...(url === undefined ? {} : { endpoint: url }),
});

async function readPriceList(means: FeedMeans, region: string): Promise<FeedPrice[]> {
  const { PricingClient, GetProductsCommand } = await import("@aws-sdk/client-pricing");
  const client = new PricingClient(clientSettings(means, PRICE_LIST_REGION));
  const rows: FeedPrice[] = [];
  let token: string | undefined;
  try {
    for (let page = 0; ; page++) {
      if (page === MOST_PAGES) throw new AppError("source_unavailable", `AWS' price list of ${region} has no end.`);
      await means.count();
      const answer: GetProductsCommandOutput = await client.send(
        new GetProductsCommand({
          ...{ ServiceCode: "AmazonEC2", Filters: filtersOf(region), FormatVersion: "aws_v1", MaxResults: 100 },
          ...(token === undefined ? {} : { NextToken: token }),
        }),
      );
      for (const text of answer.PriceList ?? []) rows.push(...onDemandOf(String(text), region));
      token = answer.NextToken || undefined;
      if (token === undefined) return rows;
    }
  } finally {
    client.destroy();
  }
}

/** A product is a text of JSON. */
function onDemandOf(text: string, region: string): FeedPrice[] {
  const parsed = productSchema.safeParse(JSON.parse(text));
  if (!parsed.success) return [];
  const { instanceType: instance, gpu } = parsed.data.product.attributes;
  const dimensions = Object.values(parsed.data.terms.OnDemand ?? {}).flatMap((term) =>
    Object.values(term.priceDimensions),
  );
  return dimensions.flatMap(({ unit, pricePerUnit: { USD: usd = "" } }) =>
    unit === "Hrs" && Number(usd) > 0
      ? [
          {
            ...{ cloud: "aws", instance, region, zone: "", gpuModel: "", onDemand: usd, spot: "", currency: "USD" },
            gpus: gpu && /^\d+$/.test(gpu) ? Number(gpu) : null,
          },
        ]
      : [],
  );
}

async function readSpot(means: FeedMeans, region: string, known: readonly FeedPrice[]): Promise<FeedPrice[]> {
  const gpus = new Map(known.map((row) => [row.instance, row.gpus]));
  if (gpus.size === 0) return [];
  const { EC2Client: Client } = await import("@aws-sdk/client-ec2");
  const client = new Client(clientSettings(means, region));
  try {
    return (await spotHistory(client, means, [...gpus.keys()])).map(({ instance, zone, price }) => ({
      ...{ cloud: "aws", instance, region, zone, gpuModel: "", gpus: gpus.get(instance) ?? null },
      ...{ onDemand: "", spot: price, currency: "USD" },
    }));
  } finally {
    client.destroy();
  }
}

interface Spot {
  readonly instance: string;
  readonly zone: string;
  readonly price: string;
}

/** Only changes are listed, and the last one before the start: asked for now alone, that is the price of each zone. An empty token ends it. */
async function spotHistory(client: EC2Client, means: FeedMeans, instances: readonly string[]): Promise<Spot[]> {
  const { DescribeSpotPriceHistoryCommand } = await import("@aws-sdk/client-ec2");
  const latest = new Map<string, Spot & { readonly at: number }>();
  const at = new Date(means.now * 1000);
  let token = "";
  for (let page = 0; page < MOST_PAGES; page++) {
    await means.count();
    const answer = await client.send(
      new DescribeSpotPriceHistoryCommand({
        ...{ StartTime: at, EndTime: at, ProductDescriptions: ["Linux/UNIX"] },
        InstanceTypes: instances as _InstanceType[],
        ...(token === "" ? {} : { NextToken: token }),
      }),
    );
    for (const {
      InstanceType: instance = "",
      AvailabilityZone: zone = "",
      SpotPrice: price = "",
      Timestamp: time,
    } of answer.SpotPriceHistory ?? []) {
      const key = `${instance}/${zone}`;
      const row = { instance, zone, price, at: time?.getTime() ?? 0 };
      if (price !== "" && row.at >= (latest.get(key)?.at ?? 0)) latest.set(key, row);
    }
    token = answer.NextToken ?? "";
    if (token === "") return [...latest.values()];
  }
  throw new AppError("source_unavailable", "AWS' spot price history has no end.");
}
