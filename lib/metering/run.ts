import type { Ctx } from "@/lib/ctx";
import { CHUNK_SECONDS } from "@/lib/sync/chunk";
import { clearDue, type DueBucket, markDue } from "@/lib/sync/due";
import { floorTo, formatInstant, type Instant, type Interval } from "@/lib/time";
import { readMargin } from "./classify.ts";
import { loadMeterInput } from "./load.ts";
import { meter } from "./meter.ts";
import { clustersWithDue, listDue, prunedWithin, saveMetering } from "./store.ts";
import type { MeterRules } from "./types.ts";

export interface MeteringOptions {
  readonly rules: MeterRules;
  /** Up to here the sources were read: a bucket that ends later is metered up to here. */
  readonly horizon: Instant;
  /** Longest sampling step in use, for the read margin. */
  readonly stepSeconds: number;
  readonly within?: Interval | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((bucketsDone: number) => void) | undefined;
}

/** Buckets metered at once: a day, which bounds memory whatever the range. */
const MOST_BUCKETS_SECONDS = 86_400;

/** Meters every bucket that changed, in every cluster. @returns the number of buckets metered. */
export async function meterDue(ctx: Ctx, options: MeteringOptions): Promise<number> {
  let done = 0;
  for (const clusterId of await clustersWithDue(ctx.db))
    for (;;) {
      if (options.signal?.aborted) return done;
      const group = await nextGroup(ctx, clusterId, options);
      if (!group.length) break;
      await meterGroup(ctx, clusterId, group, options);
      done += group.length;
      options.onProgress?.(done);
      // Other work of this process gets its turn between groups.
      await new Promise((resolve) => setImmediate(resolve));
    }
  return done;
}

/** Meters every bucket of a range again, due or not. @returns the number of buckets metered. */
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

/** The oldest due buckets that follow each other, at most a day of them. */
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

async function meterGroup(
  ctx: Ctx,
  clusterId: string,
  group: readonly DueBucket[],
  options: MeteringOptions,
): Promise<void> {
  const { rules, horizon } = options;
  const first = (group[0] as DueBucket).bucketAt;
  const range = { start: first, end: Math.min((group.at(-1) as DueBucket).bucketAt + rules.bucketSeconds, horizon) };
  const margin = readMargin(rules, options.stepSeconds);
  const pruned = await prunedWithin(ctx.db, { start: range.start, end: range.end }, CHUNK_SECONDS);
  if (pruned.length) {
    // Their samples are gone, so metering them again would turn what was known into no-data.
    ctx.log.warn(
      { clusterId, from: formatInstant(range.start) },
      "facts changed in a span whose samples retention removed: backfill it to meter it again",
    );
    await ctx.db.write((tx) => clearDue(tx, clusterId, group));
    return;
  }
  const input = await loadMeterInput(ctx.db, clusterId, range, margin, horizon, rules);
  const wantFleet = range.end === horizon;
  const result = meter({ ...input, wantFleet });
  await saveMetering(ctx.db, clusterId, range, result, group, rules, ctx.now());
}
