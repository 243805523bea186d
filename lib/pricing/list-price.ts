import { AppError } from "@/lib/errors.ts";
import { divideHalfEven, formatNanos, type Nanos, parseNanos, safeInteger } from "@/lib/money.ts";
import type { PriceDraft } from "./draft.ts";

/** What somebody asks in public for an instance, or for one GPU. A reference; it prices nothing by itself. */
export interface ListPrice {
  readonly cloud: string;
  /** Instance type, or the id of an offer. */
  readonly instance: string;
  readonly region: string;
  /** Where spot prices differ by zone: that of the spot price. */
  readonly zone: string;
  /** Words that name the model, as a price matches it. */
  readonly gpuModel: string;
  readonly gpus: number;
  /** For an hour of the whole instance; two parts where machine and GPUs are priced apart. Empty: not offered, or not known. */
  readonly onDemand: readonly string[];
  readonly spot: readonly string[];
  /** For one GPU and hour. */
  readonly onDemandNanos: Nanos | null;
  readonly spotNanos: Nanos | null;
  /** ISO 4217 code. */
  readonly currency: string;
  readonly source: string;
  readonly asOf: string;
}

/**
 * The price of one GPU: the parts of an instance's price added up, divided by its GPUs, rounded once, half to even, to
 * nano-units. Null where there is no part. @throws AppError `internal` for what is no price.
 */
export function perGpu(parts: readonly string[], gpus: number): Nanos | null {
  if (parts.length === 0) return null;
  let sum = 0n;
  for (const part of parts) {
    const nanos = parseNanos(part);
    if (nanos === null || nanos < 0 || gpus < 1) throw new AppError("internal", `${part} / ${gpus} is no price.`);
    sum += BigInt(nanos);
  }
  return safeInteger(divideHalfEven(sum, BigInt(gpus)));
}

/** How a GPU's price came about: `(5.91582 + 23.47126) ÷ 8`. */
export function sayParts(parts: readonly string[], gpus: number): string {
  const sum = parts.length > 1 ? `(${parts.join(" + ")})` : (parts[0] ?? "");
  return gpus === 1 ? sum : `${sum} ÷ ${gpus}`;
}

/** The text that a search looks in. */
export const searchText = (p: ListPrice): string =>
  `${p.cloud} ${p.instance} ${p.region} ${p.zone} ${p.gpuModel}`.toLowerCase();
/** The words of a search. */
export const searchWords = (search: string): string[] => search.toLowerCase().split(/\s+/).filter(Boolean);
/** What one GPU costs, to sort by. */
export const askedNanos = (p: ListPrice): Nanos => p.onDemandNanos ?? p.spotNanos ?? 0;

/** Those that hold every word of a search, in any column; dearest per GPU last. */
export function searchListPrices(list: readonly ListPrice[], search: string): ListPrice[] {
  const words = searchWords(search);
  return list.filter((p) => words.every((w) => searchText(p).includes(w))).sort(byPrice);
}

export const byPrice = (a: ListPrice, b: ListPrice): number =>
  askedNanos(a) - askedNanos(b) || (a.instance < b.instance ? -1 : 1);

/** A line of a proposal that takes a list price as a rate, with where it comes from. Null where it is not offered so. */
export function draftOf(p: ListPrice, spot: boolean): Omit<PriceDraft, "line" | "effectiveFrom"> | null {
  const nanos = spot ? p.spotNanos : p.onDemandNanos;
  if (nanos === null) return null;
  const note = `${sayParts(spot ? p.spot : p.onDemand, p.gpus)} ${p.currency} an hour${spot ? ", spot" : ""}`;
  const instance = [p.cloud, p.instance, p.zone || p.region].filter(Boolean).join(" ");
  return {
    ...{ kind: "gpu", match: p.gpuModel, cluster: "", priceClass: spot ? "spot" : "standard" },
    ...{ unitPrice: formatNanos(nanos), currency: p.currency },
    origin: { type: "list", source: p.source, asOf: p.asOf, instance, note },
  };
}
