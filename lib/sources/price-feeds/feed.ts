import type { Http } from "@/lib/http.ts";

/** What an hour of an instance costs somewhere, as a price list says. Prices are decimals as they are written there; empty: none. */
export interface FeedPrice {
  readonly cloud: string;
  readonly instance: string;
  readonly region: string;
  readonly zone: string;
  /** Empty: the list does not say, and names of instances decide. */
  readonly gpuModel: string;
  /** Null: the list does not say. */
  readonly gpus: number | null;
  readonly onDemand: string;
  readonly spot: string;
  readonly currency: string;
}

/** An instance that has GPUs, as other price lists name it. */
export interface KnownInstance {
  readonly cloud: string;
  readonly instance: string;
}

export interface FeedMeans {
  readonly http: Http;
  /** Regions of the feed's cloud. */
  readonly regions: readonly string[];
  /** Of the feed, where it needs one. */
  readonly key: string;
  readonly timeoutMs: number;
  /** Instances that are known to have GPUs: what a feed asks for where it cannot ask for GPUs. */
  readonly instances: readonly KnownInstance[];
  /** Counts a request that is about to be sent. */
  readonly count: () => Promise<void>;
  /** Another address than the usual one. */
  readonly url?: string | undefined;
  /** Now, in Unix seconds. */
  readonly now: number;
}

/** Rows of prices; or whole files, as a catalogue is imported. */
export type FeedAnswer =
  | { readonly prices: readonly FeedPrice[] }
  | { readonly files: readonly { readonly cloud: string; readonly text: string }[] };

/** A published price list. Adding one is a file here and a line in the list (index.ts). */
export interface PriceFeed {
  readonly name: string;
  readonly title: string;
  /** Of which cloud the regions are; null: it has no regions of its own to ask for. */
  readonly cloud: "aws" | "azure" | "gcp" | null;
  /** The setting of its key; null: it needs none. */
  readonly key: string | null;
  /** Where it is from, as list prices say it. */
  readonly source: string;
  /** @throws AppError `source_unavailable`, or what `count` throws. */
  read(means: FeedMeans): Promise<FeedAnswer>;
}

/** Pages of one list: far more than any has. */
export const MOST_PAGES = 1000;
