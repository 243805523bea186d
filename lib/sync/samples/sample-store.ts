import { sql, type Tx } from "@/db/client.ts";
import { columnsOf } from "@/db/columns-of.ts";
import { inList } from "@/db/in-list.ts";
import { chunks, series } from "@/db/schema/index.ts";
import type { Series, SeriesKey } from "@/lib/sources/source.ts";
import { floorTo, type Instant } from "@/lib/time.ts";
import { atResolution, CHUNK_SECONDS, decodeChunk, encodeChunk, mergeSamples, type Samples } from "./chunk.ts";
import { fillIn } from "./fill-in.ts";

const MOST_REMEMBERED = 50_000;

const KEY = columnsOf(series, ["key", "clusterId", "subjectKind", "subjectId", "gpu", "metric"]);

const identity = (s: SeriesKey) =>
  `${s.clusterId}\u0000${s.subjectKind}\u0000${s.subjectId}\u0000${s.gpu}\u0000${s.metric}`;

/** Keys of series, cached between transactions; the cache is emptied when it grows too large. */
export class SeriesKeys {
  readonly #keys = new Map<string, number>();

  /** Call when a transaction that read keys was not committed: its keys may be given to other series. */
  forget(): void {
    this.#keys.clear();
  }

  async of(tx: Tx, list: readonly Series[]): Promise<number[]> {
    if (this.#keys.size > MOST_REMEMBERED) this.#keys.clear();
    const fresh = list.filter((s) => !this.#keys.has(identity(s)));
    const target = [series.subjectId, series.metric, series.gpu, series.subjectKind, series.clusterId];
    await tx.insert(series, fresh.map(row), { target, update: [series.node, series.gpuModel, series.shared] });
    for (let at = 0; at < fresh.length; at += 500) {
      const subjects = new Set(fresh.slice(at, at + 500).map((s) => s.subjectId));
      const rows = await tx.all<{ key: number } & SeriesKey>(
        sql`select ${KEY} from ${series} where subject_id in ${inList(subjects)}`,
      );
      for (const row of rows) this.#keys.set(identity(row), row.key);
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

/** How many samples a reading had, and the starts of the chunk spans in which it changed anything. */
export interface Saved {
  readonly samples: number;
  readonly changed: ReadonlySet<Instant>;
}

/**
 * Writes samples into the chunks of their spans, merged with the stored ones: for the same instant the newer reading
 * wins, unless the stored ones are finer. A chunk that does not change is not written.
 */
export async function saveSamples(
  tx: Tx,
  keys: SeriesKeys,
  list: readonly Series[],
  stepSeconds: number,
): Promise<Saved> {
  const filled = list.filter((s) => s.at.length > 0);
  const seriesKeys = await keys.of(tx, filled);
  const rows: (typeof chunks.$inferInsert)[] = [];
  let count = 0;
  const parts = filled.flatMap((one, i) => {
    const value = atResolution(one.metric, one.value);
    return bySpan({ at: one.at, value }).map((part) => ({ ...part, seriesKey: seriesKeys[i] as number }));
  });
  const before = await chunksBefore(tx, parts);
  for (const { startAt, seriesKey, samples: read } of parts) {
    const old = before.get(`${startAt}/${seriesKey}`);
    const { samples, step } = merged(old, read, stepSeconds, startAt + CHUNK_SECONDS);
    const bytes = encodeChunk(samples);
    count += read.at.length;
    if (old && old.stepSeconds === step && bytes.equals(old.bytes)) continue;
    rows.push({ startAt, seriesKey, count: samples.at.length, stepSeconds: step, bytes });
  }
  await tx.insert(chunks, rows, { target: [chunks.startAt, chunks.seriesKey], update: "all" });
  return { samples: count, changed: new Set(rows.map((r) => r.startAt)) };
}

/**
 * A reading with what is stored of its span. Coarser samples of time that is known more finely – a backfill over time
 * that was watched live, or the other way round – only fill what the finer ones lack.
 * @param end of the span, exclusive.
 */
function merged(
  old: OldChunk | undefined,
  read: Samples,
  stepSeconds: number,
  end: Instant,
): { samples: Samples; step: number } {
  const step = spacing(read.at, stepSeconds);
  if (!old) return { samples: read, step };
  const known = decodeChunk(old.bytes);
  if (old.stepSeconds < stepSeconds && isProven(known.at, old.stepSeconds))
    return { samples: fillIn(known, old.stepSeconds, read, step, end), step: old.stepSeconds };
  if (step < old.stepSeconds && isProven(read.at, step) && isRegular(known.at, old.stepSeconds))
    return { samples: fillIn(read, step, known, old.stepSeconds, end), step };
  return { samples: mergeSamples(known, read), step: Math.max(step, old.stepSeconds) };
}

const isProven = (at: readonly Instant[], step: number) => at.length >= PROVEN && spacing(at, 0) <= step;

/** Whether all samples are from readings at one step: a whole number of steps lies between any two. */
const isRegular = (at: readonly Instant[], step: number) => at.every((t) => (t - (at[0] as number)) % step === 0);

interface OldChunk {
  readonly startAt: Instant;
  readonly seriesKey: number;
  readonly stepSeconds: number;
  readonly bytes: Uint8Array;
}

/** The stored chunks of the given spans and series, in few queries however many series there are. */
async function chunksBefore(
  tx: Tx,
  parts: readonly { startAt: Instant; seriesKey: number }[],
): Promise<Map<string, OldChunk>> {
  const out = new Map<string, OldChunk>();
  const bySpanStart = Map.groupBy(parts, (p) => p.startAt);
  for (const [startAt, list] of bySpanStart)
    for (let at = 0; at < list.length; at += 500) {
      const keys = list.slice(at, at + 500).map((p) => p.seriesKey);
      const rows = await tx.all(sql`select ${columnsOf(chunks, ["startAt", "seriesKey", "stepSeconds", "bytes"])}
        from ${chunks} where start_at = ${startAt} and series_key in ${inList(keys)}`);
      for (const row of rows) out.set(`${row.startAt}/${row.seriesKey}`, row);
    }
  return out;
}

/** So many samples show their spacing. */
const PROVEN = 4;

/** The longest step that a sample stands for, in seconds, whatever the spacing of the source. */
export const WIDEST_STEP = 300;

/**
 * The step that samples really have: a source that collects less often than it is asked returns fewer, and each holds
 * longer.
 */
function spacing(at: readonly Instant[], stepSeconds: number): number {
  if (at.length < PROVEN) return stepSeconds;
  const steps = new Float64Array(at.length - 1);
  for (let i = 1; i < at.length; i++) steps[i - 1] = (at[i] as number) - (at[i - 1] as number);
  const median = steps.sort()[Math.floor(steps.length / 2)] as number;
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
