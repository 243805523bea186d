import type { Ctx } from "@/lib/ctx.ts";
import { CELL } from "@/lib/insights/cells/cell.ts";
import { encodeSpan, replaceCells, SPAN, type SpanCells } from "@/lib/insights/cells/codec.ts";
import { LOOKBACK } from "@/lib/insights/rules/measure.ts";
import { readMargin } from "@/lib/metering/classify.ts";
import { loadMeterInput } from "@/lib/metering/load.ts";
import type { MeterRules } from "@/lib/metering/types.ts";
import { WIDEST_STEP } from "@/lib/sync/samples/sample-store.ts";
import {
  addDays,
  DAY,
  dateOf,
  dayKey,
  floorTo,
  HOUR,
  hourOf as hourIn,
  type Instant,
  type Interval,
  union,
} from "@/lib/time.ts";
import { buildCells, CELL_METRICS } from "./build-cells.ts";
import {
  type CellsRow,
  clustersMetered,
  concernedKeys,
  type DueBucket,
  evaluatedThrough,
  evaluatedTime,
  keepBuckets,
  listDueBuckets,
  loadCells,
  loadSubjects,
  pruneCells,
  type Subject,
  saveCells,
} from "./cells-store.ts";
import { loadFacts } from "./facts-load.ts";
import { evaluateHardware } from "./hardware-run.ts";
import { type RuleSettings, rulesInForce } from "./settings.ts";
import {
  type ExceptionRow,
  endWithoutRule,
  type FindingChange,
  listExceptionRows,
  loadTracked,
  saveTracked,
} from "./tracked-store.ts";
import { evaluateWorkload, firstChange, mustReplay, spansOf } from "./workload.ts";

export interface InsightOptions {
  readonly meter: MeterRules;
  readonly settings: RuleSettings;
  readonly knownImages: readonly string[];
  /** Up to where buckets are metered. */
  readonly horizon: Instant;
  readonly stepSeconds: number;
  /** For how long samples are kept, in seconds. */
  readonly retentionSeconds: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((buckets: number) => void) | undefined;
}

/** The most time that is evaluated at once, and the most workloads whose samples are read together: both limit memory. */
const MOST_SECONDS = DAY;
const BATCH = 150;
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
 * Evaluates every bucket that was metered since it was evaluated, oldest first. Each group of buckets is one
 * transaction: what a killed process did not finish is due again.
 * @returns how many buckets were evaluated.
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
  await pruneCells(ctx.db, ctx.now() - options.retentionSeconds);
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

