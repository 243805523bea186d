import { z } from "zod";
import { AppError } from "@/lib/errors.ts";
import { divideHalfEven, formatNanos, safeInteger } from "@/lib/money.ts";
import { type FeedPrice, MOST_PAGES, type PriceFeed } from "./feed.ts";

const BASE = "https://cloudbilling.googleapis.com";
/** Compute Engine. */
const SERVICE = "6F81-5844-456A";

const moneySchema = z.looseObject({
  currencyCode: z.string().optional(),
  units: z.string().optional(),
  nanos: z.number().optional(),
});
const skuSchema = z.looseObject({
  description: z.string(),
  category: z.looseObject({ resourceFamily: z.string().optional(), usageType: z.string().optional() }),
  serviceRegions: z.array(z.string()).default([]),
  pricingInfo: z
    .array(
      z.looseObject({
        pricingExpression: z.looseObject({
          usageUnit: z.string().optional(),
          tieredRates: z
            .array(z.looseObject({ startUsageAmount: z.number().optional(), unitPrice: moneySchema }))
            .default([]),
        }),
      }),
    )
    .default([]),
});
const pageSchema = z.looseObject({ skus: z.array(z.unknown()).default([]), nextPageToken: z.string().nullish() });

/** A machine: its cores, its memory in GiB and its GPUs, each with a price of its own. */
interface Machine {
  readonly instance: string;
  readonly cores: number;
  readonly gib: number;
  readonly gpuModel: string;
  readonly gpus: number;
  /** As descriptions of cores and memory begin. */
  readonly family: RegExp;
  readonly gpu: RegExp;
}

const A100 = /^Nvidia Tesla A100 GPU\b/i;
const A100_80 = /^Nvidia Tesla A100 80GB GPU\b/i;
const a2 = (kind: string, gpus: number, gib: number, gpuModel: string, gpu: RegExp): Machine => ({
  ...{ instance: `a2-${kind}-${gpus}g`, cores: 12 * gpus, gib, gpuModel, gpus, family: /^A2 Instance\b/i, gpu },
});
const g2 = (cores: number, gpus: number): Machine => ({
  ...{ instance: `g2-standard-${cores}`, cores, gib: 4 * cores, gpuModel: "L4", gpus },
  ...{ family: /^G2 Instance\b/i, gpu: /^Nvidia L4 GPU\b/i },
});

/** @see https://cloud.google.com/compute/docs/accelerator-optimized-machines */
const MACHINES: readonly Machine[] = [
  ...[1, 2, 4, 8].map((n) => a2("highgpu", n, 85 * n, "A100", A100)),
  ...[1, 2, 4, 8].map((n) => a2("ultragpu", n, 170 * n, "A100-80GB", A100_80)),
  ...[g2(4, 1), g2(8, 1), g2(12, 1), g2(16, 1), g2(24, 2), g2(32, 1), g2(48, 4), g2(96, 8)],
  {
    ...{ instance: "a3-highgpu-8g", cores: 208, gib: 1872, gpuModel: "H100", gpus: 8 },
    ...{ family: /^A3 Instance\b/i, gpu: /^Nvidia H100 80GB GPU\b/i },
  },
];

/** Google's price catalogue: cores, memory and GPUs are priced apart, and a machine is their sum. */
export const gcp: PriceFeed = {
  name: "gcp",
  title: "Google Cloud catalogue",
  cloud: "gcp",
  key: "GOOGLE_PRICE_KEY",
  source: "Google Cloud Billing catalogue",
  async read({ http, url = BASE, regions, key, count }) {
    const found: Sku[] = [];
    let token = "";
    for (let page = 0; page < MOST_PAGES; page++) {
      await count();
      const query = new URLSearchParams({
        pageSize: "5000",
        currencyCode: "USD",
        ...(token === "" ? {} : { pageToken: token }),
      });
      // The key is in a header: addresses are in logs.
      const { body } = await http.json({
        method: "GET",
        url: `${url}/v1/services/${SERVICE}/skus?${query}`,
        headers: { "x-goog-api-key": key },
      });
      const parsed = pageSchema.safeParse(body);
      if (!parsed.success)
        throw new AppError("source_unavailable", "Google's catalogue is in another form than documented.");
      for (const sku of parsed.data.skus) found.push(...readSku(sku, regions));
      token = parsed.data.nextPageToken ?? "";
      if (token === "")
        return { prices: regions.flatMap((region) => MACHINES.flatMap((machine) => priceOf(machine, region, found))) };
    }
    throw new AppError("source_unavailable", "Google's catalogue has no end.");
  },
};

interface Sku {
  readonly description: string;
  readonly isSpot: boolean;
  readonly regions: readonly string[];
  /** Billionths of a dollar for an hour of one. */
  readonly nanos: bigint;
}

function readSku(raw: unknown, regions: readonly string[]): Sku[] {
  const { data: sku } = skuSchema.safeParse(raw);
  const usage = sku?.category.usageType ?? "";
  if (sku?.category.resourceFamily !== "Compute" || !/^(?:OnDemand|Preemptible)$/.test(usage)) return [];
  const mine = sku.serviceRegions.filter((region) => regions.includes(region));
  const expression = sku.pricingInfo.at(-1)?.pricingExpression;
  const rate = expression?.tieredRates.filter((r) => (r.startUsageAmount ?? 0) === 0).at(-1)?.unitPrice;
  if (
    mine.length === 0 ||
    !rate ||
    (rate.currencyCode ?? "USD") !== "USD" ||
    !/^(?:h|GiBy\.h)$/.test(expression?.usageUnit ?? "")
  )
    return [];
  const nanos = BigInt(rate.units ?? "0") * 1_000_000_000n + BigInt(rate.nanos ?? 0);
  const isSpot = usage === "Preemptible";
  const description = sku.description.replace(/^Spot Preemptible /i, "");
  return nanos > 0n ? [{ description, isSpot, regions: mine, nanos }] : [];
}

function priceOf(machine: Machine, region: string, skus: readonly Sku[]): FeedPrice[] {
  const find = (isSpot: boolean, test: (description: string) => boolean) =>
    skus.find((sku) => sku.isSpot === isSpot && sku.regions.includes(region) && test(sku.description));
  const part = (isSpot: boolean): string => {
    const core = find(isSpot, (d) => machine.family.test(d) && /\bCore\b/i.test(d));
    const ram = find(isSpot, (d) => machine.family.test(d) && /\bRam\b/i.test(d));
    const gpu = find(isSpot, (d) => machine.gpu.test(d));
    if (!core || !ram || !gpu) return "";
    const host = core.nanos * BigInt(machine.cores) + ram.nanos * BigInt(machine.gib);
    return [host, gpu.nanos * BigInt(machine.gpus)]
      .map((n) => formatNanos(safeInteger(divideHalfEven(n, 1n))))
      .join(" + ");
  };
  const [onDemand, spot] = [part(false), part(true)];
  if (onDemand === "" && spot === "") return [];
  const { instance, gpuModel, gpus } = machine;
  return [{ ...{ cloud: "gcp", instance, region, zone: "", gpuModel, gpus, onDemand, spot }, currency: "USD" }];
}
