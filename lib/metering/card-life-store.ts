import { type Db, sql } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { inList } from "@/db/in-list.ts";
import { inKeys, inTexts } from "@/db/keys.ts";
import { chunks, series } from "@/db/schema/index.ts";
import { CHUNK_SECONDS, decodeChunk } from "@/lib/sync/samples/chunk.ts";
import { type Instant, MINUTE, windows } from "@/lib/time.ts";
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
  for (const [node, list] of Map.groupBy(rows, (r) => r.node)) {
    const lives: CardLife[] = [];
    for (const ofCard of Map.groupBy(list, (r) => cardOf(r.gpu)).values()) {
      const life = await lifeOf(
        db,
        ofCard.map((r) => r.key),
        starts,
      );
      if (life) lives.push({ ...life, gpuModel: ofCard.find((r) => r.gpuModel)?.gpuModel ?? "" });
    }
    const newest = Math.max(...lives.map((l) => l.end));
    out.set(
      node,
      lives.map((l) => (l.end >= newest - ALIVE_SECONDS ? { ...l, end: OPEN_END } : l)),
    );
  }
  return out;
}

/** From the first to the last sample of some series. */
async function lifeOf(db: Db, keys: readonly number[], starts: readonly Instant[]) {
  const stored = await db.all<{ at: Instant }>(sql`select distinct start_at as at from ${chunks}
    where ${inKeys(db.dialect, "start_at", starts)} and series_key in ${inList(keys)} order by start_at`);
  const [first, last] = [stored[0]?.at, stored.at(-1)?.at];
  if (first === undefined || last === undefined) return null;
  const edges = await db.all(sql`select ${columnsOf(chunks, ["stepSeconds", "bytes"])} from ${chunks}
    where start_at in (${first}, ${last}) and series_key in ${inList(keys)}`);
  const samples = edges.flatMap(({ bytes, stepSeconds }) => {
    const { at } = decodeChunk(bytes);
    return at.length ? [{ start: at[0] as number, end: (at.at(-1) as number) + stepSeconds }] : [];
  });
  if (!samples.length) return null;
  return { start: Math.min(...samples.map((s) => s.start)), end: Math.max(...samples.map((s) => s.end)) };
}
