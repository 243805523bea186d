import { stringify } from "csv-stringify/sync";
import { allow } from "@/lib/auth/allow.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { counted } from "@/lib/format.ts";
import { lastStart, readOutside } from "@/lib/readings/index.ts";
import {
  askFeed,
  type FeedHttp,
  type FeedPrice,
  type KnownInstance,
  PRICE_FEEDS,
  type PriceFeed,
} from "@/lib/sources/price-feeds/index.ts";
import { DAY, dateOf } from "@/lib/time.ts";
import { importCatalogue } from "./catalogue-changes.ts";
import { type InstanceGpus, loadInstances } from "./catalogue-store.ts";
import { LIST_PRICES } from "./list-prices.ts";

/** Readings of price lists are under this name. */
export const FEED_READING = "prices";

export interface FeedSettings {
  /** Regions by cloud. */
  readonly regions: ReadonlyMap<string, readonly string[]>;
  /** Keys by the name of the feed. */
  readonly keys: ReadonlyMap<string, string>;
  readonly http: FeedHttp;
  /** Other addresses by the name of the feed. */
  readonly urls?: ReadonlyMap<string, string>;
}

export interface ReadFeed {
  /** Catalogues that were imported, each in place of the one of its name. */
  readonly catalogues: readonly string[];
  readonly prices: number;
  readonly detail: string;
}

const WEEK = 7 * DAY;
const RETRY = DAY;

/** What of a feed is not set up, in a sentence; null: it can be read. */
export function feedProblem({ key, cloud, name }: PriceFeed, { keys, regions }: FeedSettings): string | null {
  if (key !== null && !keys.get(name)) return `Set ${key}.`;
  if (cloud !== null && !regions.get(cloud)?.length)
    return `Set PRICE_FEED_REGIONS to regions of it, such as ${cloud}/….`;
  return null;
}

/** @throws AppError `invalid` for another name. */
export function getFeed(name: string): PriceFeed {
  const found = PRICE_FEEDS.find((feed) => feed.name === name);
  if (!found)
    throw new AppError("invalid", `There is no price list "${name}": ${PRICE_FEEDS.map((f) => f.name).join(", ")}.`);
  return found;
}

/**
 * Reads a published price list into the list prices, dated and with its source: a reference, of which nothing is in force until it is proposed
 * and approved. It replaces what was read of it before.
 * @returns null while another process reads it. @throws AppError `forbidden`, `invalid` for what is not set up, `source_unavailable`.
 */
export async function readPriceFeed(ctx: Ctx, name: string, settings: FeedSettings): Promise<ReadFeed | null> {
  allow(ctx.viewer, "prices.propose");
  const feed = getFeed(name);
  const problem = feedProblem(feed, settings);
  if (problem) throw new AppError("invalid", `${feed.title}: ${problem}`);
  const instances = await instancesOf(ctx);
  return readOutside(ctx, `${FEED_READING}/${name}`, async (visit) => {
    const answer = await askFeed(feed, settings.http, ctx.log, {
      ...{ count: visit.count, now: ctx.now(), instances: [...instances.values()] },
      ...{ regions: (feed.cloud && settings.regions.get(feed.cloud)) || [], key: settings.keys.get(name) ?? "" },
      url: settings.urls?.get(name),
    });
    const files =
      "files" in answer ? answer.files.map((f) => ({ ...f, left: 0 })) : [filed(feed, answer.prices, instances)];
    return importAll(ctx, feed, files);
  });
}

/** Feeds that were not read for a week, of those that the settings name. A failed one is tried again the next day. */
export async function dueFeeds(ctx: Ctx, names: readonly string[]): Promise<readonly string[]> {
  const due: string[] = [];
  for (const name of names) {
    const reading = `${FEED_READING}/${name}`;
    const [done, any] = await Promise.all([lastStart(ctx.db, reading, "done"), lastStart(ctx.db, reading)]);
    if ((done ?? 0) + WEEK <= ctx.now() && (any ?? 0) + RETRY <= ctx.now()) due.push(name);
  }
  return due;
}

type Instances = ReadonlyMap<string, InstanceGpus & KnownInstance>;
const keyOf = ({ cloud, instance }: KnownInstance): string => `${cloud.toLowerCase()}/${instance.toLowerCase()}`;

/** Instances with GPUs: those of the list prices that come with the product, and of catalogues. */
async function instancesOf(ctx: Ctx): Promise<Instances> {
  const own = LIST_PRICES.map(({ cloud, instance, gpuModel, gpus }) => ({ cloud, instance, gpuModel, gpus }));
  return new Map([...(await loadInstances(ctx.db)), ...own].map((i) => [keyOf(i), i]));
}

interface FeedFile {
  readonly cloud: string;
  readonly text: string;
  /** Rows of instances of which no list says what GPUs they have. */
  readonly left: number;
}

function filed({ cloud }: PriceFeed, prices: readonly FeedPrice[], instances: Instances): FeedFile {
  const rows = prices.flatMap((price) => {
    const known = instances.get(keyOf(price));
    const gpuModel = price.gpuModel || known?.gpuModel;
    const gpus = price.gpus ?? known?.gpus;
    if (!gpuModel || !gpus) return [];
    const { instance, region, zone, onDemand, spot, currency } = price;
    return [
      { cloud: price.cloud, instance, region, zone, gpu_model: gpuModel, gpus, on_demand: onDemand, spot, currency },
    ];
  });
  return { cloud: cloud ?? "", text: stringify(rows, { header: true }), left: prices.length - rows.length };
}

async function importAll(ctx: Ctx, feed: PriceFeed, files: readonly FeedFile[]): Promise<ReadFeed> {
  const asOf = dateOf(ctx.now(), "UTC");
  const catalogues: string[] = [];
  const words: string[] = [];
  let prices = 0;
  for (const { cloud, text, left } of files) {
    const name = files.length > 1 ? `${feed.title}: ${cloud}` : feed.title;
    if (text.trim() === "")
      throw new AppError(
        "source_unavailable",
        `${feed.title} has no price of a GPU that is known here.${leftWords(left)}`,
      );
    const done = await importCatalogue(ctx, { name, text, cloud, source: feed.source, asOf });
    catalogues.push(name);
    prices += done.prices;
    words.push(`${counted(done.prices, "price")} as ${name}.${leftWords(left)}`);
  }
  return { catalogues, prices, detail: words.join(" ") };
}

const leftWords = (left: number): string =>
  left === 0
    ? ""
    : ` Left out: ${counted(left, "row")} of instances whose GPUs no price list here names; the SkyPilot catalogue names most.`;
