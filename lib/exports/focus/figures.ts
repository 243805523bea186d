import { divideHalfEven, formatDecimal, SKUS, type Sku } from "@/lib/money.ts";
import type { PriceClass } from "@/lib/pricing/types.ts";
import type { OwnFocusRow } from "./columns.ts";

/** Places of a quantity: enough to distinguish any two quantities of base units. */
const PLACES = 9;

/** A quantity in priced units: two decimals at least, nine at most, half to even. */
export function quantityText(quantity: number, sku: Sku): string {
  const scaled = divideHalfEven(BigInt(quantity) * 10n ** BigInt(PLACES), BigInt(SKUS[sku].perUnit));
  return formatDecimal(scaled, PLACES, 2);
}

/** A double as the shortest plain decimal that reads back as the same double; always with a decimal point. */
export function plainDouble(value: number): string {
  const [, sign = "", whole = "", fraction = "", exponent = "0"] =
    /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value)) ?? [];
  const shift = Number(exponent);
  const digits = whole + fraction;
  const point = whole.length + shift;
  const padded = point <= 0 ? "0".repeat(1 - point) + digits : digits.padEnd(point, "0");
  const at = Math.max(1, point);
  return `${sign}${padded.slice(0, at)}.${padded.slice(at) || "0"}`;
}

/** The product of two written decimals as doubles: what a reader that multiplies them gets, to the last bit. */
export const product = (unitPrice: string, quantity: string): string =>
  plainDouble(Number(unitPrice) * Number(quantity));

const METERS: Readonly<Record<Sku, string>> = {
  gpu: "GPU Hours",
  cpu: "CPU Core Hours",
  memory: "Memory GiB Hours",
  "gpu-memory": "GPU Memory GiB Hours",
};

const CATEGORIES: Readonly<Record<PriceClass, string>> = {
  standard: "Standard",
  spot: "Dynamic",
  "over-quota": "Other",
  reserved: "Committed",
};

interface Priced {
  readonly sku: Sku;
  readonly gpuModel: string;
  readonly priceClass: PriceClass;
  readonly priceKey: number;
  readonly priceVersion: number | null;
}

/**
 * What is priced and by which price. A price of a node pool may be that of several GPU models, so its id names the SKU too:
 * an id of a price has one SKU, and never changes its meaning.
 */
export function priceTerms({ sku, gpuModel, priceClass, priceKey, priceVersion }: Priced): Partial<OwnFocusRow> {
  const gpu = sku === "gpu";
  const SkuId = gpu && gpuModel ? `gpu ${gpuModel}` : sku;
  const details = {
    ...(gpu ? { GpuCount: 1, ...(gpuModel ? { x_GpuModel: gpuModel } : {}) } : {}),
    ...(priceVersion === null ? {} : { x_PriceVersion: priceVersion }),
  };
  return {
    PricingCategory: CATEGORIES[priceClass],
    SkuId,
    SkuMeter: METERS[sku],
    SkuPriceDetails: Object.keys(details).length ? JSON.stringify(details) : null,
    SkuPriceId: `price-${priceKey} ${SkuId}`,
  };
}