async function evaluateGroup(
  ctx: Ctx,
  clusterId: string,
  group: readonly DueBucket[],
  settled: Instant,
  options: InsightOptions,
): Promise<boolean> {
  const { bucketSeconds, billingTimeZone } = options.meter;
  const through = (bucketAt: Instant) => Math.min(bucketAt + bucketSeconds, settled);
  const range = {
    start: (group[0] as DueBucket).bucketAt,
    end: through((group.at(-1) as DueBucket).bucketAt),
  };
  const keys = await concernedKeys(ctx.db, clusterId, range);
  const exceptions = await listExceptionRows(ctx.db);
  const firstNew = group.find((b) => b.throughAt === null)?.bucketAt ?? null;
  const cells: CellsRow[] = [];
  const subjects: Subject[] = [];
  const changes: FindingChange[] = [];
  const hourOf = byCell((at) => hourIn(at, billingTimeZone));
  for (let at = 0; at < keys.length; at += BATCH) {
    options.signal?.throwIfAborted();
    const batch = { keys: keys.slice(at, at + BATCH), range, exceptions, firstNew, hourOf };
    const part = await evaluateBatch(ctx, clusterId, batch, options);
    cells.push(...part.cells);
    subjects.push(...part.subjects);
    changes.push(...part.changes);
  }
  const until = Math.max(range.end, (await evaluatedThrough(ctx.db, clusterId)) ?? 0);
  changes.push(...(await evaluateHardware(ctx.db, clusterId, range, until, { ...options, exceptions })));
  const dayOf = byCell((at) => dayKey(dateOf(at, billingTimeZone)));
  return ctx.db.write(async (tx) => {
    if (!(await keepBuckets(tx, clusterId, group, through))) return false;
    await saveCells(tx, cells, subjects);
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

interface Batch {
  readonly keys: readonly number[];
  readonly range: Interval;
  readonly exceptions: readonly ExceptionRow[];
  /** The first bucket that was never evaluated: what a workload did in it was unknown. */
  readonly firstNew: Instant | null;
  readonly hourOf: (at: Instant) => number;
}

async function evaluateBatch(
  ctx: Ctx,
  clusterId: string,
  { keys, range, exceptions, firstNew, hourOf }: Batch,
  options: InsightOptions,
): Promise<{ cells: CellsRow[]; subjects: Subject[]; changes: FindingChange[] }> {
  const { meter, settings, horizon, stepSeconds, knownImages } = options;
  const margin = readMargin(meter, Math.max(stepSeconds, WIDEST_STEP));
  const input = await loadMeterInput(ctx.db, clusterId, range, margin, horizon, meter, {
    workloadKeys: keys,
    metrics: CELL_METRICS,
  });
  const fresh = buildCells(input);
  const [subjects, recent, before] = await Promise.all([
    loadSubjects(ctx.db, keys),
    loadCells(ctx.db, keys, range.start - LOOKBACK * CELL),
    loadTracked(ctx.db, keys),
  ]);
  const changedAt = new Map(
    keys.map((key) => {
      const changed = changeOf(recent.get(key), fresh.get(key), range);
      const { firstHeldAt = 0, throughAt = 0 } = subjects.get(key) ?? {};
      const seen = firstNew !== null && firstNew < throughAt && firstHeldAt < range.end;
      return [key, changed ?? (seen ? Math.max(firstNew, firstHeldAt) : null)];
    }),
  );
  const replays = keys.filter(
    (key) => mustReplay(subjects.get(key), changedAt.get(key) ?? null) && (recent.has(key) || subjects.has(key)),
  );
  const whole = replays.length ? await loadCells(ctx.db, replays, 0) : new Map<number, Map<Instant, SpanCells>>();
  const facts = await loadFacts(ctx.db, clusterId, keys, { hourOf, knownImages });
  const known = union([...(await evaluatedTime(ctx.db, clusterId, { start: 0, end: Number.MAX_SAFE_INTEGER })), range]);
  const out: { cells: CellsRow[]; subjects: Subject[]; changes: FindingChange[] } = {
    cells: [],
    subjects: [],
    changes: [],
  };
  for (const key of keys) {
    const own = facts.get(key);
    if (!own) continue;
    const changed = changedAt.get(key) ?? null;
    const spans = new Map(whole.get(key) ?? recent.get(key) ?? []);
    if (changed !== null) out.cells.push(...mergeSpans(key, spans, fresh.get(key), range));
    const outcome = evaluateWorkload({
      ...{ facts: own, subject: subjects.get(key), spans, changedAt: changed, end: range.end, known, before },
      ...{ exceptions, settings },
    });
    if (!outcome) continue;
    out.subjects.push(outcome.subject);
    const about = { subjectKind: "workload", subject: own.id, clusterId: own.clusterId } as const;
    for (const { replayedFrom, ...change } of outcome.changes)
      out.changes.push({
        ...about,
        ...{ workloadKey: key, projectKey: own.projectKey },
        ...change,
        fromDay: replayedFrom === null ? null : countedFrom(replayedFrom, own.createdAt, meter.billingTimeZone),
      });
  }
  return out;
}

/**
 * The first day whose losses are counted again by a replay: where the life of a workload begins before its kept cells,
 * the day of the first cell is counted in part, and stays as it was.
 */
function countedFrom(firstCell: Instant, createdAt: Instant, zone: string): number {
  const day = dayKey(dateOf(firstCell, zone));
  return createdAt >= firstCell - DAY ? day : addDays(day, 1);
}

/** Where the cells of a range differ from those that are stored; null: nowhere. */
function changeOf(
  stored: ReadonlyMap<Instant, SpanCells> | undefined,
  fresh: SpanCells | undefined,
  range: Interval,
): Instant | null {
  for (const spanAt of spansOf(range)) {
    const changed = firstChange(stored?.get(spanAt), fresh, withinSpan(range, spanAt));
    if (changed !== null) return changed;
  }
  return null;
}

const withinSpan = (range: Interval, spanAt: Instant): Interval => ({
  start: Math.max(range.start, spanAt),
  end: Math.min(range.end, spanAt + SPAN),
});

const NOTHING: SpanCells = { slots: [], host: new Map() };

/** Puts the fresh cells of a range into the spans of a workload. @returns the rows to store. */
function mergeSpans(
  workloadKey: number,
  spans: Map<Instant, SpanCells>,
  fresh: SpanCells | undefined,
  range: Interval,
): CellsRow[] {
  return spansOf(range).map((spanAt) => {
    const { start, end } = withinSpan(range, spanAt);
    const merged = replaceCells(spans.get(spanAt) ?? NOTHING, fresh ?? NOTHING, start, end);
    if (merged.slots.length === 0 && merged.host.size === 0) {
      spans.delete(spanAt);
      return { workloadKey, spanAt, bytes: null };
    }
    spans.set(spanAt, merged);
    return { workloadKey, spanAt, bytes: encodeSpan(merged, spanAt) };
  });
}
