import type { Tx } from "@/db/client";
import type { Ctx } from "@/lib/ctx";
import { type Instant, type Interval, intersect } from "@/lib/time";
import { CHUNK_SECONDS } from "./chunk.ts";
import { markDue } from "./due.ts";
import { recordGaps } from "./gap-store.ts";
import { type Reading, readWindow } from "./read-window.ts";
import { forgetPruned, type SeriesKeys, saveSamples } from "./sample-store.ts";
import type { Sources } from "./sources.ts";
import { retryPauseSeconds } from "./span.ts";
import { claimWindows, finishWindow, type Window } from "./window-store.ts";

export interface IngestOptions {
  readonly keys: SeriesKeys;
  readonly bucketSeconds: number;
  readonly marginSeconds: number;
  /** Only buckets in here are metered for it: what is read beyond serves their edges. */
  readonly meter: Interval;
}

export interface ReadOptions extends IngestOptions {
  /** Evidence older than this would be pruned at once, so it is not read. */
  readonly evidenceSince: Instant;
  readonly signal?: AbortSignal | undefined;
  readonly onWindows?: ((readings: readonly Reading[]) => void) | undefined;
}

/** Windows read at once and written in one transaction: few fsyncs, little memory. */
const BATCH = 40;

/** Claims and reads every due window of a backfill in a span. @returns how many this process read. */
export async function readSpan(
  ctx: Ctx,
  sources: Sources,
  backfillId: string,
  span: Interval,
  options: ReadOptions,
): Promise<number> {
  let read = 0;
  for (;;) {
    options.signal?.throwIfAborted();
    const claimed = await claimWindows(ctx.db, backfillId, span, ctx.now(), BATCH);
    if (!claimed.length) return read;
    const readings = await Promise.all(
      claimed.map((w) => readWindow(ctx.db, sources, w, span.end > options.evidenceSince ? "all" : "metering")),
    );
    await ingest(ctx, readings, options);
    options.onWindows?.(readings);
    read += claimed.length;
  }
}

/** One transaction: samples upserted, windows marked, gaps recorded, buckets made due. Twice changes nothing. */
export async function ingest(ctx: Ctx, readings: readonly Reading[], options: IngestOptions): Promise<void> {
  const now = ctx.now();
  await ctx.db.write(async (tx) => {
    for (const reading of readings) {
      const { window } = reading;
      const samples = await saveSamples(tx, options.keys, reading.series, window.stepSeconds);
      const nextAttemptAt = reading.status === "fetched" ? 0 : now + retryPauseSeconds(window.attempts + 1);
      await finishWindow(tx, window, { status: reading.status, samples, error: reading.error, nextAttemptAt }, now);
      const gaps = reading.gaps.flatMap((g) => {
        const part = intersect(g, options.meter);
        return part ? [{ ...g, ...part }] : [];
      });
      await recordGaps(tx, window, gaps, nextAttemptAt, now);
      await touch(tx, window, options);
    }
  });
}

/** Buckets that the window's samples can change are due; whole chunk spans that were read again are no longer pruned. */
async function touch(tx: Tx, window: Window, options: IngestOptions): Promise<void> {
  const around = { start: window.start - options.marginSeconds, end: window.end + options.marginSeconds };
  const range = intersect(around, options.meter);
  if (range) await markDue(tx, window.clusterId, range, options.bucketSeconds);
  for (let at = firstWhole(window.start); at + CHUNK_SECONDS <= window.end; at += CHUNK_SECONDS)
    await forgetPruned(tx, at);
}

const firstWhole = (start: Instant) => Math.ceil(start / CHUNK_SECONDS) * CHUNK_SECONDS;
