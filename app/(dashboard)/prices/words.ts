import { formatNanos } from "@/lib/money.ts";
import type { Origin, Price, PriceClass, PriceKind } from "@/lib/pricing/types.ts";

export const KIND_WORDS: Readonly<Record<PriceKind, string>> = {
  gpu: "GPU model",
  "node-pool": "Node pool",
  cpu: "CPU",
  memory: "Memory",
  "gpu-memory": "GPU memory",
};
export const UNIT_WORDS: Readonly<Record<PriceKind, string>> = {
  gpu: "GPU-hour",
  "node-pool": "GPU-hour",
  cpu: "core-hour",
  memory: "GiB-hour",
  "gpu-memory": "GiB-hour",
};
export const CLASS_WORDS: Readonly<Record<PriceClass, string>> = {
  standard: "standard",
  spot: "spot",
  "over-quota": "over quota",
  reserved: "reserved",
};

/** What a price is of, in a few words. */
export const subjectOf = ({ kind, match }: Pick<Price, "kind" | "match">): string => match || KIND_WORDS[kind];

/** A unit price with its currency and unit, exactly. */
export const unitPriceOf = (p: Pick<Price, "unitPriceNanos" | "currency" | "kind">): string =>
  `${formatNanos(p.unitPriceNanos)} ${p.currency}`;

/** Where a price comes from, in one line. */
export function originOf(origin: Origin): string {
  if (origin.type === "entered") return origin.note || "entered by hand";
  if (origin.type === "list")
    return `list price of ${origin.instance}, ${origin.asOf}, ${origin.source}${origin.note ? `: ${origin.note}` : ""}`;
  return `owned hardware: ${origin.purchaseMicros / 1e6} for ${origin.gpus} GPUs over ${origin.months} months, ${origin.powerWatts} W per GPU, PUE ${origin.pue}, ${origin.overheadPercent} % overhead`;
}
