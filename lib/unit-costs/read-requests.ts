import { findPlaces } from "@/lib/budgets/places.ts";
import { loadChargedDays } from "@/lib/charges/charged-days-load.ts";
import type { Ctx } from "@/lib/ctx.ts";
import { AppError, errorText } from "@/lib/errors.ts";
import type { Readers } from "@/lib/sources/source.ts";
import { addDays, DAY, dateOf, dayKey, dayOfKey, HOUR, type Instant, type Interval } from "@/lib/time.ts";
import { READ_PREFIX } from "./input.ts";
import { listServingPods, type ServingPod } from "./serving-load.ts";
import { type Count, listCounts, listUnits, saveCounts } from "./store.ts";
import type { CountSource, StoredUnit } from "./types.ts";
import { membersOf } from "./unit-views.ts";

/** Pods that one run asks about: a long history comes in several runs. */
const MOST_PODS = 300;
/** A day without a whole count is read again for so long, and as often. */
const RETRY_FOR = 7 * DAY;
/** No day is read more often: neither one without a count, nor one that is charged again and again. */
const RETRY_EVERY = 6 * HOUR;

export interface Limits {
  readonly horizon: Instant;
  /** How far back the source can answer, in seconds. */
  readonly retention: number;
  readonly signal?: AbortSignal;
}

/** The reader of a cluster's requests; undefined: no source reports any. */
export type RequestReader = (cluster: {
  readonly id: string;
  readonly source: string;
}) => Readers["requests"] | undefined;

/**
 * Reads how many requests the inference workloads of units served, day by day, from the counters of their pods.
 * @returns how many days were read.
 */
export const readDueRequests = (ctx: Ctx, readerOf: RequestReader, limits: Limits): Promise<number> =>
  readDueDays(ctx, "requests", limits, (unit, day, pods) => readDay(ctx, readerOf, unit, day, pods));

/** Counts a day of a unit from the pods that served on it. */
export type DayReader = (unit: StoredUnit, day: Interval, pods: readonly ServingPod[]) => Promise<Counted>;

/**
 * Reads what the inference workloads of units counted, day by day. A day is read once it is over
 * and charged: then it is known whose workloads are whose; and again after it is charged again, because other workloads, pods or teams may
 * be in its cost now. A count stays as it is while the source does not answer. @returns how many days were read.
 */
export async function readDueDays(ctx: Ctx, source: CountSource, limits: Limits, read: DayReader): Promise<number> {
  const units = (await listUnits(ctx.db)).filter((unit) => unit.source === source);
  if (units.length === 0) return 0;
  const { zone } = ctx.ledger;
  const places = await findPlaces(ctx);
  // The value at the end of a day is read a little after it.
  const until = dayKey(dateOf(limits.horizon - HOUR, zone));
  const from = Math.min(...units.map((unit) => unit.countsFromDay));
  const charged = new Map((await loadChargedDays(ctx.db, { from, until })).map((c) => [c.day, c.chargedAt]));
  let [done, asked] = [0, 0];
  for (const unit of units) {
    const members = membersOf(places, unit);
    const counts = await listCounts(ctx.db, [unit.key], { from: unit.countsFromDay, until });
    const known = new Map(counts.filter((c) => c.untilAt > 0).map((c) => [c.day, c]));
    const first = Math.max(unit.countsFromDay, dayKey(dateOf(limits.horizon - limits.retention + DAY, zone)));
    for (let day = first; members && day < until && asked < MOST_PODS; day = addDays(day, 1)) {
      const [chargedAt, before] = [charged.get(day), known.get(day)];
      if (chargedAt === undefined || !isDue(before, chargedAt, ctx.now())) continue;
      limits.signal?.throwIfAborted();
      const span = dayOfKey(day, zone);
      const pods = await listServingPods(ctx.db, members, unit, { ...span, day }, zone);
      asked += pods.length;
      const { countMilli, problem, isBroken } = await read(unit, span, pods);
      if (isBroken && before && before.countMilli !== null) break;
      const row = { unitKey: unit.key, id: `${READ_PREFIX}${span.start}`, day, countMilli, problem };
      const recorded = { fromAt: span.start, untilAt: span.end, recordedBy: ctx.viewer.id, recordedAt: ctx.now() };
      await ctx.db.write((tx) => saveCounts(tx, [{ ...row, ...recorded }]));
      done++;
      if (isBroken) break;
    }
  }
  return done;
}

function isDue(found: Count | undefined, chargedAt: Instant, now: Instant): boolean {
  if (!found) return true;
  if (found.recordedAt > now - RETRY_EVERY) return false;
  return chargedAt > found.recordedAt || (found.countMilli === null && found.untilAt > now - RETRY_FOR);
}

export interface Counted {
  readonly countMilli: number | null;
  readonly problem: string;
  /** The source does not answer: it will not do better on the next day. */
  readonly isBroken: boolean;
}

/** A day whose count nobody knows, and why. */
export const unknown = (problem: string, isBroken = false): Counted => ({
  countMilli: null,
  problem: problem.slice(0, 300),
  isBroken,
});

/** The requests of a day: of all pods, or unknown where one of them is. */
async function readDay(
  ctx: Ctx,
  readerOf: RequestReader,
  unit: StoredUnit,
  day: Interval,
  pods: readonly ServingPod[],
): Promise<Counted> {
  let sum = 0;
  for (const { clusterId, source, workloadId, podId, start, end } of pods) {
    const read = readerOf({ id: clusterId, source });
    if (!read) return unknown(`No source reports requests of the cluster ${clusterId}.`);
    try {
      const { value, missing } = await read(workloadId, podId, day, { start, end });
      if (value === null)
        return unknown(
          `Pod ${podId}: ${missing.map((m) => m.cause).join(" ") || "its counters do not cover the day."}`,
        );
      sum += value;
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      ctx.log.warn({ unit: unit.key, error: errorText(error) }, "requests of a unit could not be read");
      return unknown(errorText(error), true);
    }
  }
  return { countMilli: Math.round(sum) * 1000, problem: "", isBroken: false };
}
