import { sql } from "@/db/client.ts";
import { inList } from "@/db/in-list.ts";
import { chunks, clusters, series } from "@/db/schema/index.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError } from "@/lib/errors.ts";
import { CHUNK_SECONDS, decodeChunk } from "@/lib/sync/samples/chunk.ts";
import { floorTo, type Instant, MINUTE } from "@/lib/time.ts";

/** Samples arrive some minutes after their time: newer ones than this make a card known. */
const FRESH_SECONDS = 60 * MINUTE;
/** What is averaged, up to the newest sample of the card. */
const WINDOW_SECONDS = 15 * MINUTE;
/** Series whose samples are read at once. */
const STEP = 500;

/** A card with the mean of a metric over its newest quarter of an hour. */
export interface CardMean {
  readonly cluster: string;
  readonly node: string;
  readonly gpu: string;
  readonly gpuModel: string;
  readonly mean: number;
  readonly newestAt: Instant;
}

interface SeriesRow extends Omit<CardMean, "mean" | "newestAt"> {
  readonly key: number;
}

/**
 * Cards of which samples of a metric of the last hour are stored, by node and card. Where several pods share a card, each has its part of an
 * additive metric: the parts are added. @throws AppError `source_unavailable` where the metric is known, and no card has reported it.
 */
export async function listCardMeans(ctx: Ctx, metric: string): Promise<CardMean[]> {
  const from = ctx.now() - FRESH_SECONDS - WINDOW_SECONDS;
  const starts = [floorTo(from, CHUNK_SECONDS), floorTo(ctx.now(), CHUNK_SECONDS)];
  const rows = await ctx.db.all<SeriesRow>(sql`select s.key, coalesce(c.name, s.cluster_id) as cluster, s.node, s.gpu,
      s.gpu_model as "gpuModel" from ${series} s left join ${clusters} c on c.id = s.cluster_id
    where s.metric = ${metric} and s.subject_kind in ('gpu', 'card') and s.gpu <> ''
      and exists (select 1 from ${chunks} h where h.series_key = s.key and h.start_at in ${inList(starts)}) order by s.key`);
  const cards = new Map<string, { row: SeriesRow; sums: Map<Instant, number> }>();
  for (let i = 0; i < rows.length; i += STEP) {
    const part = rows.slice(i, i + STEP);
    const byKey = new Map(part.map((row) => [row.key, row]));
    const found = await ctx.db.all<{
      key: number;
      bytes: Uint8Array;
    }>(sql`select series_key as key, bytes from ${chunks}
      where start_at in ${inList(starts)} and series_key in ${inList(byKey.keys())}`);
    for (const { key, bytes } of found) {
      const row = byKey.get(key) as SeriesRow;
      const id = `${row.cluster}/${row.node}/${row.gpu}`;
      const card = cards.get(id) ?? { row, sums: new Map<Instant, number>() };
      const { at, value } = decodeChunk(bytes);
      at.forEach((instant, k) => {
        if (instant > from) card.sums.set(instant, (card.sums.get(instant) ?? 0) + (value[k] ?? 0));
      });
      cards.set(id, card);
    }
  }
  const means = [...cards.values()].flatMap(({ row: { key: _, ...row }, sums }) => {
    const newestAt = Math.max(...sums.keys());
    if (sums.size === 0 || newestAt <= ctx.now() - FRESH_SECONDS) return [];
    const values = [...sums].filter(([at]) => at > newestAt - WINDOW_SECONDS).map(([, value]) => value);
    return [{ ...row, newestAt, mean: values.reduce((sum, v) => sum + v, 0) / values.length }];
  });
  if (means.length === 0 && (await ctx.db.find(sql`select key from ${series} where metric = ${metric} limit 1`)))
    throw new AppError("source_unavailable", `There are no samples of ${metric} of the last hour.`);
  return means;
}
