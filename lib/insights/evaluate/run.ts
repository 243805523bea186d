import type { Ctx } from "@/lib/ctx.ts";
import { CELL } from "@/lib/insights/cells/cell.ts";
import { loadInventory } from "@/lib/metering/load.ts";
import type { MeterRules } from "@/lib/metering/types.ts";
import { DAY, dateOf, dayKey, floorTo, HOUR, hourOf, type Instant, union } from "@/lib/time.ts";
import { isBetweenRounds, roundOf } from "./between.ts";
import {
  areStill,
  beginBuckets,
  clustersMetered,
  concernedKeys,
  type DueBucket,
  evaluatedTime,
  keepBuckets,
  listDueBuckets,
  prune,
  releasePages,
  saveCells,
  waitingKeys,
} from "./cells-store.ts";
import { loadNodeGpus, loadOffers } from "./facts-load.ts";
import { evaluateHardware } from "./hardware-run.ts";
import { evaluateLot, type Lot } from "./lot.ts";
import type { InsightOptions } from "./options.ts";
import { evaluateQueue } from "./queue-run.ts";
import { rulesInForce } from "./settings.ts";
import { endWithoutRule, listExceptionRows, saveTracked } from "./tracked-store.ts";

/** The most time that is evaluated at once: it limits memory. */
const MOST_SECONDS = DAY;
/** Workloads of a day that are evaluated and stored together, and the most of a shorter time. */
const LOT = 40;
const LARGEST_LOT = 100;
/** Younger buckets wait until more of them has settled; older ones changed late and are evaluated at once. */
const RECENT = 2 * HOUR;

/**
 * Up to where classes no longer change with samples that are still to come: a run without activity is idle from its
 * first second once it is long enough.
 */
export function settledBefore(horizon: Instant, rules: MeterRules, stepSeconds: number): Instant {
  return floorTo(horizon - rules.idleAfterSeconds - Math.ceil(rules.holdSteps * stepSeconds), CELL);
}

/**
 * Evaluates every bucket that was metered since it was evaluated, oldest first. What a killed process did
 * not finish is due again.
 * @returns how many buckets were evaluated for every workload.
 */
