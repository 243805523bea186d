import { AppError, fieldError } from "@/lib/errors.ts";
import {
  DAY,
  dateOf,
  formatInstant,
  formatSeconds,
  type Instant,
  type Interval,
  intersect,
  parseEdge,
  parseInstant,
} from "@/lib/time.ts";

/** The earliest start of a range. */
const EARLIEST = parseInstant("2000-01-01T00:00:00Z") as Instant;
/** The longest range, in seconds: longer than any source keeps samples; a longer one is a typing error. */
export const MOST_BACKFILL_SECONDS = 1100 * DAY;

/**
 * The part of `[from, to)` that can have samples: up to now.
 * @throws AppError `invalid` for a range that is empty, in the future, before the year 2000, or longer than three
 *   years.
 */
export function backfillRange({ from, to }: { readonly from: Instant; readonly to: Instant }, now: Instant): Interval {
  if (from >= now)
    throw new AppError("invalid", `${formatInstant(from)} is in the future: there is nothing to read yet.`);
  if (to <= from)
    throw new AppError("invalid", `The range is empty: ${formatInstant(from)} is not before ${formatInstant(to)}.`);
  if (from < EARLIEST) throw new AppError("invalid", `${dateOf(from, "UTC")} is before the year 2000: check the year.`);
  const range = { start: from, end: Math.min(to, now) };
  if (range.end - range.start > MOST_BACKFILL_SECONDS)
    throw new AppError(
      "invalid",
      `${formatSeconds(range.end - range.start)} is more than any source keeps: choose a range of at most ${formatSeconds(MOST_BACKFILL_SECONDS)}.`,
    );
  return range;
}

/** The settings that a range depends on. */
export interface RangeSettings {
  readonly BILLING_TIME_ZONE: string;
  readonly SOURCE_RETENTION: number;
}

/**
 * Parses the range of a backfill as a person writes it, before anything is opened, requested or stored. The page, its
 * action and the command all use it.
 * @param asked edges as `parseEdge` accepts them; without `to` the range ends now.
 * @throws AppError `invalid` for what `parseEdge` and `backfillRange` refuse, and for a range of which the sources keep
 *   nothing.
 */
export function askedRange(
  asked: { readonly from: string; readonly to?: string | undefined },
  { BILLING_TIME_ZONE: zone, SOURCE_RETENTION: retention }: RangeSettings,
  now: Instant,
): Interval {
  const from = edgeAt("from", asked.from, zone);
  const to = asked.to === undefined ? Math.max(now, from + 1) : edgeAt("to", asked.to, zone);
  if (asked.to !== undefined && to <= from)
    throw fieldError("to", `The range is empty: ${asked.from} is not before ${asked.to}.`);
  const range = backfillRange({ from, to }, now);
  if (range.end <= now - retention)
    throw new AppError(
      "invalid",
      `The whole range is older than the ${formatSeconds(retention)} that the sources keep (SOURCE_RETENTION): start the range on ${dateOf(now - retention, zone)} or end it later, or raise SOURCE_RETENTION if they keep more.`,
    );
  return range;
}

/** An edge of a range. @throws AppError `invalid` at its field. */
function edgeAt(field: "from" | "to", text: string, zone: string): Instant {
  try {
    return parseEdge(text, zone);
  } catch (error) {
    if (error instanceof AppError) throw fieldError(field, error.message);
    throw error;
  }
}

/** The part of a range that the sources no longer keep; null if they keep all of it. */
export function forgottenPart(range: Interval, { SOURCE_RETENTION }: RangeSettings, now: Instant): Interval | null {
  return intersect(range, { start: Number.NEGATIVE_INFINITY, end: now - SOURCE_RETENTION });
}
