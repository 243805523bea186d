import type { Ctx } from "@/lib/ctx.ts";
import { AppError, errorText } from "@/lib/errors.ts";
import type { Readers } from "@/lib/sources/source.ts";
import { addDays, DAY, dateOf, dayKey, dayOfKey, HOUR, type Instant, type Interval, windows } from "@/lib/time.ts";
import { READ_PREFIX } from "./input.ts";
import { type Count, listCounts, listUnits, saveCounts } from "./store.ts";
import type { StoredUnit } from "./types.ts";

/** Windows that one run reads of a unit: a long history comes in several runs. */
const MOST_WINDOWS = 48;
/** A window without a value is read again as often as this: while it is young, and later, for as long as the source has it. */
const [RETRY_YOUNG, RETRY_OLD] = [HOUR, DAY];

interface Limits {
  /** Later samples may still arrive. */
  readonly horizon: Instant;
  /** How far back the source can answer, in seconds. */
  readonly retention: number;
  readonly signal?: AbortSignal;
}

/** The hours of a day, from its start: the last is shorter where the day is not of whole hours. */
export function hoursOf({ start, end }: Interval): Interval[] {
  return [...windows({ start: 0, end: end - start }, HOUR)].map((w) => ({
    start: start + w.start,
    end: start + w.end,
  }));
}

/** The source may not have answered, or have had no samples yet: neither is final. */
const retryAfter = ({ recordedAt, untilAt }: Count): number => (recordedAt - untilAt < DAY ? RETRY_YOUNG : RETRY_OLD);

/** The windows of a unit that have settled and have no value yet, the oldest first. */
function dueWindows(
  unit: StoredUnit,
  known: ReadonlyMap<Instant, Count>,
  zone: string,
  now: Instant,
  limits: Limits,
): Interval[] {
  const { horizon, retention } = limits;
  const last = dayKey(dateOf(horizon, zone));
  const out: Interval[] = [];
  for (
    let day = Math.max(unit.countsFromDay, dayKey(dateOf(horizon - retention, zone)));
    day <= last;
    day = addDays(day, 1)
  )
    for (const window of hoursOf(dayOfKey(day, zone))) {
      if (window.end > horizon) return out;
      const found = known.get(window.start);
      const isAgain = found?.countMilli === null && now - found.recordedAt >= retryAfter(found);
      if (!found || isAgain) out.push(window);
      if (out.length >= MOST_WINDOWS) return out;
    }
  return out;
}

/** Reads the counts of units whose counts come from a query, hour by hour. @returns how many windows were read. */
export async function readDueCounts(ctx: Ctx, read: Readers["counts"], limits: Limits): Promise<number> {
  let done = 0;
  const { zone } = ctx.ledger;
  for (const unit of (await listUnits(ctx.db)).filter((u) => u.source === "query")) {
    const until = addDays(dayKey(dateOf(limits.horizon, zone)), 1);
    const counts = await listCounts(ctx.db, [unit.key], { from: unit.countsFromDay, until });
    const known = new Map(counts.filter((c) => c.untilAt > 0).map((c) => [c.fromAt, c]));
    for (const window of dueWindows(unit, known, zone, ctx.now(), limits)) {
      limits.signal?.throwIfAborted();
      const { countMilli, problem, isBroken } = await readWindow(ctx, read, unit, window);
      const row = { unitKey: unit.key, id: `${READ_PREFIX}${window.start}`, day: dayKey(dateOf(window.start, zone)) };
      const recorded = { fromAt: window.start, untilAt: window.end, recordedBy: ctx.viewer.id, recordedAt: ctx.now() };
      await ctx.db.write((tx) => saveCounts(tx, [{ ...row, ...recorded, countMilli, problem }]));
      done++;
      // A source that does not answer, or a query that it refuses, will not do better in the next window.
      if (isBroken) break;
    }
  }
  return done;
}

async function readWindow(ctx: Ctx, read: Readers["counts"], unit: StoredUnit, window: Interval) {
  try {
    const { value, missing } = await read(unit.query, window);
    const isEmpty = value === null && missing.every((m) => m.kind === "no-data");
    const counted = value ?? (isEmpty && unit.emptyIsZero ? 0 : null);
    const milli = counted === null ? null : Math.round(counted * 1000);
    const countMilli = milli !== null && Number.isSafeInteger(milli) && milli >= 0 ? milli : null;
    return {
      countMilli,
      problem:
        countMilli === null
          ? missing
              .map((m) => m.cause)
              .join(" ")
              .slice(0, 300)
          : "",
      isBroken: false,
    };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    ctx.log.warn({ unit: unit.key, error: errorText(error) }, "counts of a unit could not be read");
    return { countMilli: null, problem: errorText(error).slice(0, 300), isBroken: true };
  }
}
