/**
 * Price lists that are published: each a file here and a line in the list. What they say is a reference to choose rates from; nothing of it is
 * in force until somebody proposes it and somebody approves.
 */
import { Http, type HttpSettings } from "@/lib/http.ts";
import type { Log } from "@/lib/log.ts";
import { httpSettings } from "@/lib/sources/define.ts";
import { aws } from "./aws.ts";
import { azure } from "./azure.ts";
import type { FeedAnswer, FeedMeans, PriceFeed } from "./feed.ts";
import { gcp } from "./gcp.ts";
import { infracost } from "./infracost.ts";
import { skypilot } from "./skypilot.ts";

export type { FeedAnswer, FeedMeans, FeedPrice, KnownInstance, PriceFeed } from "./feed.ts";

export const PRICE_FEEDS: readonly PriceFeed[] = [skypilot, aws, azure, gcp, infracost];

/** How requests are sent to feeds. */
export type FeedHttp = Omit<HttpSettings, "log" | "tls">;
export const feedHttp: (env: Parameters<typeof httpSettings>[0]) => FeedHttp = httpSettings;

/** Reads a feed, one request after another. @throws AppError as the feed does. */
export async function askFeed(
  feed: PriceFeed,
  settings: FeedHttp,
  log: Log,
  means: Omit<FeedMeans, "http" | "timeoutMs">,
): Promise<FeedAnswer> {
  const http = new Http({ ...settings, concurrency: 1, log });
  try {
    return await feed.read({ ...means, http, timeoutMs: settings.timeoutMs });
  } finally {
    await http.close();
  }
}
