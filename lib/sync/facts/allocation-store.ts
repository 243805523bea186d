import { type Reader, sql } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { inList } from "@/db/in-list.ts";
import { chunks, series } from "@/db/schema/index.ts";
import { CHUNK_SECONDS, decodeChunk } from "@/lib/sync/samples/chunk.ts";
import { floorTo, type Instant, type Interval } from "@/lib/time.ts";

/** How many steps a sample holds at most: the default of metering. */
const HOLD_STEPS = 2.5;
const MOST_CHUNKS = 500;

/**
 * When the stored allocation samples of a workload say that it held GPUs; null without any such sample. Half-open
 * intervals.
 */
export async function allocatedSpans(
  db: Reader,
  workload: { readonly clusterId: string; readonly id: string },
  life: { readonly createdAt: Instant; readonly endedAt: Instant | null },
  now: Instant,
): Promise<Interval[] | null> {
  const of = await db.find<{ key: number }>(sql`select key from ${series} where subject_id = ${workload.id}
    and metric = 'gpu_allocation' and subject_kind = 'workload' and cluster_id = ${workload.clusterId}`);
  if (!of) return null;
  const starts: Instant[] = [];
  const end = Math.min(life.endedAt ?? now, now);
  for (let at = floorTo(life.createdAt, CHUNK_SECONDS); at < end; at += CHUNK_SECONDS) starts.push(at);
  const out: Interval[] = [];
  let some = false;
  for (let i = 0; i < starts.length; i += MOST_CHUNKS) {
    const part = starts.slice(i, i + MOST_CHUNKS);
    const rows = await db.all(sql`select ${columnsOf(chunks, ["stepSeconds", "bytes"])} from ${chunks}
      where start_at in ${inList(part)} and series_key = ${of.key} order by start_at`);
    some ||= rows.length > 0;
    for (const { stepSeconds, bytes } of rows) out.push(...positiveSpans(bytes, Math.floor(stepSeconds * HOLD_STEPS)));
  }
  return some ? out : null;
}

function positiveSpans(bytes: Uint8Array, hold: number): Interval[] {
  const { at, value } = decodeChunk(bytes);
  return at.flatMap((start, i) => {
    const end = Math.min(at[i + 1] ?? start + hold, start + hold);
    return (value[i] as number) > 0 ? [{ start, end }] : [];
  });
}
