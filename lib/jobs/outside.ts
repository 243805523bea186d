import { allow } from "@/lib/auth/allow.ts";
import {
  callsThisMonth,
  type ExplorerMeans,
  type ReadMonth,
  readExplorerDue,
  readExplorerMonth,
} from "@/lib/bills/explorer.ts";
import type { Ctx } from "@/lib/ctx.ts";
import type { Env } from "@/lib/env.ts";
import { AppError, errorText } from "@/lib/errors.ts";
import { OPENCOST_READING, type ReadOpencost, readOpencost } from "@/lib/opencost/read.ts";
import { dueFeeds, type FeedSettings, feedProblem, type ReadFeed, readPriceFeed } from "@/lib/pricing/feeds.ts";
import { lastStart } from "@/lib/readings/index.ts";
import { configuredSources, openSource } from "@/lib/sources/index.ts";
import { COST_PARTS } from "@/lib/sources/namespace-cost.ts";
import { feedHttp, PRICE_FEEDS } from "@/lib/sources/price-feeds/index.ts";
import { HOUR } from "@/lib/time.ts";

export interface DayRange {
  /** Day keys, half-open; undefined: what is due. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
}

/** Whether something is set up that says what namespaces cost. */
export const hasOpencost = (env: Env): boolean => configuredSources(env).some(({ provides }) => provides.has("costs"));

/**
 * Reads what namespaces cost from OpenCost: what is due, or a range of days.
 * @returns null while another process reads. @throws AppError `invalid` where OPENCOST_URL is not set, and as readOpencost.
 */
export async function readOpencostNow(ctx: Ctx, env: Env, days: DayRange = {}): Promise<ReadOpencost | null> {
  allow(ctx.viewer, "costs.import");
  const definition = configuredSources(env).find(({ provides }) => provides.has("costs"));
  if (!definition) throw new AppError("invalid", "OpenCost is not configured: set OPENCOST_URL.");
  const source = openSource(definition, env, ctx.log);
  const { costs } = source.read;
  if (!costs) throw new AppError("internal", `${source.title} provides no costs.`);
  const { clusters } = source;
  const parts = COST_PARTS.filter((part) => env.OPENCOST_PARTS.includes(part));
  try {
    return await readOpencost(
      ctx,
      { source: { read: { costs }, clusters }, currency: env.OPENCOST_CURRENCY, parts },
      days,
    );
  } finally {
    await source.close();
  }
}

const feedSettings = (env: Env): FeedSettings => ({
  regions: new Map(
    [...Map.groupBy(env.PRICE_FEED_REGIONS, (text) => text.slice(0, text.indexOf("/")))].map(([cloud, list]) => [
      cloud,
      list.map((text) => text.slice(text.indexOf("/") + 1)),
    ]),
  ),
  keys: new Map([
    ["gcp", env.GOOGLE_PRICE_KEY ?? ""],
    ["infracost", env.INFRACOST_API_KEY ?? ""],
  ]),
  http: feedHttp(env),
});

/** Published price lists, each with what is not set up for it; null: it can be read. */
export const priceFeeds = (
  env: Env,
): { readonly name: string; readonly title: string; readonly problem: string | null }[] =>
  PRICE_FEEDS.map((feed) => ({ name: feed.name, title: feed.title, problem: feedProblem(feed, feedSettings(env)) }));

/** Reads one published price list. @throws AppError as readPriceFeed. */
export const readPriceFeedNow = (ctx: Ctx, env: Env, name: string): Promise<ReadFeed | null> =>
  readPriceFeed(ctx, name, feedSettings(env));

async function readFeedsDue(ctx: Ctx, env: Env): Promise<void> {
  for (const name of await dueFeeds(ctx, env.PRICE_FEEDS))
    await readPriceFeedNow(ctx, env, name).catch((error: unknown) =>
      ctx.log.warn({ feed: name, error: errorText(error) }, "a price list could not be read"),
    );
}

const explorerMeans = (env: Env): ExplorerMeans => ({
  ...{ endpoint: env.COST_EXPLORER_ENDPOINT, region: env.COST_EXPLORER_REGION, tag: env.COST_EXPLORER_TAG },
  ...{ net: env.COST_EXPLORER_NET, timeoutMs: env.HTTP_TIMEOUT, retryWaitMs: 1000 },
  ...{ mostCalls: env.COST_EXPLORER_MONTHLY_CALLS, everySeconds: env.COST_EXPLORER_EVERY },
});

/**
 * Reads AWS bills from Cost Explorer: what is due, or one month (YYYY-MM). Every call costs money.
 * @throws AppError `invalid` where COST_EXPLORER is off, and as readExplorerMonth.
 */
export async function readExplorerNow(ctx: Ctx, env: Env, month?: string): Promise<readonly ReadMonth[]> {
  allow(ctx.viewer, "costs.import");
  if (!env.COST_EXPLORER) throw new AppError("invalid", "AWS Cost Explorer is off: set COST_EXPLORER=on.");
  if (month === undefined) return readExplorerDue(ctx, explorerMeans(env));
  const done = await readExplorerMonth(ctx, explorerMeans(env), month);
  return done ? [done] : [];
}

/** Calls to AWS Cost Explorer this month, and how many there may be; null: it is off. */
export async function explorerCalls(
  ctx: Ctx,
  env: Env,
): Promise<{ readonly calls: number; readonly most: number } | null> {
  allow(ctx.viewer, "costs.read");
  return env.COST_EXPLORER ? { calls: await callsThisMonth(ctx), most: env.COST_EXPLORER_MONTHLY_CALLS } : null;
}

/** Reads from systems outside what is due by their own clocks. One that fails does not stop the others. A server calls it every few minutes. */
export async function readOutsideDue(ctx: Ctx, env: Env): Promise<void> {
  const work: readonly (readonly [string, () => Promise<unknown>])[] = [
    ["OpenCost", () => readOpencostDue(ctx, env)],
    ["A price list", () => readFeedsDue(ctx, env)],
    ["AWS Cost Explorer", async () => env.COST_EXPLORER && (await readExplorerNow(ctx, env))],
  ];
  for (const [title, read] of work)
    await read().catch((error: unknown) => ctx.log.warn({ error: errorText(error) }, `${title} could not be read`));
}

/** OpenCost is asked each hour. */
async function readOpencostDue(ctx: Ctx, env: Env): Promise<void> {
  const isDue = async (name: string, everySeconds: number) =>
    ((await lastStart(ctx.db, name)) ?? 0) + everySeconds <= ctx.now();
  if (hasOpencost(env) && (await isDue(OPENCOST_READING, HOUR))) await readOpencostNow(ctx, env);
}
