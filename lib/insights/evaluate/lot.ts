import type { Db } from "@/db/client.ts";
import { CELL } from "@/lib/insights/cells/cell.ts";
import { encodeSpan, replaceCells, SPAN, type SpanCells } from "@/lib/insights/cells/codec.ts";
import { LOOKBACK } from "@/lib/insights/rules/measure.ts";
import { readMargin } from "@/lib/metering/classify.ts";
import { loadMeterInput } from "@/lib/metering/load.ts";
import type { NodeInput } from "@/lib/metering/node-capacity.ts";
import { WIDEST_STEP } from "@/lib/sync/samples/sample-store.ts";
import { addDays, DAY, dateOf, dayKey, type Instant, type Interval } from "@/lib/time.ts";
import { buildCells, CELL_METRICS } from "./build-cells.ts";
import { type CellsRow, loadCells, loadSubjects, type Subject } from "./cells-store.ts";
import { type LedgerKnowledge, loadFacts } from "./facts-load.ts";
import type { InsightOptions } from "./options.ts";
import { type ExceptionRow, type FindingChange, loadTracked } from "./tracked-store.ts";
import { evaluateWorkload, firstChange, mustReplay, spansOf } from "./workload.ts";

/**
 * The most workload-seconds of samples that are read at once: a day of six workloads. What is read of them is let go
 * before the next are read, so that it never grows old, whatever the length of the range.
 */
const MOST_READ = 6 * DAY;

/** Some workloads that are evaluated together, and what is the same for all lots of a group of buckets. */
export interface Lot {
  readonly clusterId: string;
  readonly keys: readonly number[];
  readonly range: Interval;
  readonly exceptions: readonly ExceptionRow[];
  readonly nodes: readonly NodeInput[];
  /** Evaluated time, that of the range included. */
  readonly known: readonly Interval[];
  /** The first bucket that was never evaluated: what a workload did in it was unknown. */
  readonly firstNew: Instant | null;
  readonly knowledge: LedgerKnowledge;
}

/** What is to be stored of a lot. */
export interface LotOutcome {
  readonly cells: CellsRow[];
  readonly subjects: Subject[];
  /** The subjects as they were read: what is stored follows from them. */
  readonly before: ReadonlyMap<number, Subject>;
  readonly changes: FindingChange[];
}

/** Reads what is new of some workloads and judges them. Writes nothing. */
export async function evaluateLot(db: Db, lot: Lot, options: InsightOptions): Promise<LotOutcome> {
  const { clusterId, keys, range, exceptions, known, firstNew, knowledge } = lot;
  const { meter, settings } = options;
  const fresh = await freshCells(db, lot, options);
  const [subjects, recent, before, facts] = await Promise.all([
    loadSubjects(db, db.dialect, keys),
    loadCells(db, keys, range.start - LOOKBACK * CELL),
    loadTracked(db, keys),
    loadFacts(db, clusterId, keys, knowledge),
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
  const whole = replays.length ? await loadCells(db, replays, 0) : new Map<number, Map<Instant, SpanCells>>();
  const out: LotOutcome = { cells: [], subjects: [], before: subjects, changes: [] };
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

/** The cells of a range from the samples, some workloads at a time. */
async function freshCells(db: Db, lot: Lot, options: InsightOptions): Promise<Map<number, SpanCells>> {
  const { clusterId, keys, range, nodes } = lot;
  const { meter, horizon, stepSeconds } = options;
  const margin = readMargin(meter, Math.max(stepSeconds, WIDEST_STEP));
  const atOnce = Math.max(1, Math.floor(MOST_READ / (range.end - range.start + 2 * margin)));
  const out = new Map<number, SpanCells>();
  for (let at = 0; at < keys.length; at += atOnce) {
    const input = await loadMeterInput(db, clusterId, range, margin, horizon, meter, {
      ...{ workloadKeys: keys.slice(at, at + atOnce), metrics: CELL_METRICS, nodes },
    });
    for (const [key, cells] of buildCells(input)) out.set(key, cells);
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
