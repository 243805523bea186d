import type { Ctx } from "@/lib/ctx.ts";
import { type DueBucket, markDue } from "@/lib/sync/due.ts";
import { CHUNK_SECONDS } from "@/lib/sync/samples/chunk.ts";
import { WIDEST_STEP } from "@/lib/sync/samples/sample-store.ts";
import { floorTo, formatInstant, type Instant, type Interval, intersect } from "@/lib/time.ts";
import { readMargin } from "./classify.ts";
import { loadMeterInput } from "./load.ts";
import { meter } from "./meter.ts";
import { clustersWithDue, leaveUnmetered, listDue, prunedWithin, saveMetering } from "./store.ts";
import type { MeterRules } from "./types.ts";

export interface MeteringOptions {
  readonly rules: MeterRules;
  /** Up to where the sources were read: a bucket that ends later is metered up to here. */
  readonly horizon: Instant;
  /** The longest sampling step in use, for the read margin. */
  readonly stepSeconds: number;
  readonly within?: Interval | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((bucketsDone: number) => void) | undefined;
}

const NOT_METERED =
  "Facts about this time changed after its samples were removed (SERIES_RETENTION), so its usage is unchanged. To meter it again, backfill it.";

/** Buckets that are metered at once: a day, which limits memory for any range. */
const MOST_BUCKETS_SECONDS = 86_400;

/**
 * Meters every bucket that changed, in every cluster.
 * @returns the number of metered buckets.
 */
export async function meterDue(ctx: Ctx, options: MeteringOptions): Promise<number> {
  let done = 0;
  for (const clusterId of await clustersWithDue(ctx.db))
    for (;;) {
      if (options.signal?.aborted) return done;
      const group = await nextGroup(ctx, clusterId, options);
      if (!group.length) break;
      done += await meterGroup(ctx, clusterId, group, options);
      options.onProgress?.(done);
      // Between groups, other work of this process runs.
      await new Promise((resolve) => setImmediate(resolve));
    }
  return done;
}

/**
 * Meters every bucket of a range again, due or not.
 * @returns the number of metered buckets.
 */
export async function meterRange(
  ctx: Ctx,
  clusterIds: readonly string[],
  range: Interval,
  options: MeteringOptions,
): Promise<number> {
  await ctx.db.write(async (tx) => {
    for (const clusterId of clusterIds) await markDue(tx, clusterId, range, options.rules.bucketSeconds);
  });
  return meterDue(ctx, {
    ...options,
    within: { start: floorTo(range.start, options.rules.bucketSeconds), end: range.end },
  });
}

/** The oldest consecutive due buckets, at most a day of them. */
async function nextGroup(
  ctx: Ctx,
  clusterId: string,
  { rules, horizon, within }: MeteringOptions,
): Promise<DueBucket[]> {
  const most = Math.max(1, Math.floor(MOST_BUCKETS_SECONDS / rules.bucketSeconds));
  const due = await listDue(ctx.db, clusterId, horizon, within ?? null, most);
  const group: DueBucket[] = [];
  for (const bucket of due) {
    const last = group.at(-1);
    const sameDay =
      !last || floorTo(last.bucketAt, MOST_BUCKETS_SECONDS) === floorTo(bucket.bucketAt, MOST_BUCKETS_SECONDS);
    if (last && (bucket.bucketAt !== last.bucketAt + rules.bucketSeconds || !sameDay)) break;
    group.push(bucket);
  }
  return group;
}

/** @returns the number of buckets metered. */
async function meterGroup(
  ctx: Ctx,
  clusterId: string,
  group: readonly DueBucket[],
  options: MeteringOptions,
): Promise<number> {
  const { rules, horizon } = options;
  const margin = readMargin(rules, Math.max(options.stepSeconds, WIDEST_STEP));
  const lost = await withoutSamples(ctx, group, margin, rules.bucketSeconds);
  if (lost.length) {
    ctx.log.warn({ clusterId, from: formatInstant(lost[0]?.bucketAt ?? 0), buckets: lost.length }, NOT_METERED);
    await ctx.db.write((tx) => leaveUnmetered(tx, clusterId, lost, NOT_METERED));
    return 0;
  }
  const first = (group[0] as DueBucket).bucketAt;
  const range = { start: first, end: Math.min((group.at(-1) as DueBucket).bucketAt + rules.bucketSeconds, horizon) };
  const input = await loadMeterInput(ctx.db, clusterId, range, margin, horizon, rules);
  const wantFleet = range.end === horizon;
  const result = meter({ ...input, wantFleet });
  const saved = await saveMetering(ctx.db, clusterId, range, result, group, rules, ctx.now());
  return saved ? group.length : 0;
}

/**
 * Buckets whose samples, or those of their neighbours, were removed by retention: metering them again would turn known
 * usage into no-data.
 */
async function withoutSamples(
  ctx: Ctx,
  group: readonly DueBucket[],
  margin: number,
  bucketSeconds: number,
): Promise<DueBucket[]> {
  const around = ({ bucketAt }: DueBucket) => ({ start: bucketAt - margin, end: bucketAt + bucketSeconds + margin });
  const whole = { start: around(group[0] as DueBucket).start, end: around(group.at(-1) as DueBucket).end };
  const pruned = await prunedWithin(ctx.db, whole, CHUNK_SECONDS);
  return group.filter((b) => pruned.some((start) => intersect(around(b), { start, end: start + CHUNK_SECONDS })));
}
