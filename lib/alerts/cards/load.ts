import type { SQL } from "drizzle-orm";
import { sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { chunks, clusters, series } from "@/db/schema/index.ts";
import type { Asked, Condition } from "@/lib/alerts/rules/rule.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { CHUNK_SECONDS, decodeChunk } from "@/lib/sync/samples/chunk.ts";
import { DAY, floorTo, type Instant, MINUTE } from "@/lib/time.ts";

/** Samples arrive some minutes after their time: newer ones than this make a card known. */
const FRESH_SECONDS = 60 * MINUTE;
/** What is read, up to the newest sample of the card. */
const WINDOW_SECONDS = 15 * MINUTE;
/** After so long without a sample nobody will know what became of an alert. */
const SILENT_SECONDS = DAY;
/** Series whose samples are read at once. */
const STEP = 500;

/** A card with what a metric says of it in its newest quarter of an hour. */
export interface CardReading {
  /** `cluster id/node/card`: what alerts are about. MIG slices are parts of their card. */
  readonly subject: string;
  readonly cluster: string;
  readonly node: string;
  readonly gpu: string;
  readonly gpuModel: string;
  readonly mean: number;
  readonly newest: number;
  readonly newestAt: Instant;
}

export type CardFacts = Pick<CardReading, "subject" | "cluster" | "node" | "gpu" | "gpuModel">;

interface SeriesRow extends Omit<CardFacts, "subject"> {
  readonly key: number;
  readonly clusterId: string;
}

/** Where several pods or MIG slices share a card, each has its part of an additive metric, and of any other the value of the card. */
export type Parts = "sum" | "max";

/** The series of a metric of cards, with the facts that messages say of them. */
export function listCardSeries(ctx: Ctx, metric: string, starts: SQL): Promise<SeriesRow[]> {
  return ctx.db.all<SeriesRow>(sql`select s.key, s.cluster_id as "clusterId", coalesce(c.name, s.cluster_id) as cluster,
      s.node, s.gpu, s.gpu_model as "gpuModel" from ${series} s left join ${clusters} c on c.id = s.cluster_id
    where s.metric = ${metric} and s.subject_kind in ('gpu', 'card') and s.gpu <> ''
      and exists (select 1 from ${chunks} h where h.series_key = s.key and h.start_at in ${starts}) order by s.key`);
}

const cardOf = ({ clusterId, cluster, node, gpu: unit, gpuModel }: SeriesRow): CardFacts => {
  const gpu = unit.split("/")[0] as string;
  return { subject: `${clusterId}/${node}/${gpu}`, cluster, node, gpu, gpuModel };
};

/** Samples of cards by instant, in the chunks that begin at some instants, after `from`. */
export async function readCards(
  ctx: Ctx,
  metric: string,
  parts: Parts,
  starts: readonly Instant[],
  from: Instant,
): Promise<{ readonly card: CardFacts; readonly values: ReadonlyMap<Instant, number> }[]> {
  const rows = await listCardSeries(ctx, metric, inList(starts));
  const cards = new Map<string, { card: CardFacts; values: Map<Instant, number> }>();
  for (let i = 0; i < rows.length; i += STEP) {
    const byKey = new Map(rows.slice(i, i + STEP).map((row) => [row.key, row]));
    const found = await ctx.db.all<{
      key: number;
      bytes: Uint8Array;
    }>(sql`select series_key as key, bytes from ${chunks}
      where start_at in ${inList(starts)} and series_key in ${inList(byKey.keys())}`);
    for (const { key, bytes } of found) {
      const card = cardOf(byKey.get(key) as SeriesRow);
      const own = cards.get(card.subject) ?? { card, values: new Map<Instant, number>() };
      cards.set(card.subject, own);
      const { at, value } = decodeChunk(bytes);
      for (const [k, instant] of at.entries()) {
        if (instant <= from) continue;
        const [before, here] = [own.values.get(instant), value[k] as number];
        own.values.set(instant, before === undefined ? here : parts === "sum" ? before + here : Math.max(before, here));
      }
    }
  }
  return [...cards.values()];
}

export interface CardReadings {
  /** Cards of which samples of the last hour are stored. */
  readonly cards: readonly CardReading[];
  /** For alerts that are open about cards that report no longer: unknown for a day, over then. */
  readonly silent: readonly Condition[];
}

/**
 * Cards with their newest quarter of an hour of a metric. A card that reports no longer is not well for that.
 * @throws AppError `source_unavailable` where the metric is known, and no card has reported it.
 */
export async function readCardsNow(
  ctx: Ctx,
  metric: string,
  parts: Parts,
  { open = [] }: Asked,
): Promise<CardReadings> {
  const from = ctx.now() - FRESH_SECONDS - WINDOW_SECONDS;
  const starts = [...new Set([floorTo(from, CHUNK_SECONDS), floorTo(ctx.now(), CHUNK_SECONDS)])];
  const cards = (await readCards(ctx, metric, parts, starts, from)).flatMap(({ card, values }): CardReading[] => {
    const newestAt = Math.max(...values.keys());
    if (values.size === 0 || newestAt <= ctx.now() - FRESH_SECONDS) return [];
    const recent = [...values].filter(([at]) => at > newestAt - WINDOW_SECONDS).map(([, value]) => value);
    const mean = recent.reduce((sum, v) => sum + v, 0) / recent.length;
    return [{ ...card, newestAt, mean, newest: values.get(newestAt) as number }];
  });
  if (cards.length === 0 && (await ctx.db.find(sql`select key from ${series} where metric = ${metric} limit 1`)))
    throw new AppError("source_unavailable", `There are no samples of ${metric} of the last hour.`);
  const fresh = new Set(cards.map(({ subject }) => subject));
  const lost = open.filter((subject) => !fresh.has(subject));
  return { cards, silent: lost.length ? await silentOf(ctx, metric, lost) : [] };
}

async function silentOf(ctx: Ctx, metric: string, subjects: readonly string[]): Promise<Condition[]> {
  const starts: Instant[] = [];
  for (let at = floorTo(ctx.now() - SILENT_SECONDS, CHUNK_SECONDS); at <= ctx.now(); at += CHUNK_SECONDS)
    starts.push(at);
  const seen = new Set((await listCardSeries(ctx, metric, inList(starts))).map((row) => cardOf(row).subject));
  return subjects.map((subject) => ({
    ...{ subject, title: "", summary: "", facts: [], link: "/gpus" },
    ...(seen.has(subject) ? { unknown: true as const } : { over: "The card has not reported for a day" }),
  }));
}

/** A card for previews of messages. */
export const EXAMPLE_CARD: CardFacts = {
  ...{ subject: "prod-a/gpu-07/3", cluster: "prod-a", node: "gpu-07", gpu: "3", gpuModel: "H100" },
};

/** What every message about a card says of it. */
export const cardFacts = ({ cluster, node, gpu }: CardFacts): Condition["facts"] => [
  { label: "Cluster", value: cluster },
  { label: "Node", value: node },
  { label: "GPU", value: gpu },
];
