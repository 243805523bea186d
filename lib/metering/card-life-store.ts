import { type Db, sql } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { inKeys, inTexts } from "@/db/keys.ts";
import { chunks, series } from "@/db/schema/index.ts";
import { CHUNK_SECONDS, decodeChunk } from "@/lib/sync/samples/chunk.ts";
import { type Instant, type Interval, MINUTE, windows } from "@/lib/time.ts";
import { cardOf } from "./card-of.ts";
import type { CardLife } from "./divided-node.ts";
import { OPEN_END } from "./timeline.ts";

/** A card is taken as living on if its last sample is at most this long, in seconds, before the newest of its node. */
const ALIVE_SECONDS = 15 * MINUTE;

/** When each card of some nodes had its first and its last sample, held or free, by node. */
export async function cardLivesOfNodes(
  db: Db,
  clusterId: string,
  nodes: readonly string[],
): Promise<Map<string, CardLife[]>> {
  const out = new Map<string, CardLife[]>();
  const span = await db.find<{ first: Instant | null; last: Instant | null }>(
    sql`select min(start_at) as "first", max(start_at) as "last" from ${chunks}`,
  );
  if (!nodes.length || span?.first == null || span.last == null) return out;
  const starts = [...windows({ start: span.first, end: span.last + 1 }, CHUNK_SECONDS)].map((w) => w.start);
  const rows = await db.all(sql`select ${columnsOf(series, ["key", "node", "gpu", "gpuModel"])} from ${series}
    where cluster_id = ${clusterId} and ${inTexts(db.dialect, "node", nodes)}
    and metric = 'gpu_utilisation_percent' and subject_kind in ('card', 'gpu')`);
  const ofSeries = await livesOfSeries(
    db,
    rows.map((r) => r.key),
    starts,
  );
  for (const [node, list] of Map.groupBy(rows, (r) => r.node)) {
    const lives: CardLife[] = [];
    for (const ofCard of Map.groupBy(list, (r) => cardOf(r.gpu)).values()) {
      const parts = ofCard.flatMap((r) => ofSeries.get(r.key) ?? []);
      if (!parts.length) continue;
      const life = { start: Math.min(...parts.map((p) => p.start)), end: Math.max(...parts.map((p) => p.end)) };
      lives.push({ ...life, gpuModel: ofCard.find((r) => r.gpuModel)?.gpuModel ?? "" });
    }
    const newest = Math.max(...lives.map((l) => l.end));
    out.set(
      node,
      lives.map((l) => (l.end >= newest - ALIVE_SECONDS ? { ...l, end: OPEN_END } : l)),
    );
  }
  return out;
}

/** From the first to the last sample of each series, by key: one statement for all of them. */
async function livesOfSeries(
  db: Db,
  keys: readonly number[],
  starts: readonly Instant[],
): Promise<Map<number, Interval>> {
  const ofKeys = sql`${inKeys(db.dialect, "start_at", starts)} and ${inKeys(db.dialect, "series_key", keys)}`;
  const edges = await db.all<Pick<typeof chunks.$inferSelect, "seriesKey" | "startAt" | "stepSeconds" | "bytes">>(sql`
    select ${columnsOf(chunks, ["seriesKey", "startAt", "stepSeconds", "bytes"], "c")} from ${chunks} c
    join (select series_key as key, min(start_at) as first, max(start_at) as last from ${chunks}
      where ${ofKeys} group by series_key) e on e.key = c.series_key and c.start_at in (e.first, e.last)`);
  const out = new Map<number, Interval>();
  for (const { seriesKey, bytes, stepSeconds } of edges) {
    const { at } = decodeChunk(bytes);
    if (!at.length) continue;
    const [start, end] = [at[0] as number, (at.at(-1) as number) + stepSeconds];
    const had = out.get(seriesKey);
    out.set(seriesKey, { start: Math.min(start, had?.start ?? start), end: Math.max(end, had?.end ?? end) });
  }
  return out;
}
