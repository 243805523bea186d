import { type Db, sql, type Tx } from "@/db/client";
import { chunks, prunedSpans, series } from "@/db/schema";
import type { Series } from "@/lib/sources/source";
import { floorTo, type Instant } from "@/lib/time";
import { atResolution, CHUNK_SECONDS, decodeChunk, encodeChunk, mergeSamples, type Samples } from "./chunk.ts";

const MOST_REMEMBERED = 50_000;

const identity = (s: Series) =>
  `${s.clusterId}\u0000${s.subjectKind}\u0000${s.subjectId}\u0000${s.gpu}\u0000${s.metric}`;

/** Keys of series, remembered between transactions; forgotten whole when there are too many. */
export class SeriesKeys {
  readonly #keys = new Map<string, number>();

  async of(tx: Tx, list: readonly Series[]): Promise<number[]> {
    if (this.#keys.size > MOST_REMEMBERED) this.#keys.clear();
    const fresh = list.filter((s) => !this.#keys.has(identity(s)));
    const target = [series.subjectId, series.metric, series.gpu, series.subjectKind, series.clusterId];
    await tx.insert(series, fresh.map(row), { target, update: [series.node, series.gpuModel, series.shared] });
    for (const s of fresh) {
      const found = await tx.find<{
        key: number;
      }>(sql`select key from ${series} where subject_id = ${s.subjectId} and metric = ${s.metric}
        and gpu = ${s.gpu} and subject_kind = ${s.subjectKind} and cluster_id = ${s.clusterId}`);
      if (found) this.#keys.set(identity(s), found.key);
    }
    return list.map((s) => this.#keys.get(identity(s)) as number);
  }
}

function row(s: Series) {
  const { clusterId, subjectKind, subjectId, gpu, metric } = s;
  return {
    clusterId,
    subjectKind,
    subjectId,
    gpu,
    metric,
    node: s.node ?? "",
    gpuModel: s.gpuModel ?? "",
    shared: s.shared ? 1 : 0,
  };
}

/**
 * Writes samples into the chunks of their spans, merging with what is there: a newer reading of an instant wins.
 * @returns the number of samples written.
 */
export async function saveSamples(
  tx: Tx,
  keys: SeriesKeys,
  list: readonly Series[],
  stepSeconds: number,
): Promise<number> {
  const filled = list.filter((s) => s.at.length > 0);
  const seriesKeys = await keys.of(tx, filled);
  const rows: (typeof chunks.$inferInsert)[] = [];
  let count = 0;
  for (const [i, one] of filled.entries()) {
    const value = atResolution(one.metric, one.value);
    for (const part of bySpan({ at: one.at, value })) {
      const seriesKey = seriesKeys[i] as number;
      const old = await tx.find<{ bytes: Uint8Array; stepSeconds: number }>(
        sql`select bytes, step_seconds as "stepSeconds" from ${chunks} where start_at = ${part.startAt} and series_key = ${seriesKey}`,
      );
      const samples = old ? mergeSamples(decodeChunk(old.bytes), part.samples) : part.samples;
      rows.push({
        startAt: part.startAt,
        seriesKey,
        count: samples.at.length,
        stepSeconds: Math.max(spacing(part.samples.at, stepSeconds), old?.stepSeconds ?? 0),
        bytes: encodeChunk(samples),
      });
      count += part.samples.at.length;
    }
  }
  await tx.insert(chunks, rows, { target: [chunks.startAt, chunks.seriesKey], update: "all" });
  return count;
}

const WIDEST_STEP = 300;

/** The step that samples really have: a source scraped less often than it is asked gives fewer, and each holds longer. */
function spacing(at: readonly Instant[], stepSeconds: number): number {
  if (at.length < 4) return stepSeconds;
  const steps = at.slice(1).map((t, i) => t - (at[i] as number));
  const median = steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] as number;
  return Math.min(WIDEST_STEP, Math.max(stepSeconds, median));
}

function bySpan(samples: Samples): { startAt: Instant; samples: Samples }[] {
  const out: { startAt: Instant; samples: Samples }[] = [];
  for (let from = 0; from < samples.at.length; ) {
    const startAt = floorTo(samples.at[from] as number, CHUNK_SECONDS);
    let to = from + 1;
    while (to < samples.at.length && (samples.at[to] as number) < startAt + CHUNK_SECONDS) to++;
    out.push({ startAt, samples: { at: samples.at.slice(from, to), value: samples.value.slice(from, to) } });
    from = to;
  }
  return out;
}

/** Removes chunk spans that ended before `before`, a few at a time, remembering that they are gone. @returns how many spans. */
export async function pruneSamples(db: Db, before: Instant, now: Instant): Promise<number> {
  let removed = 0;
  for (;;) {
    const oldest = await db.find<{ startAt: number | null }>(sql`select min(start_at) as "startAt" from ${chunks}`);
    const startAt = oldest?.startAt ?? null;
    if (startAt === null || startAt + CHUNK_SECONDS > before) return removed;
    await db.write(async (tx) => {
      await tx.run(sql`delete from ${chunks} where start_at = ${startAt}`);
      await tx.insert(prunedSpans, [{ startAt, prunedAt: now }], { target: [prunedSpans.startAt], update: "all" });
    });
    removed++;
  }
}

/** A chunk span was read again as a whole: what is in it may be metered again. */
export async function forgetPruned(tx: Tx, startAt: Instant): Promise<void> {
  await tx.run(sql`delete from ${prunedSpans} where start_at = ${startAt}`);
}
