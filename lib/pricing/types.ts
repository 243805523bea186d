import type { Nanos } from "@/lib/money.ts";
import type { Origin } from "./origin.ts";

export type { Origin };

/** What a price is of. A node pool's price is for its GPUs and wins over that of their model. */
export const PRICE_KINDS = ["gpu", "node-pool", "cpu", "memory", "gpu-memory"] as const;
export type PriceKind = (typeof PRICE_KINDS)[number];

/**
 * The terms under which usage is priced. A workload that may be pre-empted is `spot`, a project's part above its quota
 * `over-quota`, a pool with a reserved price `reserved`; each only where such a price is in force, else `standard`.
 */
export const PRICE_CLASSES = ["standard", "spot", "over-quota", "reserved"] as const;
export type PriceClass = (typeof PRICE_CLASSES)[number];

/** One line of the price book: holds from its day on until a later one for the same thing replaces it. */
export interface Price {
  readonly key: number;
  readonly proposalId: string;
  /** Of the price book: 1, 2, 3 …; null while it is only proposed. */
  readonly version: number | null;
  readonly kind: PriceKind;
  /** A GPU model or MIG profile as words, or a node pool's name; empty for CPU and memory. */
  readonly match: string;
  /** Empty: every cluster. */
  readonly clusterId: string;
  readonly priceClass: PriceClass;
  readonly unitPriceNanos: Nanos;
  readonly currency: string;
  /** Day key `YYYYMMDD` of the billing time zone. */
  readonly effectiveFrom: number;
  readonly origin: Origin;
}

export const PROPOSAL_STATES = ["proposed", "approved", "rejected", "withdrawn"] as const;
export interface Proposal {
  readonly id: string;
  readonly title: string;
  readonly status: (typeof PROPOSAL_STATES)[number];
  readonly proposedBy: string;
  readonly proposedAt: number;
  readonly decidedBy: string | null;
  readonly decidedAt: number | null;
  readonly note: string;
  readonly version: number | null;
}

/** What one unit of `currency` is worth in the ledger's, in nano-units, from `day` on. */
export interface ExchangeRate {
  readonly currency: string;
  readonly day: number;
  readonly rateNanos: Nanos;
  readonly source: string;
}

/** All that rating needs of prices. Prices are approved ones; the ledger's own currency needs no rate. */
export interface PriceBook {
  readonly currency: string;
  readonly prices: readonly Price[];
  readonly rates: readonly ExchangeRate[];
}

/** A price that is agreed in another currency than the ledger's, and the exchange rate that it was charged at. */
export interface ForeignPrice {
  readonly currency: string;
  /** For one unit and hour, in `currency`. */
  readonly unitPriceNanos: Nanos;
  /** What one unit of `currency` is worth in the ledger's. */
  readonly rateNanos: Nanos;
  /** Day key: the rate holds from then on. */
  readonly rateDay: number;
  readonly rateSource: string;
}

/** The price in force for something on a day, in the ledger's currency. */
export interface AppliedPrice {
  readonly priceKey: number;
  readonly version: number;
  readonly priceClass: PriceClass;
  readonly unitPriceNanos: Nanos;
}
