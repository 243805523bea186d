import type { Tx } from "@/db/client.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { markDue } from "@/lib/sync/due.ts";
import { keepRenewing } from "@/lib/sync/lease.ts";
import { CHUNK_SECONDS } from "@/lib/sync/samples/chunk.ts";
import { prunedStarts } from "@/lib/sync/samples/retention-store.ts";
import { type SeriesKeys, saveSamples } from "@/lib/sync/samples/sample-store.ts";
import { saveUnits } from "@/lib/sync/samples/unit-store.ts";
import type { Sources } from "@/lib/sync/sources.ts";
import { type Instant, type Interval, intersect } from "@/lib/time.ts";
import { recordGaps } from "./gap-store.ts";
import { failedReading, type Reading, readWindow } from "./read-window.ts";
import { retryPauseSeconds } from "./span.ts";
import type { SourceWindow } from "./window.ts";
import { claimWindows, finishWindow, renewWindows } from "./window-store.ts";

export interface IngestOptions {
  readonly keys: SeriesKeys;
  readonly bucketSeconds: number;
  readonly marginSeconds: number;
  /** Only buckets in this range become due; what is read beyond it serves their edges. */
  readonly meter: Interval;
  /** Who claimed the windows; null for readings that are not claimed windows. */
  readonly owner: string | null;
}

export interface ReadOptions extends IngestOptions {
  readonly owner: string;
  /** Metrics that only serve as evidence are not read before this: retention would remove them at once. */
  readonly evidenceSince: number;
  readonly signal: AbortSignal;
  readonly onWindows?: ((readings: readonly Reading[]) => void) | undefined;
  /** Why a source is not asked at present; undefined: it is asked. */
  readonly downOf?: ((source: string) => string | undefined) | undefined;
}

/** How many windows are read at once and written in one transaction: few disk flushes, little memory. */
const BATCH = 40;

/**
 * Claims and reads every due window of a backfill in a span.
 * @returns how many this process read.
 */
export async function readSpan(
  ctx: Ctx,
  sources: Sources,
  backfillId: string,
  span: Interval,
  options: ReadOptions,
): Promise<number> {
  let read = 0;
  for (;;) {
    options.signal.throwIfAborted();
    const claimed = await claimWindows(ctx.db, options.owner, backfillId, span, ctx.now(), BATCH);
    if (!claimed.length) return read;
    const detail = (w: SourceWindow) => (w.end > options.evidenceSince ? "all" : "metering");
    const readOne = (w: SourceWindow) => {
      const down = options.downOf?.(w.source);
      return down === undefined ? readWindow(ctx.db, sources, w, detail(w)) : failedReading(ctx.db, w, down, true);
    };
    const readings = await whileHeld(ctx, options.owner, claimed, options.signal, () =>
      Promise.all(claimed.map(readOne)),
    );
    await ingest(ctx, readings, options);
    options.onWindows?.(readings);
    read += claimed.length;
  }
}

/**
 * Runs `body` while renewing the claims on `list`, so that no other process reads the same windows while a source is
 * slow.
 * @throws the reason of the signal as soon as it is aborted, without waiting for the source.
 */
export async function whileHeld<T>(
  ctx: Ctx,
  owner: string,
  list: readonly SourceWindow[],
  signal: AbortSignal,
  body: () => Promise<T>,
): Promise<T> {
  const stop = keepRenewing(() => renewWindows(ctx.db, owner, list, ctx.now()));
  let abandon: () => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => {
    abandon = () => reject(signal.reason);
    signal.addEventListener("abort", abandon);
  });
  const reading = body();
  // The promise that loses the race must not end the process.
  reading.catch(() => undefined);
  aborted.catch(() => undefined);
  try {
    return await Promise.race([reading, aborted]);
  } finally {
    stop();
    signal.removeEventListener("abort", abandon);
  }
}

/**
 * In one transaction: stores samples, ends windows, records gaps and marks changed buckets as due. Storing the same
 * twice changes nothing.
 */
export async function ingest(ctx: Ctx, readings: readonly Reading[], options: IngestOptions): Promise<void> {
  let tries = 0;
  try {
    await ctx.db.write(async (tx) => {
      // A database may run the transaction again: keys cached by the lost attempt do not exist.
      if (tries++ > 0) options.keys.forget();
      const now = ctx.now();
      for (const reading of readings) {
        const { window, status, error } = reading;
        await saveUnits(tx, window.source, reading.units ?? []);
        const { samples, changed } = await saveSamples(tx, options.keys, reading.series, window.stepSeconds);
        const attempts = window.attempts + 1;
        const nextAttemptAt = status === "fetched" ? 0 : now + retryPauseSeconds(attempts);
        if (options.owner)
          await finishWindow(tx, options.owner, window, { status, samples, error, nextAttemptAt }, now);
        const within = intersect(window, options.meter);
        if (within) {
          const found = reading.gaps.flatMap((g) => {
            const part = intersect(g, within);
            return part ? [{ ...g, ...part }] : [];
          });
          const failedAgain = status === "failed" && window.attempts > 0 ? error : null;
          await recordGaps(tx, window, { within, found, failedAgain, attempts, nextRetryAt: nextAttemptAt }, now);
        }
        if (window.attempts > 0 && !(await hasChanges(tx, reading, changed))) continue;
        const around = { start: window.start - options.marginSeconds, end: window.end + options.marginSeconds };
        const touched = intersect(around, options.meter);
        if (touched) await markDue(tx, window.clusterId, touched, options.bucketSeconds);
      }
    });
  } catch (error) {
    options.keys.forget();
    throw error;
  }
}

/**
 * Whether a retried reading changed anything: if not, metered buckets stay as they are. Where retention removed the
 * earlier samples this is unknown; there, only a first complete answer counts as a change.
 */
async function hasChanges(tx: Tx, { status }: Reading, changed: ReadonlySet<Instant>): Promise<boolean> {
  if (!changed.size) return false;
  if (status === "fetched" || status === "no-data") return true;
  const starts = [...changed];
  const within = { start: Math.min(...starts), end: Math.max(...starts) + CHUNK_SECONDS };
  const pruned = new Set(await prunedStarts(tx, within));
  return starts.some((start) => !pruned.has(start));
}