export async function evaluateDue(ctx: Ctx, options: InsightOptions): Promise<number> {
  const settled = settledBefore(options.horizon, options.meter, options.stepSeconds);
  const since = floorTo(ctx.now() - options.retentionSeconds, DAY) + DAY;
  let done = 0;
  for (const clusterId of await clustersMetered(ctx.db)) {
    await endWithoutRule(ctx.db, clusterId, rulesInForce(options.settings));
    for (let after = since; ; ) {
      if (options.signal?.aborted) return done;
      const due = await listDueBuckets(ctx.db, clusterId, after, settled, options.meter.bucketSeconds);
      const group = nextGroup(due, settled, options.meter.bucketSeconds);
      if (!group.length) break;
      if (await evaluateGroup(ctx, clusterId, group, settled, options)) done += group.length;
      after = (group.at(-1) as DueBucket).bucketAt + 1;
      options.onProgress?.(done);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  await prune(ctx.db, ctx.now() - options.retentionSeconds);
  return done;
}

/** The oldest consecutive due buckets; none where only young ones changed and nothing more of them has settled. */
function nextGroup(due: readonly DueBucket[], settled: Instant, bucketSeconds: number): DueBucket[] {
  const isNew = (b: DueBucket) => (b.throughAt ?? 0) < Math.min(b.bucketAt + bucketSeconds, settled);
  const wanted = due.some((b) => isNew(b) || b.bucketAt < settled - RECENT);
  const group: DueBucket[] = [];
  for (const bucket of wanted ? due : []) {
    const first = group[0];
    const last = group.at(-1);
    if (last && bucket.bucketAt !== last.bucketAt + bucketSeconds) break;
    if (first && bucket.bucketAt + bucketSeconds - first.bucketAt > MOST_SECONDS) break;
    group.push(bucket);
  }
  return group;
}

/**
 * Evaluates consecutive buckets, some workloads at a time: each lot is one transaction, and the buckets are marked once
 * all are stored. What a killed process did not come to is due again, and what it stored is found to be so.
 * @returns false if another process evaluates the same meanwhile, or if workloads are left to the next round.
 */
async function evaluateGroup(
  ctx: Ctx,
  clusterId: string,
  group: readonly DueBucket[],
  settled: Instant,
  options: InsightOptions,
): Promise<boolean> {
  const { db } = ctx;
  const { bucketSeconds, billingTimeZone: zone } = options.meter;
  const through = (bucketAt: Instant) => Math.min(bucketAt + bucketSeconds, settled);
  const range = {
    start: (group[0] as DueBucket).bucketAt,
    end: through((group.at(-1) as DueBucket).bucketAt),
  };
  const evaluated = await evaluatedTime(db, clusterId);
  const judged = evaluated.length ? Math.max(...evaluated.map((e) => e.end)) : null;
  const isYoung = range.start >= settled - RECENT && range.end === settled;
  const waiting =
    options.isTick && isYoung && judged !== null && isBetweenRounds(settled, judged, roundOf(options.settings))
      ? await waitingKeys(db, clusterId, judged, settled)
      : null;
  if (waiting) await beginBuckets(db, clusterId, group);
  if (waiting?.size === 0) return false;
  const [concerned, exceptions, nodes] = await Promise.all([
    concernedKeys(db, clusterId, range),
    listExceptionRows(db),
    loadInventory(db, clusterId),
  ]);
  const keys = waiting ? concerned.filter((key) => waiting.has(key)) : concerned;
  const dayOf = byCell((at) => dayKey(dateOf(at, zone)));
  const lot: Omit<Lot, "keys"> = {
    ...{ clusterId, range, exceptions, nodes, known: union([...evaluated, range]) },
    firstNew: group.find((b) => b.throughAt === null)?.bucketAt ?? null,
    knowledge: {
      nodeGpus: await loadNodeGpus(db, clusterId),
      offers: await loadOffers(db),
      hourOf: byCell((at) => hourOf(at, zone)),
      knownImages: options.knownImages,
    },
  };
  const size = Math.min(LARGEST_LOT, Math.ceil((LOT * DAY) / (range.end - range.start)));
  for (let at = 0; at < keys.length; at += size) {
    options.signal?.throwIfAborted();
    const outcome = await evaluateLot(db, { ...lot, keys: keys.slice(at, at + size) }, options);
    const { cells, subjects, before, changes } = outcome;
    if (!cells.length && !subjects.length && !changes.length) continue;
    const stored = await db.write(async (tx) => {
      if (!(await areStill(tx, db.dialect, subjects, before))) return false;
      await releasePages(tx, db.dialect);
      await saveCells(tx, cells, subjects);
      await saveTracked(tx, changes, dayOf);
      return true;
    });
    if (!stored) return false;
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (waiting) return false;
  const until = Math.max(range.end, judged ?? 0);
  const changes = [
    ...(await evaluateHardware(db, clusterId, range, until, { ...options, exceptions })),
    ...(await evaluateQueue(db, clusterId, range, until, { ...options, ...lot })),
  ];
  return db.write(async (tx) => {
    if (!(await keepBuckets(tx, clusterId, group, through))) return false;
    await saveTracked(tx, changes, dayOf);
    return true;
  });
}

/** What a calendar says of instants, asked once for each cell. */
function byCell(read: (at: Instant) => number): (at: Instant) => number {
  const known = new Map<Instant, number>();
  return (at) => {
    const cell = floorTo(at, CELL);
    let value = known.get(cell);
    if (value === undefined) {
      value = read(cell);
      known.set(cell, value);
    }
    return value;
  };
}
